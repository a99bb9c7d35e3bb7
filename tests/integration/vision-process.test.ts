/** The vision process for real: killed with SIGKILL at random moments, it comes back and answers. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { openVision } from '../../src/main/vision/in-process.ts';
import { forkVision } from '../../src/main/vision/process.ts';
import { superviseVision } from '../../src/main/vision/supervisor.ts';
import type { Frame } from '../../src/main/vision/vision.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { bundle } from '../support/bundle.ts';
import { projectRoot } from '../support/data.ts';
import { peopleDir } from '../support/people.ts';
import { ownModels } from '../support/vision-models.ts';

const rounds = Number(process.env['LINTEL_KILL_ROUNDS'] ?? 10);

describe('the vision process', () => {
  let script: string;
  let frame: Frame;
  const picture = (): Uint8Array => readFileSync(resolve(peopleDir, 'scenes/person-01/00.jpg'));
  beforeAll(async () => {
    script = await bundle('src/main/entry-vision.ts');
    const { data } = await sharp(picture())
      .resize(640, 480, { fit: 'cover' })
      .ensureAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true });
    frame = { width: 640, height: 480, channels: 4, data };
  });

  it('answers as vision in this process does', async () => {
    const local = await openVision(ownModels());
    const remote = superviseVision(ownModels(), { launch: forkVision(script) });
    try {
      const options = { embed: 'all', pictures: true } as const;
      const here = await local.analyze(frame, options);
      const there = await remote.analyze(frame, options);
      expect(there).toHaveLength(1);
      expect(there[0]!.box).toEqual(here[0]!.box);
      expect(there[0]!.quality).toEqual(here[0]!.quality);
      expect(there[0]!.embedding).toBeInstanceOf(Float32Array);
      const cosine = there[0]!.embedding!.reduce((sum, value, i) => sum + value * here[0]!.embedding![i]!, 0);
      expect(cosine).toBeGreaterThan(0.9999);
      expect((await sharp(there[0]!.pictures!.aligned).metadata()).width).toBe(112);
      expect((await remote.analyzePicture(picture(), options)).width).toBe(640);
      const [vector] = await remote.embedAligned([there[0]!.pictures!.aligned]);
      expect(vector!.reduce((sum, value, i) => sum + value * here[0]!.embedding![i]!, 0)).toBeGreaterThan(0.98);
      await expect(remote.analyzePicture(Buffer.from('hello'), options)).rejects.toMatchObject({
        code: 'not-a-picture',
      });
    } finally {
      await remote.close();
      await local.close();
    }
  });

  it(
    `killed with SIGKILL at random moments, ${rounds} times, it answers again each time`,
    { timeout: 60_000 + rounds * 10_000 },
    async () => {
      let pid = 0;
      const vision = superviseVision(ownModels(), {
        launch: forkVision(script, { onStart: (started) => (pid = started) }),
        maxDeaths: rounds + 1,
      });
      try {
        await vision.ready();
        for (let round = 0; round < rounds; round++) {
          // Keep it busy, so that the kill lands in the middle of anything: waiting, receiving, running, answering.
          let busy = true;
          const outcomes: string[] = [];
          const work = (async () => {
            while (busy) {
              outcomes.push(
                await vision.analyze(frame, { embed: 'largest' }).then(
                  (faces) => `${faces.length} face`,
                  (error: unknown) => (error instanceof LintelError ? error.code : String(error)),
                ),
              );
              if (outcomes.at(-1) === 'vision-restarting') await sleep(5);
            }
          })();
          await sleep(Math.random() * 150);
          const victim = pid;
          process.kill(victim, 'SIGKILL');
          while (vision.state === 'ready') await sleep(1);
          await vision.ready();
          const seen = await vision.analyze(frame, { embed: 'largest' });
          busy = false;
          await work;
          expect(seen).toHaveLength(1);
          expect(pid).not.toBe(victim);
          // Whatever a caller met, it was an answer or the one typed error.
          expect(outcomes.filter((outcome) => outcome !== '1 face' && outcome !== 'vision-restarting')).toEqual([]);
        }
      } finally {
        await vision.close();
      }
    },
  );

  it('killed while its models are still loading, it starts again', async () => {
    const pids: number[] = [];
    const vision = superviseVision(ownModels(), {
      launch: forkVision(script, { onStart: (pid) => pids.push(pid) }),
    });
    try {
      process.kill(pids[0]!, 'SIGKILL');
      await vision.ready();
      expect(pids).toHaveLength(2);
      expect(await vision.analyze(frame, { embed: 'none' })).toHaveLength(1);
    } finally {
      await vision.close();
    }
  });

  it('a child that hangs is killed, and the next one answers', async () => {
    const pids: number[] = [];
    const vision = superviseVision(ownModels(), {
      launch: forkVision(script, { onStart: (pid) => pids.push(pid) }),
      answerMs: 3000,
    });
    try {
      await vision.ready();
      process.kill(pids[0]!, 'SIGSTOP');
      await expect(vision.analyze(frame, { embed: 'none' })).rejects.toMatchObject({ code: 'vision-timeout' });
      await vision.ready();
      expect(pids).toHaveLength(2);
      expect(await vision.analyze(frame, { embed: 'none' })).toHaveLength(1);
      expect(() => process.kill(pids[0]!, 0)).toThrow();
    } finally {
      await vision.close();
    }
  });

  it('a model that cannot be loaded stops it with the reason, without restarts', async () => {
    const models = ownModels();
    const pids: number[] = [];
    const path = resolve(projectRoot, 'README.md');
    const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
    const vision = superviseVision(
      { ...models, embedder: { ...models.embedder, path, sha256 } },
      { launch: forkVision(script, { onStart: (pid) => pids.push(pid) }) },
    );
    await expect(vision.ready()).rejects.toMatchObject({ code: 'model-unsupported' });
    expect(vision.state).toBe('stopped');
    expect(pids).toHaveLength(1);
    await vision.close();
  });

  it('while it works, this process stays free', async () => {
    const vision = superviseVision(ownModels(), { launch: forkVision(script) });
    try {
      await vision.ready();
      let turns = 0;
      let working = true;
      const count = (): void => {
        turns++;
        if (working) setImmediate(count);
      };
      count();
      for (let i = 0; i < 20; i++) await vision.analyze(frame, { embed: 'largest' });
      working = false;
      // Were a model run on this thread, the loop would turn a few times per frame. It turns a hundred times as often.
      expect(turns).toBeGreaterThan(500);
    } finally {
      await vision.close();
    }
  });
});
