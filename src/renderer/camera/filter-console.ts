/**
 * Imported by the landmarker's worker before MediaPipe: its WebAssembly reports every start through the console, "INFO"
 * as an error. Only lines in its own log format (glog's, and TensorFlow Lite's INFO) are dropped; real errors are shown.
 */
const CHATTER = /^(?:[IW]\d{4} \d\d:\d\d:\d\d\.\d+ |INFO: |Graph successfully started|Graph finished closing)/;

for (const level of ['log', 'info', 'warn', 'error'] as const) {
  const real = console[level].bind(console);
  console[level] = (...what: unknown[]) => {
    if (typeof what[0] === 'string' && CHATTER.test(what[0])) return;
    real(...what);
  };
}

export {};
