/** What became of a change of the data as a whole, in words. Pure. */
import type { TFunction } from 'i18next';
import type { KioskStatus } from '../../../shared/domain.ts';

const KINDS = ['encrypted', 'decrypted', 'rotated', 'secret-changed', 'restored', 'failed'] as const;

/** null: it is no such notice, or of a kind this version does not know. */
export function changeWords({ code, params = {} }: KioskStatus['notices'][number], t: TFunction): string | null {
  if (code !== 'data-changed') return null;
  const what = KINDS.find((kind) => kind === params['what']);
  if (what === undefined) return null;
  const said = t(`safety.changed.${what}`, { ...params });
  const plain = Number(params['plain'] ?? 0);
  return plain === 0 ? said : `${said} ${t('safety.changed.plain', { count: plain })}`;
}
