/** A process that brings a folder of folders in and tells each person once they are on disk; killed by people-import.test.ts. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { importPlan } from '../../src/main/people/import-plan.ts';
import { openKiosk } from '../../src/main/server/kiosk.ts';

const [dataDir = '', folder = '', ...modelDirs] = process.argv.slice(2);
const files: string[] = [];
for (const name of await readdir(folder))
  for (const file of await readdir(join(folder, name))) files.push(`${name}/${file}`);
const kiosk = await openKiosk({ dataDir, modelDirs, version: '0', embedder: '' });
const people = importPlan(files, null).people.map(({ files: own, ...person }) => ({
  ...person,
  consentAt: 1,
  pictures: own.map((file) => ({ file, read: () => readFile(join(folder, file)) })),
}));
for await (const { name, added } of kiosk.imports.run(people)) process.send?.({ name, added });
await kiosk.close();
process.exit(0);
