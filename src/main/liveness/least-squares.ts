/** Small dense least squares, for fits with a handful of unknowns over some dozens of points. */

/**
 * Solves `A x = b` in place by Gaussian elimination with row pivoting. `a` is n rows of n numbers.
 * @returns x, or null when the matrix is singular (to 1e-12 of its largest pivot).
 */
export function solve(a: number[][], b: number[]): number[] | null {
  const n = b.length;
  let largest = 0;
  for (let k = 0; k < n; k++) {
    let best = k;
    for (let i = k + 1; i < n; i++) if (Math.abs(a[i]![k]!) > Math.abs(a[best]![k]!)) best = i;
    [a[k], a[best]] = [a[best]!, a[k]!];
    [b[k], b[best]] = [b[best]!, b[k]!];
    const pivot = a[k]![k]!;
    largest = Math.max(largest, Math.abs(pivot));
    if (!(Math.abs(pivot) > 1e-12 * largest)) return null;
    for (let i = k + 1; i < n; i++) {
      const f = a[i]![k]! / pivot;
      if (f === 0) continue;
      for (let j = k; j < n; j++) a[i]![j]! -= f * a[k]![j]!;
      b[i]! -= f * b[k]!;
    }
  }
  for (let k = n - 1; k >= 0; k--) {
    let sum = b[k]!;
    for (let j = k + 1; j < n; j++) sum -= a[k]![j]! * b[j]!;
    b[k] = sum / a[k]![k]!;
  }
  return b;
}

/**
 * Coefficients c that make `rows . c` nearest to `targets` in the sense of least squares (normal equations).
 * @returns null when the columns depend on each other.
 */
export function leastSquares(rows: readonly (readonly number[])[], targets: readonly number[]): number[] | null {
  const n = rows[0]?.length ?? 0;
  if (n === 0 || rows.length < n) return null;
  const ata = Array.from({ length: n }, () => new Array<number>(n).fill(0));
  const atb = new Array<number>(n).fill(0);
  rows.forEach((row, r) => {
    for (let i = 0; i < n; i++) {
      atb[i]! += row[i]! * targets[r]!;
      for (let j = i; j < n; j++) ata[i]![j]! += row[i]! * row[j]!;
    }
  });
  for (let i = 0; i < n; i++) for (let j = 0; j < i; j++) ata[i]![j] = ata[j]![i]!;
  return solve(ata, atb);
}

export const dot = (a: readonly number[], b: readonly number[]): number => a.reduce((s, v, i) => s + v * b[i]!, 0);
