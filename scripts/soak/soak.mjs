/**
 * `npm run soak [-- --check-ins N] [--real N]`: 100,000 check-ins with recorded embeddings, then a shorter run through the real
 * models where they and the pictures are, each with a page of charts in artifacts/.
 */
import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { bundleInto } from '../bundle.mjs';
import { soakPage } from './page.mjs';
import { slope, warm } from './slope.mjs';

const root = resolve(import.meta.dirname, '../..');
const { values } = parseArgs({
  options: { 'check-ins': { type: 'string', default: '100000' }, real: { type: 'string', default: '500' } },
});

const out = resolve(root, 'node_modules/.cache/lintel-soak');
await bundleInto(root, resolve(root, 'tests/support/soak-child.ts'), out, 'soak-child.mjs');

const beside = resolve(root, '../shared/models');
const models = process.env.LINTEL_MODELS_DIR ?? (existsSync(beside) ? beside : null);
const pictures = existsSync(resolve(root, '../shared/data')) ? resolve(root, '../shared/data') : null;
const modelDirs = models === null || pictures === null ? [] : [models, resolve(root, 'models')];

async function run(vision, checkIns) {
  const folder = await mkdtemp(join(tmpdir(), 'lintel-soak-'));
  const options = { folder, checkIns, every: Math.max(5, Math.round(checkIns / 200)), vision, modelDirs, pictures };
  const samples = [];
  let end = null;
  try {
    const child = spawn(process.execPath, ['--expose-gc', join(out, 'soak-child.mjs'), JSON.stringify(options)], {
      cwd: root,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    createInterface({ input: child.stdout }).on('line', (line) => {
      const told = JSON.parse(line);
      if ('onDisk' in told) end = told;
      else samples.push(told);
      if (samples.length % 20 === 0)
        console.log(
          `${vision}: ${told.checkIns ?? checkIns} check-ins, heap ${((told.heap ?? 0) / 2 ** 20).toFixed(1)} MB`,
        );
    });
    const code = await new Promise((done) => child.on('close', done));
    if (code !== 0 || end === null) throw new Error(`the ${vision} run ended with ${code}`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  const page = resolve(root, `artifacts/soak-${vision}.html`);
  await mkdir(resolve(root, 'artifacts'), { recursive: true });
  await writeFile(page, soakPage(samples, end));
  const per1000 = (of) => slope(warm(samples).map((one) => ({ at: one.checkIns, value: of(one) }))) * 1000;
  console.log(
    `${vision}: ${end.acknowledged} check-ins acknowledged, ${end.onDisk} on disk; ${end.source}\n` +
      `  growth per 1,000 check-ins: heap ${(per1000((s) => s.heap) / 1024).toFixed(2)} kB, ` +
      `resident ${(per1000((s) => s.rss) / 1024).toFixed(1)} kB, handles ${per1000((s) => s.handles).toFixed(4)}, ` +
      `files ${per1000((s) => s.files).toFixed(4)}, p95 ${per1000((s) => s.p95).toFixed(4)} ms\n  ${page}`,
  );
  if (end.onDisk !== end.acknowledged) process.exitCode = 1;
}

await run('recorded', Number(values['check-ins']));
if (modelDirs.length > 0 && Number(values.real) > 0) await run('real', Number(values.real));
else if (modelDirs.length === 0) console.log('real: left out, the models or the pictures of ../shared are absent');
