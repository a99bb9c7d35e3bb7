/** A peer's side of peers.mjs: says what it can do, then works when it is asked, until its stdin ends. */
import { createInterface } from 'node:readline';

/**
 * @param {string} version
 * @param {readonly { what: string, how: string }[]} variants
 * @param {(request: { what: string, probe: number }) => unknown} work
 * @param {string} [note] what of the peer cannot be had, and why
 */
export async function answerRequests(version, variants, work, note) {
  const say = (/** @type {object} */ line) => process.stdout.write(`${JSON.stringify(line)}\n`);
  say({ version, variants, note });
  for await (const line of createInterface({ input: process.stdin })) {
    const { what, round, untimed, timed } = JSON.parse(line);
    const ms = [];
    let answer;
    for (let i = -untimed; i < timed; i++) {
      const probe = round * (untimed + timed) + untimed + i;
      const from = performance.now();
      answer = await work({ what, probe });
      if (i >= 0) ms.push(performance.now() - from);
    }
    say({ ms, answer });
  }
}
