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

/**
 * What is said at the end: what was skipped, what that leaves out, what failed, and the counts as the last line.
 * @param {{ passed: number, failed: number }} total
 * @param {readonly string[]} skipped each with its reason
 * @param {readonly string[]} failedSteps
 * @param {boolean} withoutBrowser
 */
export function closing(total, skipped, failedSteps, withoutBrowser) {
  const lines = [];
  if (skipped.length > 0) lines.push('Skipped:', ...skipped.map((name) => `  - ${name}`), '');
  const electron = skipped.filter((name) => name.includes("(needs Electron's binary"));
  const browser = skipped.filter((name) => name.includes('(needs a browser'));
  if (electron.length === skipped.length && skipped.length > 0)
    lines.push("Only what needs Electron's binary was left out.", '');
  if (withoutBrowser)
    lines.push(`Left out, as --without-browser was given: what needs a browser (${browser.length}).`, '');
  if (failedSteps.length > 0) lines.push(`Failed: ${failedSteps.join(', ')}`, '');
  lines.push(`${total.passed} passed, ${total.failed} failed, ${skipped.length} skipped`);
  return lines.join('\n');
}
