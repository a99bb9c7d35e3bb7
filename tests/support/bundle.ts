/** Turns a TypeScript file into one plain `.mjs` that a child process of this Node can run. Packages stay imports. */
import { createHash } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import { bundleInto } from '../../scripts/bundle.mjs';
import { projectRoot } from './data.ts';

/** Inside node_modules, so that the bare imports left in the bundle resolve. */
const cache = resolve(projectRoot, 'node_modules/.cache/lintel-tests');

/**
 * Bundles `entry` (absolute, or relative to the project's root) and everything of ours that it imports.
 * @returns the absolute path of the `.mjs`, for `fork` or `new Worker`.
 * Note that `import.meta.dirname` inside is the folder of the bundle, not of the source.
 */
export async function bundle(entry: string): Promise<string> {
  const source = resolve(projectRoot, entry);
  const name = `${basename(source).replace(/\.tsx?$/, '')}-${createHash('sha256').update(source).digest('hex').slice(0, 8)}.mjs`;
  // Built beside and moved into place: test files that run at the same time may bundle the same child.
  const scratch = resolve(cache, `tmp-${process.pid}-${Math.random().toString(36).slice(2)}`);
  await mkdir(cache, { recursive: true });
  try {
    await bundleInto(projectRoot, source, scratch, name);
    await rename(resolve(scratch, name), resolve(cache, name));
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
  return resolve(cache, name);
}
