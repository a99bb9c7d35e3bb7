/**
 * Starts a kiosk in the network that this process has, gets its page over loopback, and shows it a camera frame until it says
 * who that is. Prints one line of JSON; a process of its own, because only a process can be put into a network without a way out.
 *
 *     node (bundled) visit-kiosk FRAME PROGRAM [ARGUMENT...]      FRAME: 640x480 RGBA bytes; the program prints {url}
 */
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import WebSocket from 'ws';
import type { CallInput, CallName, CallOutput } from '../../src/shared/calls.ts';
import type { CheckInView } from '../../src/shared/domain.ts';
import { decodeMessage, encodeMessage, type Reply, type ServerMessage } from '../../src/shared/wire.ts';

const [frameFile = '', program = '', ...args] = process.argv.slice(2);
const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
const ended = new Promise<number | null>((done) => child.once('exit', done));
try {
  const line = await Promise.race([
    new Promise<string>((done) => createInterface({ input: child.stdout }).once('line', done)),
    ended.then((code) => Promise.reject(new Error(`the kiosk ended with ${code}`))),
  ]);
  const { url } = JSON.parse(line) as { url: string };
  const page = await fetch(url);
  const html = await page.text();
  const script = /<script[^>]+src="([^"]+)"/.exec(html)?.[1] ?? '/no-script';
  const assets = [script, '/sounds/check-in.wav', '/icon.svg', '/mediapipe/wasm/vision_wasm_internal.wasm'];
  const answers = await Promise.all(assets.map(async (path) => (await fetch(new URL(path, url))).status));

  const { origin, host, hash } = new URL(url);
  const socket = new WebSocket(`ws://${host}/ws`, ['lintel', hash.slice('#token='.length)], { origin });
  const waiting = new Map<number, (reply: Reply<unknown>) => void>();
  let view: CheckInView = { phase: 'idle' };
  socket.on('message', (data: Buffer) => {
    const message = decodeMessage(new Uint8Array(data)) as ServerMessage;
    if (message.type === 'reply') waiting.get(message.id)?.(message.reply);
    else if (message.name === 'view') view = message.payload as CheckInView;
  });
  await new Promise((done, failed) => socket.once('open', done).once('error', failed));
  const call = async <N extends CallName>(name: N, input?: CallInput<N>): Promise<CallOutput<N>> => {
    const id = waiting.size;
    const answer = new Promise<Reply<unknown>>((done) => waiting.set(id, done));
    socket.send(encodeMessage({ type: 'call', id, name, input }));
    const reply = await answer;
    if (!reply.ok) throw new Error(`${name}: ${reply.error.message}`);
    return reply.value as CallOutput<N>;
  };

  let { vision } = await call('getStatus');
  for (; vision === 'starting'; vision = (await call('getStatus')).vision) await pause(50);
  const data = new Uint8Array(await readFile(frameFile));
  const seen = (): boolean => view.phase === 'match';
  for (let n = 0; vision === 'ready' && !seen() && n < 100; n++) {
    await call('submitFrame', { width: 640, height: 480, capturedAt: Date.now(), data });
    await pause(20);
  }
  socket.close();
  const answer = {
    networks: Object.keys(networkInterfaces()),
    page: page.status,
    policy: page.headers.get('content-security-policy'),
    answers,
    vision,
    view,
  };
  child.kill('SIGTERM');
  process.stdout.write(`${JSON.stringify({ ...answer, exit: await ended })}\n`);
} finally {
  child.kill('SIGKILL');
}
