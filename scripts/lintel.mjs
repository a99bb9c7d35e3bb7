/** `npm run --silent lintel -- COMMAND`: prepares the tree, then is the command line program (src/main/entry-cli.ts). */
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

await prepare();
await import(pathToFileURL(join(root, 'out/main/cli.js')).href);
