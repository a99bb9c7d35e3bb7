/**
 * Makes resources/sounds/*.wav: 16-bit mono, 22,050 Hz, soft sine tones with slow attack and exponential decay.
 * `node scripts/make-sounds.mjs`; the files are committed, so this is needed only to change them.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';

const RATE = 22_050;
const folder = resolve(import.meta.dirname, '../resources/sounds');

/**
 * @param {readonly { hertz: number, at: number, decay: number, level: number }[]} notes seconds, and level 0 to 1
 * @param {number} seconds
 */
function render(notes, seconds) {
  const samples = new Float64Array(Math.round(RATE * seconds));
  for (const { hertz, at, decay, level } of notes) {
    for (let i = Math.round(at * RATE); i < samples.length; i++) {
      const t = i / RATE - at;
      const envelope = Math.min(1, t / 0.012) * Math.exp(-t / decay);
      // A little of the octave above makes it a bell rather than a test tone.
      samples[i] += level * envelope * (Math.sin(2 * Math.PI * hertz * t) + 0.18 * Math.sin(4 * Math.PI * hertz * t));
    }
  }
  const fade = Math.round(0.03 * RATE);
  for (let i = 0; i < fade; i++) samples[samples.length - 1 - i] *= i / fade;
  return samples;
}

/** @param {Float64Array} samples -1 to 1 */
function wav(samples) {
  const file = Buffer.alloc(44 + samples.length * 2);
  file.write('RIFF', 0);
  file.writeUInt32LE(file.length - 8, 4);
  file.write('WAVEfmt ', 8);
  file.writeUInt32LE(16, 16);
  file.writeUInt16LE(1, 20); // PCM
  file.writeUInt16LE(1, 22); // mono
  file.writeUInt32LE(RATE, 24);
  file.writeUInt32LE(RATE * 2, 28);
  file.writeUInt16LE(2, 32);
  file.writeUInt16LE(16, 34);
  file.write('data', 36);
  file.writeUInt32LE(samples.length * 2, 40);
  samples.forEach((value, i) => file.writeInt16LE(Math.round(Math.max(-1, Math.min(1, value)) * 32767), 44 + i * 2));
  return file;
}

mkdirSync(folder, { recursive: true });
// A rising fourth: done. A single low, short note: not known, without blame.
const checkIn = render(
  [
    { hertz: 587.33, at: 0, decay: 0.16, level: 0.22 },
    { hertz: 783.99, at: 0.11, decay: 0.26, level: 0.24 },
  ],
  0.9,
);
const unknown = render([{ hertz: 329.63, at: 0, decay: 0.18, level: 0.22 }], 0.55);
writeFileSync(join(folder, 'check-in.wav'), wav(checkIn));
writeFileSync(join(folder, 'unknown.wav'), wav(unknown));
