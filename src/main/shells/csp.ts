/** What the page may do, said by headers. Both doors that show the page send exactly these. */

/**
 * react-aria adds one constant `<style>` element when a pressable thing first appears (usePress.ts). This is the SHA-256
 * of its text, so that it is allowed without allowing inline styles at large. `tests/unit/shells-csp.test.ts` compares
 * it with the installed package.
 */
export const REACT_ARIA_PRESS_STYLE = `@layer {
  [data-react-aria-pressable] {
    touch-action: pan-x pan-y pinch-zoom;
  }
}`;
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
