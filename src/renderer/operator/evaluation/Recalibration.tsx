/** What this site's own people teach about the line between "known" and "unknown", and using it. */
import { useTranslation } from 'react-i18next';
import type { EvaluationReply } from '../../../shared/desk.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { applyCalibration, useEvaluation } from './evaluation-run.ts';

/** Smaller moves of the line than this are none, cosine. */
const SAME = 0.005;

export function Recalibration({ recalibration }: { recalibration: NonNullable<EvaluationReply['recalibration']> }) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const risk = useKiosk((s) => s.status?.settings.risk ?? 1e-3);
  const applied = useEvaluation((s) => s.applied);
  const { impostorPairs, impostorPairsNeeded, supported, thresholdNow, thresholdThen } = recalibration;
  const move = thresholdThen - thresholdNow;
  const way = Math.abs(move) < SAME ? 'same' : move > 0 ? 'stricter' : 'easier';
  return (
    <section className="card stack" aria-label={t('evaluation.learnt.title')}>
      <h2 className="card-title">{t('evaluation.learnt.title')}</h2>
      <p>{t(`evaluation.learnt.${way}`)}</p>
      {supported ? null : (
        <div className="problem">
          <Icon name="warning" />
          <p>
            <strong>{t('evaluation.learnt.tooFew')}</strong>{' '}
            {t('evaluation.learnt.tooFewDetail', {
              risk: count(Math.round(1 / risk), language),
              needed: count(impostorPairsNeeded, language),
              have: count(impostorPairs, language),
            })}
          </p>
        </div>
      )}
      <p className="soft" aria-live="polite">
        {applied === 'no' ? t('evaluation.learnt.detail') : t(`evaluation.learnt.applied.${applied}`)}
      </p>
      <div className="button-row">
        <Button kind="primary" onPress={() => void applyCalibration('site')}>
          {supported ? t('evaluation.learnt.use') : t('evaluation.learnt.useAnyway')}
        </Button>
        <Button onPress={() => void applyCalibration('model')}>{t('evaluation.learnt.back')}</Button>
      </div>
    </section>
  );
}
