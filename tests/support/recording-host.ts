/** A `KioskHost` that answers with what it was asked, for testing the hosts without a kiosk behind them. */
import type { KioskConnection, KioskHost } from '../../src/main/server/connection.ts';
import type { EventName } from '../../src/shared/calls.ts';
import { LintelError } from '../../src/shared/errors.ts';

export interface RecordedConnection {
  readonly calls: { readonly name: string; readonly input: unknown }[];
  readonly send: (name: EventName, payload: unknown) => void;
  closed: boolean;
}

export class RecordingHost implements KioskHost {
  readonly connections: RecordedConnection[] = [];
  onLeaveKiosk: (() => void) | null = null;
  closed = false;

  /** @param answer what a call gives; by default its name and input. A thrown error becomes the call's error. */
  constructor(
    private readonly answer: (name: string, input: unknown) => unknown = (name, input) => ({
      name,
      input: input ?? null,
    }),
  ) {}

  connect(send: (name: EventName, payload: unknown) => void): KioskConnection {
    const record: RecordedConnection = { calls: [], send, closed: false };
    this.connections.push(record);
    return {
      call: async (name, input) => {
        record.calls.push({ name, input });
        if (name === 'leaveKiosk') this.onLeaveKiosk?.();
        if (name === 'lock') throw new LintelError('pin-required');
        return this.answer(name, input);
      },
      close: () => {
        record.closed = true;
      },
    };
  }

  async close(): Promise<void> {
    this.closed = true;
  }
}
