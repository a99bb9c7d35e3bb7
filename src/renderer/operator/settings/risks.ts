/** Risk in people, not cosines: one stranger in so many is taken for somebody enrolled. */
export const RISKS = [100, 1_000, 10_000, 100_000] as const;

/** The choice nearest to a risk that was set elsewhere, by ratio. */
export function nearestRisk(risk: number): (typeof RISKS)[number] {
  const distance = (oneIn: number): number => Math.abs(Math.log(risk * oneIn));
  return [...RISKS].sort((a, b) => distance(a) - distance(b))[0] ?? 1_000;
}
