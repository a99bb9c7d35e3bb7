/** How good is it here: what is tested, how far it is, what came out. */
import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';
import { Problem } from '../../ui/Problem.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { ChooseSource } from './ChooseSource.tsx';
import { EvaluationResult } from './EvaluationResult.tsx';
import { leaveEvaluation, useEvaluation } from './evaluation-run.ts';
import './evaluation.css';

function Running() {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const { stage, sent, total } = useEvaluation();
  return (
    <section className="card stack">
      {stage === 'sending' ? (
        <Progress
          label={t('evaluation.sending', { done: count(sent, language), total: count(total, language) })}
          done={sent}
          total={total}
        />
      ) : (
        <p aria-live="polite">{t('evaluation.computing')}</p>
      )}
      <p className="soft">{t('evaluation.meanwhile')}</p>
      <div className="button-row">
        <Button onPress={leaveEvaluation}>{t('ui.cancel')}</Button>
      </div>
    </section>
  );
}

export function EvaluationScreen() {
  const { t } = useTranslation();
  const { stage, error, result } = useEvaluation();
  return (
    <>
      <h1 className="desk-title">{t('evaluation.title')}</h1>
      {error === null ? null : <Problem error={error} />}
      {stage === 'choose' ? <ChooseSource /> : null}
      {stage === 'sending' || stage === 'computing' ? <Running /> : null}
      {stage === 'done' && result !== null ? <EvaluationResult result={result} /> : null}
    </>
  );
}
