import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { calls, events } from './src/shared/calls.ts';

const at = (path: string): string => resolve(import.meta.dirname, path);

/** See src/shared/call-names.d.ts. */
export const callNames = {
  __CALL_NAMES__: JSON.stringify(Object.keys(calls)),
  __EVENT_NAMES__: JSON.stringify(Object.keys(events)),
};

export default defineConfig({
  main: {
    build: {
      // What is no `dependency` in package.json is in the build: a few files start sooner than hundreds. Its terms come along.
      license: { fileName: 'licences.md' },
      // Three programs from one tree: the Electron host, the command line, and the process that runs the models.
      rollupOptions: {
        input: {
          electron: at('src/main/entry-electron.ts'),
          cli: at('src/main/entry-cli.ts'),
          vision: at('src/main/entry-vision.ts'),
        },
        output: {
          format: 'es',
          entryFileNames: '[name].js',
          chunkFileNames: 'chunks/[name]-[hash].js',
          // Only what nobody runs is left out: comments, which take time to read. Names stay for stack traces.
          minify: { compress: false, mangle: false, codegen: { removeWhitespace: true } },
        },
      },
    },
  },
  preload: {
    define: callNames,
    build: {
      // A sandboxed preload cannot be an ES module.
      rollupOptions: {
        input: { preload: at('src/preload/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs' },
      },
    },
  },
  renderer: {
    root: at('src/renderer'),
    define: callNames,
    plugins: [react()],
    build: { rollupOptions: { input: at('src/renderer/index.html') } },
  },
});
