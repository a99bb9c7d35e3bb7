export interface BenchFrame {
  readonly width: number;
  readonly height: number;
  readonly picture: string;
  readonly rgba: string;
}
export interface Row {
  readonly peer: string;
  readonly what: string;
  readonly version: string;
  readonly how: string;
  readonly timings: number;
  readonly p50: number;
  readonly p95: number;
  readonly agrees?: boolean;
}
export interface Compared {
  readonly frame: readonly Row[] | null;
  readonly search: readonly Row[] | null;
  readonly start: readonly Row[] | null;
  readonly missing: readonly { readonly name: string; readonly part: string; readonly reason: string }[];
}
export function writeFrame(to: string, picture: string | null): Promise<BenchFrame>;
export function comparePeers(options: {
  readonly frame: BenchFrame;
  readonly picture: string;
  readonly scratch: string;
  readonly parts?: readonly ('frame' | 'search' | 'start')[];
  readonly rounds?: number;
  readonly turn?: { readonly untimed: number; readonly timed: number };
  readonly rows?: number;
}): Promise<Compared>;
export function textOf(compared: Compared): string[];
