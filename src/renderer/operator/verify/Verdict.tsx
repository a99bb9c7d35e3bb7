/** The answer in words, what it means as a risk, where it lies on the scale, and who else it could be. */
import { useTranslation } from 'react-i18next';
import type { VerificationReply } from '../../../shared/desk.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { openPerson } from '../../state/operator.ts';
import { alikeness } from '../../ui/alikeness.ts';
import { count, percent } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Portrait } from '../../ui/Portrait.tsx';
import { oddsOf } from './odds.ts';
import { RiskScale } from './RiskScale.tsx';

export function Verdict({ reply }: { reply: VerificationReply }) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const { similarity, threshold, same, fmr, fnmr, nearest } = reply;
  const odds = oddsOf(fmr);
  const strangers =
    odds.kind === 'many'
      ? t('verify.odds.many', { share: percent(odds.ofHundred / 100, language) })
      : t(`verify.odds.${odds.kind}`, { number: count(odds.oneIn, language) });
  return (
    <div className="stack">
      <section className="card stack verdict" data-same={same}>
        <h2 className="verdict-title">
          <span className="verdict-mark">
            <Icon name={same ? 'check' : 'people'} />
          </span>
          {t(same ? 'verify.same' : 'verify.different')}
        </h2>
        <p className="verdict-odds">{strangers}</p>
        <RiskScale similarity={similarity} threshold={threshold} />
        <p className="soft">{t('verify.members', { share: percent(fnmr, language) })}</p>
      </section>
      {nearest.length === 0 ? null : (
        <section className="card">
          <h2 className="card-title">{t('verify.nearest')}</h2>
          <p className="soft">{t('verify.nearestAbout')}</p>
          <ul className="nearest">
            {nearest.map((one) => (
              <li key={one.id}>
                <button type="button" className="nearest-one" onClick={() => openPerson(one.id)}>
                  <Portrait picture={one.picture} name={one.name} size="medium" />
                  <strong>{one.name}</strong>
                  <span className="soft">{t(`photos.alike.${alikeness(one.similarity, threshold)}`)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}
