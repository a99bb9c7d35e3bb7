/** From "strangers" to "the same person", with the line the kiosk draws and where these two lie. */
import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { count } from '../../ui/format.ts';
import { onScale, twoDigits } from './odds.ts';

const at = (similarity: number): string => `${onScale(similarity) * 100}%`;

export function RiskScale({ similarity, threshold }: { similarity: number; threshold: number }) {
  const { t } = useTranslation();
  const settings = useKiosk((s) => s.status?.settings);
  const oneIn = count(twoDigits(1 / (settings?.risk ?? 1e-3)), settings?.language ?? 'en');
  return (
    <div className="scale">
      <div className="scale-line" style={{ left: at(threshold) }}>
        <span className="scale-line-words">{t('verify.scale.line', { number: oneIn })}</span>
      </div>
      <div
        className="scale-track"
        role="img"
        aria-label={t(similarity >= threshold ? 'verify.scale.above' : 'verify.scale.below', {
          similarity: Math.round(similarity * 100),
          threshold: Math.round(threshold * 100),
        })}
      >
        <span className="scale-strangers" style={{ width: at(threshold) }} />
        <span className="scale-here" style={{ left: at(similarity) }} />
      </div>
      <div className="scale-ends soft">
        <span>{t('verify.scale.strangers')}</span>
        <span>{t('verify.scale.same')}</span>
      </div>
    </div>
  );
}
