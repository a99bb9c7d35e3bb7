/** Which files of a data folder hold what, so that encryption and backups miss none and touch no other. */
import { basename, join } from 'node:path';
import type { FileOps } from './file-ops.ts';

export interface DataLayout {
  /** Names of the durable files, `people.json`. */
  readonly files: readonly string[];
  /** Prefixes of the journals, `checkins` for `checkins-2026-01.ndjson`. */
  readonly journals: readonly string[];
  /** Names of the folders of blobs, `thumbnails`. */
  readonly blobs: readonly string[];
}

/** Everything Lintel keeps about people. A new file of a person's data belongs here, or it stays plain. */
export const LINTEL_LAYOUT: DataLayout = {
  files: [
    'people.json',
    'settings.json',
    'operator.json',
    'calibration.json',
    'retention.json',
    'ambiguous.json',
    'backup.json',
    'audit-head.json',
  ],
  journals: ['checkins', 'corrections', 'audit'],
  blobs: ['thumbnails'],
};

export interface DataEntry {
  /** From the data folder, with `/`. */
  readonly path: string;
  readonly kind: 'document' | 'journal' | 'blob';
  /** What the codec knows it by. */
  readonly name: string;
  /** Set aside because it is damaged or torn: no program reads it any more. */
  readonly aside: boolean;
  /** Left by a write that was cut short: of no worth to anybody. */
  readonly scratch: boolean;
}

/** Every file under `folder` that belongs to `layout`. */
export async function listData(ops: FileOps, folder: string, layout: DataLayout): Promise<DataEntry[]> {
  const found: DataEntry[] = [];
  for (const name of (await ops.list(folder)).sort()) {
    const entry = classify(name, layout);
    if (entry !== null) found.push(entry);
  }
  for (const blobs of layout.blobs) {
    for (const shard of (await ops.list(join(folder, blobs))).sort()) {
      if (!/^[0-9a-f]{2}$/.test(shard)) continue;
      for (const id of (await ops.list(join(folder, blobs, shard))).sort())
        found.push({
          path: `${blobs}/${shard}/${id}`,
          kind: 'blob',
          name: `${blobs}/${id}`,
          aside: false,
          scratch: id.endsWith('.tmp'),
        });
    }
  }
  return found;
}

/** @param name plain name of a file in the data folder itself */
function classify(name: string, layout: DataLayout): DataEntry | null {
  const scratch = name.endsWith('.tmp');
  for (const file of layout.files) {
    if (name !== file && !name.startsWith(`${file}.`)) continue;
    const tail = name.slice(file.length);
    // `.bak`, `.v1`, `.damaged-20260131T235959123`, `.bak.damaged-...`: other generations of the same file.
    if (!/^(\.bak|\.v\d+|\.damaged-[0-9T]+|\.tmp)*$/.test(tail)) continue;
    return { path: name, kind: 'document', name: file, aside: tail.includes('.damaged-'), scratch };
  }
  for (const prefix of layout.journals) {
    if (!name.startsWith(`${prefix}-`)) continue;
    const match = /^\d{4}-\d{2}\.ndjson(.*)$/.exec(name.slice(prefix.length + 1));
    if (match === null) continue;
    const tail = match[1] ?? '';
    if (tail === '' || tail === '.tmp') return { path: name, kind: 'journal', name, aside: false, scratch };
    if (/^\.(torn|damaged)-[0-9T]+(\.tmp)?$/.test(tail))
      return { path: name, kind: 'document', name, aside: true, scratch };
  }
  return null;
}

/** Files in the data folder itself that look like ours and are in no layout: whoever encrypts should be told of them. */
export async function strangers(ops: FileOps, folder: string, layout: DataLayout): Promise<string[]> {
  const known = new Set((await listData(ops, folder, layout)).map((entry) => entry.path));
  return (await ops.list(folder)).filter(
    (name) =>
      /\.(json|ndjson|csv|jpe?g|png)(\.|$)/.test(name) &&
      // Holds names of files and times only, see [Note: unseen].
      !name.endsWith('.json.restored') &&
      !known.has(name) &&
      !basename(name).startsWith('vault.'),
  );
}
