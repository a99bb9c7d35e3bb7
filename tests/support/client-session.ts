/** A session with a kiosk in this process, and what a camera would show them. */
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect } from 'vitest';
import type { KioskConnection, KioskHost } from '../../src/main/server/connection.ts';
import {
  type CallInput,
  type CallName,
  type CallOutput,
  calls,
  type EventName,
  events,
} from '../../src/shared/calls.ts';
import type { CheckInView, FrameMessage } from '../../src/shared/domain.ts';
import { peopleDir } from './people.ts';

/** What a camera would give: a scene, 640 wide, RGBA. */
export async function frameOf(person: string, which: number): Promise<FrameMessage> {
  const folder = join(peopleDir, 'scenes', person);
  const file = (await readdir(folder)).sort()[which] ?? '';
  const { data, info } = await sharp(join(folder, file))
    .resize(640)
    .ensureAlpha()
    .raw()
    .toBuffer({ resolveWithObject: true });
  return { width: info.width, height: info.height, capturedAt: 0, data: new Uint8Array(data) };
}

export const nobody: FrameMessage = {
  width: 640,
  height: 480,
  capturedAt: 0,
  data: new Uint8Array(640 * 480 * 4).fill(120),
};

/** Calls, checks what comes back against the contract, and remembers events. */
export class ClientSession {
  readonly events: { name: EventName; payload: unknown }[] = [];
  readonly #connection: KioskConnection;

  constructor(kiosk: KioskHost) {
    this.#connection = kiosk.connect((name, payload) => {
      const parsed: unknown = events[name].parse(payload);
      expect(parsed).toEqual(payload);
      this.events.push({ name, payload });
    });
  }

  async call<N extends CallName>(
    name: N,
    ...[input]: CallInput<N> extends undefined | null ? [] : [CallInput<N>]
  ): Promise<CallOutput<N>> {
    const output = await this.#connection.call(name, input);
    // Nothing leaves that the contract does not name.
    expect(calls[name].output.parse(output)).toEqual(output);
    return output as CallOutput<N>;
  }

  /** What the screen shows. */
  get view(): CheckInView {
    return (this.events.findLast(({ name }) => name === 'view')?.payload ?? { phase: 'idle' }) as CheckInView;
  }

  /** Payloads of every event of a name, oldest first. */
  of(name: EventName): unknown[] {
    return this.events.filter((event) => event.name === name).map(({ payload }) => payload);
  }

  /** A call of any name with any input, as it comes from outside. */
  raw(name: string, input: unknown): Promise<unknown> {
    return this.#connection.call(name, input);
  }

  close(): void {
    this.#connection.close();
  }
}
