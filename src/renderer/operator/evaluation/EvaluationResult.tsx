/** What came out: first in people, then what can be done with it, then the experts' figures and the curves. */
import { useTranslation } from 'react-i18next';
import type { EvaluationReply } from '../../../shared/desk.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { download } from '../import/download.ts';
import { leaveEvaluation, useEvaluation } from './evaluation-run.ts';
import { Figures } from './Figures.tsx';
import { membersRefused, strangersLetIn, type OutOfThousand } from './plain-figures.ts';
import { Recalibration } from './Recalibration.tsx';
import { RefusedPictures } from './RefusedPictures.tsx';
import { ReportView } from './ReportView.tsx';

function Plain({
  kind,
  rate,
  language,
}: {
  kind: 'strangers' | 'strangersEach' | 'members';
  rate: OutOfThousand;
  language: string;
}) {
  const { t } = useTranslation();
  const digits = new Intl.NumberFormat(language, { maximumFractionDigits: 2 });
  return (
    <div className="plain-figure">
      <p className="plain-of">{t(`evaluation.plain.${kind}.of`, { thousand: count(1000, language) })}</p>
      <p className="plain-number">
        {rate.about === 0
          ? t('evaluation.plain.none')
          : t('evaluation.plain.about', { number: digits.format(rate.about) })}
      </p>
      <p className="plain-what">{t(`evaluation.plain.${kind}.what`)}</p>
      {rate.atMost === null ? null : (
        <p className="soft">{t('evaluation.plain.atMost', { number: digits.format(rate.atMost) })}</p>
      )}
    </div>
  );
}

export function EvaluationResult({ result }: { result: EvaluationReply }) {
  const { t } = useTranslation();
  const status = useKiosk((s) => s.status);
  const refused = useEvaluation((s) => s.refused);
  const language = status?.settings.language ?? 'en';
  const strangers = strangersLetIn(result);
  const members = membersRefused(result);
  const day = new Date().toISOString().slice(0, 10);
  return (
    <div className="cards">
      <section className="card stack" aria-label={t('evaluation.plain.title')}>
        <p>
          {t('evaluation.tested', {
            genuine: count(result.genuine, language),
            impostor: count(result.impostor, language),
          })}
          {result.skipped > 0 ? ` ${t('evaluation.skipped', { count: result.skipped })}` : ''}
        </p>
        <div className="plain-figures">
          {strangers === null ? null : (
            <Plain
              kind={result.protocol === 'pairs' ? 'strangersEach' : 'strangers'}
              rate={strangers}
              language={language}
            />
          )}
          {members === null ? null : <Plain kind="members" rate={members} language={language} />}
        </div>
        <p className="soft">{t('evaluation.plain.caution')}</p>
      </section>
      {result.recalibration === null ? null : <Recalibration recalibration={result.recalibration} />}
      <RefusedPictures refused={refused} />
      <Figures result={result} language={language} />
      <section className="card stack" aria-label={t('evaluation.report')}>
        <div className="desk-head">
          <h2 className="card-title">{t('evaluation.report')}</h2>
          <Button
            onPress={() => download(`lintel-${t('evaluation.fileName')}-${day}.html`, [result.report], 'text/html')}
          >
            <Icon name="save" />
            {t('evaluation.saveReport')}
          </Button>
        </div>
        <p className="soft">{t('evaluation.reportCare')}</p>
        <ReportView html={result.report} />
      </section>
      <div className="button-row">
        <Button onPress={leaveEvaluation}>{t('evaluation.another')}</Button>
      </div>
    </div>
  );
}
