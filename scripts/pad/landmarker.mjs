/**
 * The real FaceLandmarker in a real headless Chromium, fed one JPEG at a time: what the kiosk's screen does with camera
 * frames, without the camera's clock, so that a run gives the same answer on a slow machine as on a fast one.
 */
import { createReadStream, existsSync } from 'node:fs';
import { createServer } from 'node:http';
import { extname, resolve } from 'node:path';
import { chromium } from 'playwright-core';

const root = resolve(import.meta.dirname, '../..');
const TYPES = { '.mjs': 'text/javascript', '.js': 'text/javascript', '.wasm': 'application/wasm' };

/** The browser of this machine: LINTEL_CHROMIUM, or the usual places. */
function findBrowser() {
  const places = [
    process.env.LINTEL_CHROMIUM,
    '/usr/bin/chromium',
    '/usr/bin/chromium-browser',
    '/usr/bin/google-chrome',
  ];
  return places.find((place) => place !== undefined && existsSync(place));
}

/** Where `face_landmarker.task` is, or null. */
export function findLandmarkerFile() {
  const dirs = [process.env.LINTEL_MODELS_DIR, resolve(root, '../shared/models'), resolve(root, 'models')];
  for (const dir of dirs) {
    const file = dir === undefined ? null : resolve(dir, 'face_landmarker.task');
    if (file !== null && existsSync(file)) return file;
  }
  return null;
}

/** Files over loopback, for the page: MediaPipe's bundle and WASM, and the model. */
async function serve(taskFile) {
  const mediapipe = resolve(root, 'node_modules/@mediapipe/tasks-vision');
  const server = createServer((request, response) => {
    const path = decodeURIComponent((request.url ?? '/').split('?')[0]);
    if (path === '/') {
      response.setHeader('content-type', 'text/html');
      return response.end('<!doctype html><title>landmarker</title>');
    }
    const file = path === '/model.task' ? taskFile : path.startsWith('/mp/') ? resolve(mediapipe, path.slice(4)) : null;
    if (file === null || (file !== taskFile && !file.startsWith(mediapipe)) || !existsSync(file)) {
      response.statusCode = 404;
      return response.end();
    }
    response.setHeader('content-type', TYPES[extname(file)] ?? 'application/octet-stream');
    return createReadStream(file).pipe(response);
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return server;
}

/**
 * Opens the landmarker. `detect(jpeg, ms)` gives `{ landmarks: Float32Array(478*3), blendshapes, matrix } | null`;
 * times must grow. A picture without a face makes it drop the one it was following.
 */
export async function openLandmarker() {
  const taskFile = findLandmarkerFile();
  if (taskFile === null) throw new Error('face_landmarker.task was not found. Set LINTEL_MODELS_DIR to its folder.');
  const executablePath = findBrowser();
  if (executablePath === undefined) throw new Error('No Chromium was found. Set LINTEL_CHROMIUM to its program.');
  const server = await serve(taskFile);
  const browser = await chromium.launch({
    executablePath,
    args: ['--no-sandbox', '--disable-gpu', '--headless=new'],
  });
  const page = await browser.newPage();
  await page.goto(`http://127.0.0.1:${server.address().port}/`);
  await page.evaluate(async () => {
    const { FaceLandmarker, FilesetResolver } = await import('/mp/vision_bundle.mjs');
    const files = await FilesetResolver.forVisionTasks('/mp/wasm');
    const landmarker = await FaceLandmarker.createFromOptions(files, {
      baseOptions: { modelAssetPath: '/model.task', delegate: 'CPU' },
      runningMode: 'VIDEO',
      numFaces: 1,
      outputFaceBlendshapes: true,
      outputFacialTransformationMatrixes: true,
    });
    const toBase64 = (floats) => {
      const bytes = new Uint8Array(floats.buffer);
      let text = '';
      for (let i = 0; i < bytes.length; i += 4096) text += String.fromCharCode(...bytes.subarray(i, i + 4096));
      return btoa(text);
    };
    globalThis.lintelDetect = async (jpeg, ms) => {
      const bytes = Uint8Array.from(atob(jpeg), (c) => c.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes], { type: 'image/jpeg' }));
      const result = landmarker.detectForVideo(picture, ms);
      picture.close();
      const points = result.faceLandmarks[0];
      if (points === undefined) return null;
      const floats = new Float32Array(points.length * 3);
      points.forEach((p, i) => floats.set([p.x, p.y, p.z], i * 3));
      const shapes = {};
      for (const c of result.faceBlendshapes[0]?.categories ?? []) shapes[c.categoryName] = c.score;
      return {
        landmarks: toBase64(floats),
        blendshapes: shapes,
        matrix: Array.from(result.facialTransformationMatrixes[0]?.data ?? []),
      };
    };
  });
  return {
    async detect(jpeg, ms) {
      const found = await page.evaluate(
        ([bytes, at]) => globalThis.lintelDetect(bytes, at),
        [jpeg.toString('base64'), ms],
      );
      if (found === null) return null;
      const raw = Buffer.from(found.landmarks, 'base64');
      const landmarks = new Float32Array(raw.byteLength / 4);
      for (let i = 0; i < landmarks.length; i++) landmarks[i] = raw.readFloatLE(i * 4);
      return { landmarks, blendshapes: found.blendshapes, matrix: found.matrix };
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}
