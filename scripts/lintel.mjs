/** `npm run --silent lintel -- COMMAND`: prepares the tree, then is the command line program (src/main/entry-cli.ts). */
import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

await prepare();
// npm runs scripts in the project's folder; relative paths are meant from where the person stands.
const { INIT_CWD, npm_lifecycle_event: script } = process.env;
if (INIT_CWD !== undefined && (script === 'lintel' || script === 'bench')) process.chdir(INIT_CWD);
await import(pathToFileURL(join(root, 'out/main/cli.js')).href);
