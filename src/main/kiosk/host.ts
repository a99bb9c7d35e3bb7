/** How a door (Electron's IPC, the loopback WebSocket) holds a kiosk. Rules live behind it; doors only carry messages. */
import type { EventName } from '../../shared/api.ts';

/** One window or one socket. Each has its own operator session and its own check-in track. */
export interface KioskConnection {
  /**
   * Runs one call of `KioskApi`. `name` and `input` come from outside and are validated here.
   * @throws LintelError always: whatever else is thrown inside becomes `internal`.
   */
  call(name: string, input: unknown): Promise<unknown>;
  /** The window or socket is gone: forget its session, its drafts and its track. */
  close(): void;
}

export interface KioskHost {
  /** `send` is called with every event meant for this connection; it must not throw. */
  connect(send: (name: EventName, payload: unknown) => void): KioskConnection;
  /** Called when an operator leaves kiosk mode. The Electron door sets it. */
  onLeaveKiosk: (() => void) | null;
  /** Flushes and closes everything; calls after it are refused. */
  close(): Promise<void>;
}
