export interface Counts {
  passed: number;
  failed: number;
  skipped: string[];
}
export function countVitest(report: unknown): Counts;
export function countPlaywright(report: unknown): Counts;
export function closing(
  total: { passed: number; failed: number },
  skipped: readonly string[],
  failedSteps: readonly string[],
  withoutBrowser: boolean,
): string;
