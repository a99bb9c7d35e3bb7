/** Draws the overlay: a soft outline of the face that is looked at, fainter ones of others. */
import type { FaceOval } from './oval.ts';

export interface OverlayLook {
  /** CSS colour of the outline. */
  readonly colour: string;
  /** 0 to 1. */
  readonly strength: number;
}

export function drawOvals(canvas: HTMLCanvasElement, ovals: readonly FaceOval[], look: OverlayLook): void {
  const context = canvas.getContext('2d');
  if (context === null) return;
  const { width, height } = canvas;
  context.clearRect(0, 0, width, height);
  context.lineJoin = 'round';
  ovals.forEach((oval, i) => {
    if (oval.points.length < 3) return;
    context.globalAlpha = i === 0 ? look.strength : look.strength * 0.35;
    context.strokeStyle = look.colour;
    context.lineWidth = Math.max(2, oval.box.width * width * 0.012);
    context.beginPath();
    // Through the middles of the edges, so that the ring of points becomes one smooth line.
    const at = (k: number): readonly [number, number] => {
      const [x, y] = oval.points[k % oval.points.length] ?? [0, 0];
      return [x * width, y * height];
    };
    for (let k = 0; k <= oval.points.length; k += 1) {
      const [x, y] = at(k);
      const [nextX, nextY] = at(k + 1);
      if (k === 0) context.moveTo((x + nextX) / 2, (y + nextY) / 2);
      else context.quadraticCurveTo(x, y, (x + nextX) / 2, (y + nextY) / 2);
    }
    context.stroke();
  });
  context.globalAlpha = 1;
}
