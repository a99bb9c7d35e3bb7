"""FAISS and numpy as peers of peers.mjs: exact top k by inner product, when a line on stdin asks for it.

python3 peer_search.py faiss|numpy VECTORS.f32 ROWS PROBES DIMENSIONS K
"""
import json
import sys
import time

import numpy as np

name, path = sys.argv[1:3]
rows, count, dimensions, k = map(int, sys.argv[3:])
vectors = np.fromfile(path, dtype=np.float32).reshape(rows + count, dimensions)
table, probes = vectors[:rows], vectors[rows:]


def flat(part):
    index = faiss.IndexFlatIP(dimensions)
    index.add(part)
    return index


if name == "faiss":
    import faiss

    version = faiss.__version__
    faiss.omp_set_num_threads(1)
    # One probe is not divided among threads by IndexFlatIP itself: two halves, a thread each.
    halves = faiss.IndexShards(dimensions, True, True)
    parts = [flat(table[: rows // 2]), flat(table[rows // 2 :])]
    for part in parts:
        halves.add_shard(part)
    indexes = {"IndexFlatIP, 1 thread": flat(table), "IndexFlatIP, 2 threads": halves}
    variants = [
        {"what": "IndexFlatIP, 1 thread", "how": "float32"},
        {"what": "IndexFlatIP, 2 threads", "how": "float32, IndexShards of two halves"},
    ]

    def work(what, probe):
        return indexes[what].search(probe[None, :], k)[1][0]

else:
    version = np.__version__
    variants = [{"what": "matrix times vector", "how": "float32, its BLAS with as many threads as it takes"}]

    def work(what, probe):
        scores = table @ probe
        best = np.argpartition(scores, -k)[-k:]
        return best[np.argsort(-scores[best])]


def say(line):
    print(json.dumps(line), flush=True)


say({"version": version, "variants": variants})
for line in sys.stdin:
    request = json.loads(line)
    untimed, timed = request["untimed"], request["timed"]
    times = []
    for i in range(untimed + timed):
        probe = probes[(request["round"] * (untimed + timed) + i) % count]
        start = time.perf_counter()
        answer = work(request["what"], probe)
        if i >= untimed:
            times.append((time.perf_counter() - start) * 1000)
    say({"ms": times, "answer": answer.tolist()})
