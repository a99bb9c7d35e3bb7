import { useEffect, useRef } from 'react';
import { useTranslation } from 'react-i18next';
import { decimals, type EvaluationReply, inPeople, type OutOf } from '../../../shared/admin.ts';
import { Button } from '../../components/Button.tsx';
import { Problem, troubleWords } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { count, download } from '../../components/format.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { applyCalibration, leaveEvaluation, inPlainNumbers, oneIn, useEvaluation } from './evaluation-run.ts';

/** The field's own figures, each with a sentence that says what it means. */
function Figures({ result, language }: { result: EvaluationReply; language: string }) {
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

// What this site's own people teach about the line between "known" and "unknown", and using it.

/** Smaller moves of the line than this are none, cosine. */
const SAME = 0.005;

function Recalibration({ recalibration }: { recalibration: NonNullable<EvaluationReply['recalibration']> }) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const applied = useEvaluation((s) => s.applied);
  const { people, pictures, problem, alike, alikeInterval, moved, thresholdNow, thresholdThen } = recalibration;
  const way = Math.abs(moved) < SAME ? 'same' : moved > 0 ? 'stricter' : 'easier';
  const similarity = (value: number): string =>
    new Intl.NumberFormat(language, { minimumFractionDigits: 3, maximumFractionDigits: 3 }).format(value);
  const difference = new Intl.NumberFormat(language, {
    minimumFractionDigits: 3,
    maximumFractionDigits: 3,
    signDisplay: 'exceptZero',
  });
  return (
    <section className="card stack" aria-label={t('evaluation.learnt.title')}>
      <h2 className="card-title">{t('evaluation.learnt.title')}</h2>
      {problem === null ? <p>{t(`evaluation.learnt.${way}`)}</p> : <Problem report={problem} role="note" />}
      {alike === null || alikeInterval === null ? null : (
        <p>
          {t('evaluation.learnt.basis', {
            people: count(people, language),
            pictures: count(pictures, language),
            alike: difference.format(alike),
            low: difference.format(alikeInterval[0]),
            high: difference.format(alikeInterval[1]),
            now: similarity(thresholdNow),
            then: similarity(thresholdThen),
          })}
        </p>
      )}
      <p className="soft" aria-live="polite">
        {applied === 'no' ? t('evaluation.learnt.detail') : t(`evaluation.learnt.applied.${applied}`)}
      </p>
      <div className="button-row">
        {problem === null ? (
          <Button kind="primary" onPress={() => void applyCalibration('site')}>
            {t('evaluation.learnt.use')}
          </Button>
        ) : null}
        <Button onPress={() => void applyCalibration('model')}>{t('evaluation.learnt.back')}</Button>
      </div>
    </section>
  );
}

const SHOWN = 100;

/** Pictures that took no part, and why. */
function RefusedPictures({ refused }: { refused: readonly { readonly file: string; readonly reason: string }[] }) {
  const { t } = useTranslation();
  if (refused.length === 0) return null;
  return (
    <details className="card">
      <summary className="evaluation-more">{t('evaluation.refused', { count: refused.length })}</summary>
      <ul className="evaluation-refused">
        {refused.slice(0, SHOWN).map(({ file, reason }) => (
          <li key={file}>
            <strong>{file}</strong>{' '}
            <span className="soft">{troubleWords({ code: reason, message: reason }, t).title}</span>
          </li>
        ))}
        {refused.length > SHOWN ? (
          <li className="soft">{t('evaluation.refusedMore', { count: refused.length - SHOWN })}</li>
        ) : null}
      </ul>
    </details>
  );
}

/*
 * The stand-alone report's charts and mistakes within the page. A frame would inherit the page's policy and lose the
 * report's own `<style>`; so its sections go into a shadow tree with that style as a constructed sheet, which the policy
 * does not concern. The page's policy still holds for what is in it: no script, no picture but `data:`, nothing fetched.
 */

/** The report's sections, without its head, and its style made the shadow tree's own. */
function readReport(html: string): { readonly sections: readonly Element[]; readonly css: string } {
  // Taken out before it is parsed: even a document nobody sees may have no style element under the page's policy.
  const style = /<style>([\s\S]*?)<\/style>/g;
  const page = new DOMParser().parseFromString(html.replace(style, ''), 'text/html');
  const css = [...html.matchAll(style)]
    .map(([, text]) => text)
    .join('\n')
    .replaceAll(':root', ':host')
    // Paper and theme are the page's business; the theme's colours come from `.report-view`.
    .replace(/\bbody \{[^}]*\}/, '');
  // The table of figures is on the page already.
  const sections = [...page.querySelectorAll('main > section')].filter((s) => s.querySelector('table') === null);
  return { sections, css };
}

