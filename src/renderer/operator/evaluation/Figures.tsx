/** The field's own figures, each with a sentence that says what it means. */
import { useTranslation } from 'react-i18next';
import type { EvaluationReply } from '../../../shared/desk.ts';
import { count } from '../../ui/format.ts';
import { oneIn } from './plain-figures.ts';

export function Figures({ result, language }: { result: EvaluationReply; language: string }) {
  const { t } = useTranslation();
  const share = (part: number): string =>
    new Intl.NumberFormat(language, { style: 'percent', maximumFractionDigits: 2 }).format(part);
  const similarity = (value: number): string =>
    new Intl.NumberFormat(language, { minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(value);
  const rows: { key: string; name: string; value: string; meaning: string; warning?: string }[] = [
    ...(['accuracy', 'auc', 'eer'] as const).map((key) => ({
      key,
      name: t(`evaluation.figure.${key}.name`),
      value: key === 'auc' ? similarity(result.auc) : share(result[key]),
      meaning: t(`evaluation.figure.${key}.meaning`),
    })),
    ...Object.entries(result.tar)
      .sort(([a], [b]) => Number(b) - Number(a))
      .map(([fmr, tar]) => ({
        key: `tar-${fmr}`,
        name: t('evaluation.figure.tar.name', { fmr }),
        value: share(tar),
        meaning: t('evaluation.figure.tar.meaning', { number: count(oneIn(fmr), language) }),
        ...(result.unsupported.includes(fmr) ? { warning: t('evaluation.figure.tar.tooFew') } : {}),
      })),
    ...(result.identification === null
      ? []
      : [
          {
            key: 'rank1',
            name: t('evaluation.figure.rank1.name'),
            value: share(result.identification.rank1),
            meaning: t('evaluation.figure.rank1.meaning'),
          },
          ...(result.identification.fpir === null
            ? []
            : [
                {
                  key: 'fpir',
                  name: t('evaluation.figure.fpir.name'),
                  value: share(result.identification.fpir),
                  meaning: t('evaluation.figure.fpir.meaning'),
                },
              ]),
        ]),
    ...(result.inUse === null
      ? []
      : [
          {
            key: 'threshold',
            name: t('evaluation.figure.threshold.name'),
            value: similarity(result.inUse.threshold),
            meaning: t('evaluation.figure.threshold.meaning'),
          },
        ]),
  ];
  return (
    <section className="card" aria-label={t('evaluation.figures')}>
      <h2 className="card-title">{t('evaluation.figures')}</h2>
      <dl className="figures">
        {rows.map(({ key, name, value, meaning, warning }) => (
          <div key={key} className="figures-row">
            <dt>{name}</dt>
            <dd className="figures-value">{value}</dd>
            <dd className="soft">
              {meaning}
              {warning === undefined ? null : <strong className="figures-warning"> {warning}</strong>}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
