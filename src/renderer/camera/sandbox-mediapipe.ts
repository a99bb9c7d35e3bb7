/** Imported first by the landmarker's worker: MediaPipe neither calls home nor fills the console. */

/*
 * MediaPipe's web package counts its use and posts the counts to its makers
 * (tasks-vision 1.1.0 has no switch for it; google-ai-edge/mediapipe issues 6291 and 6306). Nothing leaves this laptop:
 * inside the worker, `fetch` knows our own origin only. The page's CSP would stop the request as well; this keeps it from
 * being tried, and from filling the console.
 */
const realFetch = self.fetch.bind(self);

self.fetch = (input, init) => {
  const url = new URL(input instanceof Request ? input.url : input, self.location.href);
  if (url.origin === self.location.origin || url.protocol === 'blob:') return realFetch(input, init);
  return Promise.resolve(new Response(null, { status: 403 }));
};

/*
 * Its WebAssembly reports every start through the console, "INFO"
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
