/** Reads the JSON reports of Vitest and Playwright: how many passed and failed, and the names of those skipped. */

/**
 * @typedef {{ passed: number, failed: number, skipped: string[] }} Counts
 */

/**
 * @param {any} report Vitest's `json` reporter (the shape is Jest's)
 * @returns {Counts}
 */
export function countVitest(report) {
  /** @type {Counts} */
  const counts = { passed: 0, failed: 0, skipped: [] };
  for (const file of report.testResults) {
    for (const test of file.assertionResults) {
      if (test.status === 'passed') counts.passed += 1;
      else if (test.status === 'failed') counts.failed += 1;
      else counts.skipped.push(test.fullName);
    }
  }
  return counts;
}

/**
 * @param {any} report Playwright's `json` reporter
 * @returns {Counts}
 */
export function countPlaywright(report) {
  /** @type {Counts} */
  const counts = { passed: 0, failed: 0, skipped: [] };
  const visit = (/** @type {any} */ suite, /** @type {string[]} */ path) => {
    for (const spec of suite.specs ?? []) {
      for (const test of spec.tests) {
        if (test.status === 'skipped') {
          const why = test.annotations.find(
            (/** @type {any} */ a) => a.type === 'skip' || a.type === 'fixme',
          )?.description;
          counts.skipped.push([...path, spec.title].join(' > ') + (why ? ` (${why})` : ''));
        } else if (test.status === 'unexpected') counts.failed += 1;
        else counts.passed += 1; // expected, or flaky: passed when tried again
      }
    }
    for (const child of suite.suites ?? []) visit(child, [...path, child.title]);
  };
  for (const suite of report.suites) visit(suite, [suite.title]);
  return counts;
}
