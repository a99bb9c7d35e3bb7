/**
 * [Note: the vision process] Running a model blocks the thread it runs on, and a crash in native code takes its process
 * along. So a kiosk never runs models in its own process: it sends frames to a child that does nothing else, waits for
 * the answer without blocking, and starts another child when one dies or hangs. These are the messages between the two.
 */
import { fork } from 'node:child_process';
import { Mutex } from 'async-mutex';
import { type ErrorReport, LintelError, reportOf } from '../../shared/errors.ts';
import type { AnalyzeOptions, Frame, Vision, VisionModels } from './vision.ts';

export type VisionRequest =
  | { readonly id: number; readonly kind: 'open'; readonly models: VisionModels; readonly threads: number | null }
  | { readonly id: number; readonly kind: 'analyze'; readonly frame: Frame; readonly options: AnalyzeOptions }
  | { readonly id: number; readonly kind: 'picture'; readonly bytes: Uint8Array; readonly options: AnalyzeOptions }
  | {
      readonly id: number;
      readonly kind: 'aligned';
      readonly pictures: readonly Uint8Array[];
      readonly mirror: boolean;
    };

export type VisionReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly error: ErrorReport };

/** A way to a child process, whatever made it. */
export interface VisionPort {
  postMessage(message: VisionRequest): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Called once, whenever and however the child ended. */
  onExit(listener: () => void): void;
  /** Ends the child at once, even one that hangs in native code (SIGKILL, not SIGTERM). */
  kill(): void;
}

/** Starts a child. Electron's host passes one made of `utilityProcess.fork`; see `forkVision` for plain Node. */
export type VisionLaunch = () => VisionPort;

// A vision process under plain Node.

interface ForkOptions {
  /** Told the process id of every child that is started. For tests and the doctor. */
  readonly onStart?: (pid: number) => void;
}

/**
 * Launches `script` (the built `entry-vision`) as a child process. `serialization: 'advanced'` keeps bytes as bytes; a
 * 640x480 frame (1.2 MB) then takes about half a millisecond to send, so no faster way was built.
 */
export function forkVision(script: string, options: ForkOptions = {}): VisionLaunch {
  return () => {
    const child = fork(script, [], {
      serialization: 'advanced',
      // Nothing of a child may land on our stdout: it can be a terminal's JSON.
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
      execArgv: [],
    });
    if (child.pid !== undefined) options.onStart?.(child.pid);
    return {
      postMessage: (message) => {
        // The callback takes the error of a child that is already dead; its exit is told by `onExit`.
        if (child.connected) child.send(message, () => undefined);
      },
      onMessage: (listener) => child.on('message', listener),
      onExit: (listener) => {
        let told = false;
        const tell = (): void => {
          if (!told) listener();
          told = true;
        };
        child.once('exit', tell);
        child.once('error', tell);
      },
      kill: () => child.kill('SIGKILL'),
    };
  };
}

// The child's side of [Note: the vision process]: messages in, calls on an in-process vision, answers out.

/**
 * Answers one request at a time, in the order of arrival.
 * @param open `openVision`, which only the child loads
 * @param reply must not throw
 */
export function serveVision(
  open: (models: VisionModels, options: { readonly threads?: number }) => Promise<Vision>,
  reply: (message: VisionReply) => void,
): (request: VisionRequest) => void {
  let vision: Vision | null = null;
  const mutex = new Mutex();

  const run = async (request: VisionRequest): Promise<unknown> => {
    if (request.kind === 'open') {
      vision = await open(request.models, request.threads === null ? {} : { threads: request.threads });
      return null;
    }
    if (vision === null) throw new LintelError('internal.vision-order');
    switch (request.kind) {
      case 'analyze':
        return vision.analyze(request.frame, request.options);
      case 'picture':
        return vision.analyzePicture(request.bytes, request.options);
      case 'aligned':
        return vision.embedAligned(request.pictures, { mirror: request.mirror });
    }
  };

  return (request) => {
    void mutex.runExclusive(async () => {
      try {
        reply({ id: request.id, ok: true, value: await run(request) });
      } catch (error) {
        reply({ id: request.id, ok: false, error: reportOf(error) });
      }
    });
  };
}
