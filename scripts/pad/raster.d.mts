export interface Picture {
  readonly width: number;
  readonly height: number;
  readonly data: Float32Array;
}
export function fromBytes(width: number, height: number, bytes: Uint8Array): Picture;
export function drawTriangles(
  target: Picture,
  texture: Picture,
  triangles: readonly number[],
  at: readonly number[],
  uv: readonly number[],
  depth: Float32Array,
): void;
