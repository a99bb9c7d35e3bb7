/**
 * [Note: the vision process] Running a model blocks the thread it runs on, and a crash in native code takes its process
 * along. So a kiosk never runs models in its own process: it sends frames to a child that does nothing else, waits for
 * the answer without blocking, and starts another child when one dies or hangs. These are the messages between the two.
 */
import type { ErrorReport } from '../../shared/errors.ts';
import type { AnalyzeOptions, Frame, VisionModels } from './vision.ts';

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

/** Starts a child. Electron's door passes one made of `utilityProcess.fork`; see `forkVision` for plain Node. */
export type VisionLaunch = () => VisionPort;
