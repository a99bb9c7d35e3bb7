#!/usr/bin/env node
/**
 * Writes presentations as MJPEG files for Chromium's fake camera (`--use-file-for-fake-video-capture`): 640x480, 30 frames a second.
 * A file cannot hear a question, so the question is given here, as `--action`, and stands from the first second on.
 *
 *   node scripts/pad/render.mjs --out DIR [--kinds photo-moved,bona-fide] [--person person-01] [--action turn-left] [--seconds 6] [--scenes DIR]
 *
 * The files hold photographs of real people: keep them out of the repository.
 */
import { createWriteStream, mkdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { openLandmarker } from './landmarker.mjs';
import { jpegOf, listTakes, loadTake, useScenes } from './people.mjs';
import { ACTIONS, ATTACKS, BONA_FIDE, presentationOf } from './presentations.mjs';
import { seedOf } from './raster.mjs';

const { values: options } = parseArgs({
  options: {
    out: { type: 'string' },
    kinds: { type: 'string', default: [...BONA_FIDE, ...ATTACKS].join() },
    person: { type: 'string', default: 'person-01' },
    action: { type: 'string', default: 'turn-left' },
    seconds: { type: 'string', default: '6' },
    take: { type: 'string', default: '1' },
    scenes: { type: 'string' },
  },
});
if (options.out === undefined || !ACTIONS.includes(options.action)) {
  console.error(
    `usage: render.mjs --out DIR [--kinds A,B] [--person NAME] [--action ${ACTIONS.join('|')}] [--seconds N] [--take N] [--scenes DIR]`,
  );
  process.exit(2);
}
useScenes(options.scenes);
mkdirSync(options.out, { recursive: true });
const landmarker = await openLandmarker();
let now = 0;
const takes = listTakes(options.person);
const take = await loadTake(landmarker, () => (now += 33), options.person, takes[Number(options.take) % takes.length]);
await landmarker.close();
if (take === null) {
  console.error('No face was found in that take. Choose another with --take.');
  process.exit(1);
}
for (const kind of options.kinds.split(',')) {
  const seed = seedOf([kind, options.person, options.action].join());
  const presentation = presentationOf(kind, take, seed);
  presentation.ask(options.action, 1);
  const file = resolve(options.out, `${kind}-${options.person}-${options.action}.mjpeg`);
  const stream = createWriteStream(file);
  for (let frame = 0; frame < Number(options.seconds) * 30; frame++)
    stream.write(await jpegOf(presentation.frame(frame / 30)));
  await new Promise((done) => stream.end(done));
  console.log(file);
}
