/** TypeScript of ours as one plain `.mjs` for this Node. Packages stay imports. */
import { build } from 'vite';

/**
 * @param {string} root the project's
 * @param {string} entry absolute
 * @param {string} outDir inside node_modules, so that the bare imports left in it resolve; what is there stays
 * @param {string} name of the file in it
 */
export async function bundleInto(root, entry, outDir, name) {
  await build({
    root,
    configFile: false,
    logLevel: 'error',
    publicDir: false,
    build: {
      ssr: entry,
      outDir,
      emptyOutDir: false,
      target: 'node20',
      minify: false,
      rolldownOptions: { output: { entryFileNames: name, codeSplitting: false } },
    },
  });
}