function ReportView({ html }: { html: string }) {
  const host = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const element = host.current;
    if (element === null) return;
    const root = element.shadowRoot ?? element.attachShadow({ mode: 'open' });
    const { sections, css } = readReport(html);
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(css);
    root.adoptedStyleSheets = [sheet];
    root.replaceChildren(...sections.map((section) => document.importNode(section, true)));
  }, [html]);
  return <div ref={host} className="report-view" />;
}

// What came out: first in people, then what can be done with it, then the experts' figures and the curves.

/** A number of people with the decimals that can be said. */
function some(n: number, rate: OutOf, language: string): string {
  const digits = decimals(n, rate);
  return new Intl.NumberFormat(language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(n);
}

/** "Of 1,000 strangers who step up | about 1.0 | would be greeted as somebody | 0.8 to 1.2 ...; promised is 1". */
function Plain({
  kind,
  rate,
  promised,
  language,
}: {
  kind: 'strangers' | 'strangersEach' | 'members' | 'membersEach';
  rate: OutOf;
  promised?: number;
  language: string;
}) {
  const { t } = useTranslation();
  const number = (n: number): string => some(n, rate, language);
  return (
    <div className="plain-figure">
      <p>{t(`evaluation.plain.${kind}.of`, { number: count(rate.of, language) })}</p>
      <p className="plain-number">
        {rate.about === 0 ? t('evaluation.plain.none') : t('evaluation.plain.about', { number: number(rate.about) })}
      </p>
      <p className="plain-what">{t(`evaluation.plain.${kind}.what`)}</p>
      {promised === undefined ? null : <p>{t('evaluation.plain.promised', { number: count(promised, language) })}</p>}
      {rate.about === 0 ? (
        <p className="soft">{t('evaluation.plain.atMost', { number: number(rate.high) })}</p>
      ) : rate.high > rate.low ? (
        <p className="soft">{t('evaluation.plain.range', { low: number(rate.low), high: number(rate.high) })}</p>
      ) : null}
    </div>
  );
}

/** What more people enrolled would make of it: each gallery's figures, at the risk in the settings. */
function Galleries({ galleries, language }: { galleries: EvaluationReply['galleries']; language: string }) {
  const { t } = useTranslation();
  const rows = galleries.map((gallery) => ({ people: gallery.people, ...inPeople(gallery) }));
  const range = (rate: OutOf): string =>
    t('evaluation.galleries.range', {
      about: some(rate.about, rate, language),
      low: some(rate.low, rate, language),
      high: some(rate.high, rate, language),
    });
  const of = count(rows[0]?.strangers.of ?? 1000, language);
  return (
    <table className="galleries">
      <caption>{t('evaluation.galleries.title')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('evaluation.galleries.people')}</th>
          <th scope="col">{t('evaluation.galleries.strangers', { number: of })}</th>
          <th scope="col">{t('evaluation.galleries.members')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ people, strangers, members }) => (
          <tr key={people}>
            <th scope="row">{count(people, language)}</th>
            <td>{range(strangers)}</td>
            <td>{members === null ? '\u2013' : range(members)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

export function EvaluationResult({ result }: { result: EvaluationReply }) {
  const { t } = useTranslation();
  const status = useKiosk((s) => s.status);
  const refused = useEvaluation((s) => s.refused);
  const turned = useEvaluation((s) => s.turned);
  const language = status?.settings.language ?? 'en';
  const plain = inPlainNumbers(result);
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
          {turned > 0 ? ` ${t('evaluation.turned', { count: turned })}` : ''}
        </p>
        <div className="plain-figures">
          {plain.map((one) => (
            <Plain key={one.kind} {...one} language={language} />
          ))}
        </div>
        {result.galleries.length === 0 ? null : <Galleries galleries={result.galleries} language={language} />}
        <p className="soft">{t('evaluation.plain.caution')}</p>
      </section>
      {result.recalibration === null ? null : <Recalibration recalibration={result.recalibration} />}
      <RefusedPictures refused={refused} />
      <Figures result={result} language={language} />
      <section className="card stack" aria-label={t('evaluation.report')}>
        <div className="admin-head">
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
