/** What the page may do, said by headers. Both hosts that show the page send exactly these. */
import { statSync } from 'node:fs';
import { extname, resolve, sep } from 'node:path';

/**
 * react-aria adds one constant `<style>` element when a pressable thing first appears (its `usePress`). This is the SHA-256
 * of its text, so that it is allowed without allowing inline styles at large. `tests/unit/hosts-assets.test.ts` compares
 * it with the installed package.
 */
export const REACT_ARIA_PRESS_STYLE_HASH = 'sha256-38RhXrc7EdReTKsOm23ZPOCUgniTUUcjky8QOOrQx6o=';

/**
 * The page's Content-Security-Policy.
 * @param sockets WebSocket origins the page may connect to besides its own origin, e.g. `ws://127.0.0.1:4000`
 */
export function contentSecurityPolicy(sockets: readonly string[] = []): string {
  return [
    `default-src 'none'`,
    // MediaPipe compiles WebAssembly; nothing may evaluate JavaScript from a string.
    `script-src 'self' 'wasm-unsafe-eval'`,
    `worker-src 'self'`,
    `style-src 'self' '${REACT_ARIA_PRESS_STYLE_HASH}'`,
    `img-src 'self' data: blob:`,
    `media-src 'self' blob: mediastream:`,
    `font-src 'self'`,
    `connect-src ${["'self'", ...sockets].join(' ')}`,
    `frame-ancestors 'none'`,
    `base-uri 'none'`,
    `form-action 'none'`,
  ].join('; ');
}

/** Headers for every answer: nothing is sniffed, framed, shared with another origin or told to another site. */
export function securityHeaders(sockets: readonly string[] = []): Record<string, string> {
  return {
    'Content-Security-Policy': contentSecurityPolicy(sockets),
    'Permissions-Policy': 'camera=(self), microphone=(), geolocation=(), display-capture=(), usb=(), serial=(), hid=()',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'no-referrer',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
  };
}

// The files the page may load, by URL path: a table, and nothing outside it. Shared by the hosts that show the page.

export interface AssetPlaces {
  /** The built page. */
  readonly rendererDir: string;
  /** Icons and sounds. */
  readonly resourcesDir: string;
  /** MediaPipe's WebAssembly, as its npm package holds it. */
  readonly mediapipeDir: string;
  /** The path of `face_landmarker.task`, or null while it is missing. */
  readonly landmarker: () => string | null;
}

interface Asset {
  readonly path: string;
  readonly type: string;
  readonly size: number;
  /** Value of Cache-Control. */
  readonly cache: string;
}

const LANDMARKER_URL = '/models/face_landmarker.task';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.mjs': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.wasm': 'application/wasm',
  '.task': 'application/octet-stream',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
  '.woff': 'font/woff',
  '.wav': 'audio/wav',
  '.mp3': 'audio/mpeg',
};

/**
 * The file behind a URL's path, or null when there is none.
 * @param urlPath as it came, still percent-encoded, without the query; e.g. `/assets/index-B1x.js`
 */
export function findAsset(places: AssetPlaces, urlPath: string): Asset | null {
  let path: string;
  try {
    path = decodeURIComponent(urlPath);
  } catch {
    return null;
  }
  // Nothing we serve needs these; refusing them outright leaves no question of what they would mean to a file system.
  if (!path.startsWith('/') || /[\0\\:]/.test(path) || path.split('/').some((part) => part.startsWith('.')))
    return null;
  if (path === '/') path = '/index.html';

  if (path === LANDMARKER_URL) {
    const file = places.landmarker();
    return file === null ? null : describe(file, 'no-cache');
  }
  const wasm = /^\/mediapipe\/wasm\/(vision_wasm_[a-z_]+\.(?:js|wasm))$/.exec(path)?.[1];
  if (wasm !== undefined) return inside(places.mediapipeDir, wasm, 'no-cache');
  if (/^\/(?:sounds\/[a-z-]+\.wav|icon\.(?:svg|png))$/.test(path)) {
    return inside(places.resourcesDir, path.slice(1), 'no-cache');
  }
  // Vite puts a content hash into the names of what it bundles; those never change.
  const cache = path.startsWith('/assets/') ? 'public, max-age=31536000, immutable' : 'no-store';
  return inside(places.rendererDir, path.slice(1), cache);
}

function inside(folder: string, name: string, cache: string): Asset | null {
  const file = resolve(folder, name);
  return file.startsWith(resolve(folder) + sep) ? describe(file, cache) : null;
}

function describe(path: string, cache: string): Asset | null {
  const type = TYPES[extname(path).toLowerCase()];
  if (type === undefined) return null;
  const stats = statSync(path, { throwIfNoEntry: false });
  return stats?.isFile() === true ? { path, type, size: stats.size, cache } : null;
}
