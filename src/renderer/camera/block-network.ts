/**
 * Imported first by the landmarker's worker. MediaPipe's web package counts its use and posts the counts to its makers
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

export {};
