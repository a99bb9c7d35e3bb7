/** The page's own scheme, `lintel://kiosk/`: an origin of its own, which `file://` is not, and no server to reach. */
import { readFile } from 'node:fs/promises';
import type { Protocol } from 'electron';
import { type AssetPlaces, findAsset, securityHeaders } from '../assets.ts';

const SCHEME = 'lintel';
const HOST = 'kiosk';
export const PAGE_URL = `${SCHEME}://${HOST}/`;

/** True for an address of our own page. (`URL.origin` is "null" for a scheme of one's own, so the parts are compared.) */
export function isOurs(address: string | undefined): boolean {
  if (address === undefined || !URL.canParse(address)) return false;
  const url = new URL(address);
  return url.protocol === `${SCHEME}:` && url.host === HOST && url.username === '' && url.password === '';
}

/** Must be called before the app is ready. */
export function registerScheme(protocol: Protocol): void {
  protocol.registerSchemesAsPrivileged([
    // `secure`: a camera is given only to a secure context.
    {
      scheme: SCHEME,
      privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true, codeCache: true },
    },
  ]);
}

export function serveScheme(protocol: Protocol, assets: AssetPlaces): void {
  protocol.handle(SCHEME, async (request) => {
    const headers = securityHeaders();
    const asset =
      isOurs(request.url) && (request.method === 'GET' || request.method === 'HEAD')
        ? findAsset(assets, new URL(request.url).pathname)
        : null;
    if (asset === null) return new Response('Not Found\n', { status: 404, headers });
    return new Response(request.method === 'HEAD' ? null : new Uint8Array(await readFile(asset.path)), {
      headers: { ...headers, 'Content-Type': asset.type, 'Cache-Control': asset.cache },
    });
  });
}
