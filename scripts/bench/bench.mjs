/**
 * `npm run bench`: `lintel bench`, and with `--peers` the same work done by others, on the same frame and vectors; see peers.mjs.
 *
 *     npm run bench -- [--peers] [what `lintel bench` understands]
 *
 * Of others are installed what is missing: by npm into LINTEL_PEERS_DIR, else `.cache/lintel-peers` in the home folder.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const args = process.argv.slice(2);
if (!args.includes('--peers') || args.includes('--help') || args.includes('-h')) {
  process.argv.splice(2, 0, 'bench');
  await import('../lintel.mjs');
} else {
  const { values, tokens } = parseArgs({
    args,
    options: { peers: { type: 'boolean' }, json: { type: 'boolean' }, picture: { type: 'string' } },
    strict: false,
    tokens: true,
  });
  const { prepare, root, say } = await import('../prepare.mjs');
  await prepare();
  // Relative paths are meant from where the person stands.
  if (process.env.INIT_CWD !== undefined) process.chdir(process.env.INIT_CWD);
  const { comparePeers, textOf, writeFrame } = await import('./peers.mjs');
  const scratch = mkdtempSync(join(tmpdir(), 'lintel-bench-'));
  try {
    const picture = join(scratch, 'frame.png');
    const frame = await writeFrame(picture, typeof values.picture === 'string' ? values.picture : null).catch(
      (error) => {
        say(`${values.picture} cannot be read as a picture: ${error.message}`);
        return null;
      },
    );
    if (frame === null) process.exitCode = 1;
    else {
      const passed = tokens.flatMap((token) => {
        if (token.kind === 'positional') return [token.value];
        if (token.kind !== 'option' || token.name === 'peers' || token.name === 'picture') return [];
        return token.inlineValue ? [`${token.rawName}=${token.value}`] : [token.rawName];
      });
      const ours = spawnSync(
        process.execPath,
        [join(root, 'out/main/cli.js'), 'bench', '--picture', picture, ...passed],
        { stdio: ['ignore', values.json ? 'pipe' : 'inherit', 'inherit'], encoding: 'utf8', maxBuffer: 2 ** 26 },
      );
      if (ours.status !== 0) {
        process.stdout.write(ours.stdout ?? '');
        process.exitCode = ours.status ?? 1;
      } else {
        const peers = await comparePeers({ frame, picture, scratch, onStep: (text) => say(text) });
        process.stdout.write(
          values.json
            ? `${JSON.stringify({ ...JSON.parse(ours.stdout), peers })}\n`
            : `\n${textOf(peers).join('\n')}\n`,
        );
      }
    }
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}
