/** The browser shell's token: it comes in the address, and leaves it at once. */

const KEY = 'lintel-token';

/**
 * The token from `#token=...`, or the one this tab was opened with before a reload; null when there is none.
 * It is taken out of the address bar, so that it is neither read over a shoulder nor kept in the browser's history.
 */
export function takeToken(
  location: { readonly hash: string; readonly pathname: string; readonly search: string },
  history: { replaceState(data: unknown, unused: string, url: string): void },
  storage: { getItem(key: string): string | null; setItem(key: string, value: string): void },
): string | null {
  const fresh = new URLSearchParams(location.hash.replace(/^#/, '')).get('token');
  if (fresh === null || fresh === '') return storage.getItem(KEY);
  storage.setItem(KEY, fresh);
  history.replaceState(null, '', location.pathname + location.search);
  return fresh;
}
