import './import.css';
import { useState } from 'react';
import { DropZone, FileTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button.tsx';
import { CheckboxField } from '../../components/Choice.tsx';
import { Problem, Progress } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { count, download, shortDay } from '../../components/format.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { goTo, openDuplicates } from '../../state/operator.ts';
import { exportPeople, stopExport, useExport } from './export-run.ts';
import {
  chosenFiles,
  droppedFiles,
  forgetImport,
  noteSeen,
  picturesAmong,
  planImport,
  refusalWords,
  type Refused,
  reportFile,
  resumeImport,
  runImport,
  stopImport,
  takeAnyway,
  useImport,
} from './import-run.ts';

const SHOWN = 200;

/** Every picture that was refused, and why. */
function RefusedList({ refused }: { refused: readonly Refused[] }) {
  const { t } = useTranslation();
  if (refused.length === 0) return null;
  return (
    <div className="import-refused">
      <div className="admin-head">
        <h3 className="import-kind">{t('import.refused.title', { count: refused.length })}</h3>
        <Button
          onPress={() =>
            download(
              `${t('import.refused.fileName')}.csv`,
              [reportFile(refused, (one) => refusalWords(one, t))],
              'text/csv;charset=utf-8',
            )
          }
        >
          <Icon name="save" />
          {t('import.refused.save')}
        </Button>
      </div>
      <ul className="import-people" aria-label={t('import.refused.list')} tabIndex={0}>
        {refused.slice(0, SHOWN).map((one, i) => (
          <li key={`${one.file}-${i}`}>
            <strong>{one.file}</strong>
            <span className="soft">{refusalWords(one, t)}</span>
          </li>
        ))}
        {refused.length > SHOWN ? (
          <li className="soft">{t('import.refused.more', { count: refused.length - SHOWN })}</li>
        ) : null}
      </ul>
    </div>
  );
}

/** Files, and what is to be said of each, to be opened; nothing where there are none. */
function FoldedList<F extends { readonly file: string }>({
  summary,
  files,
  words,
}: {
  summary: string;
  files: readonly F[];
  words: (one: F) => string | null;
}) {
  if (files.length === 0) return null;
  return (
    <details className="import-problems">
      <summary>{summary}</summary>
      <ul>
        {files.slice(0, SHOWN).map((one, i) => {
          const said = words(one);
          return (
            <li key={`${one.file}-${i}`}>
              {said === null ? (
                one.file
              ) : (
                <>
                  <strong>{one.file}</strong> {said}
                </>
              )}
            </li>
          );
        })}
      </ul>
    </details>
  );
}

/** Every picture that was turned upright, and by how much. */
function TurnedList() {
  const { t } = useTranslation();
  const turned = useImport((s) => s.turned);
  return (
    <FoldedList
      summary={t('import.turned', { count: turned.length })}
      files={turned}
      words={(one) => t('import.turnedBy', { degrees: one.turned })}
    />
  );
}

function ImportProgress() {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const run = useImport();
  const total = run.plan?.people.length ?? 0;
  const running = run.stage === 'running';
  return (
    <>
      <Progress
        label={t('import.run.people', { done: count(run.peopleDone, language), total: count(total, language) })}
        done={run.picturesDone}
        total={run.pictures}
      />
      <p className="soft" aria-live="polite">
        {running ? t('import.run.working') : t('import.run.paused')}
      </p>
      <RefusedList refused={run.refused} />
      <div className="button-row button-row-end">
        {running ? (
          <Button onPress={stopImport}>{t('import.run.stop')}</Button>
        ) : (
          <>
            <Button onPress={forgetImport}>{t('import.run.leave')}</Button>
            <Button kind="primary" onPress={() => void resumeImport()}>
              {t('import.run.goOn')}
            </Button>
          </>
        )}
      </div>
    </>
  );
}

function ImportReport() {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const { enrolled, added, refused, plan } = useImport();
  const missing = (plan?.people.length ?? 0) - enrolled;
  return (
    <>
      <div className="import-done" role="alert">
        <span className="done-check">
          <Icon name="check" />
        </span>
        <div>
          <p className="import-sum">
            <strong>{t('import.done.people', { count: enrolled, number: count(enrolled, language) })}</strong>,{' '}
            {t('import.done.added', { count: added, number: count(added, language) })}
          </p>
          <p className="soft">
            {missing > 0 ? t('import.done.missing', { count: missing }) : t('import.done.everyone')}
          </p>
        </div>
      </div>
      <TurnedList />
      <DifferingPictures />
      <ImportedLookAlikes />
      <RefusedList refused={refused} />
      <div className="button-row button-row-end">
        <Button onPress={forgetImport}>{t('import.done.another')}</Button>
        <Button
          kind="primary"
          onPress={() => {
            forgetImport();
            goTo('people');
          }}
        >
          {t('import.done.toPeople')}
        </Button>
      </div>
    </>
  );
}

/** Pictures that look like somebody else than the person's others: nothing is taken before the operator says that it is them. */
function DifferingPictures() {
  const { t } = useTranslation();
  const differing = useImport((s) => s.differing);
  const [busy, setBusy] = useState(false);
  if (differing.length === 0) return null;
  const take = async (one: (typeof differing)[number]): Promise<void> => {
    setBusy(true);
    await takeAnyway(one);
    setBusy(false);
  };
  return (
    <section className="import-decide" aria-labelledby="import-differing">
      <h3 className="import-kind" id="import-differing">
        {t('import.differing.title', { count: differing.length })}
      </h3>
      <p className="soft">{t('import.differing.detail')}</p>
      <ul className="plain-list">
        {differing.slice(0, SHOWN).map((one, i) => (
          <li key={`${one.person.name}-${i}`} className="row">
            <span className="row-main">
              <strong>{one.person.name}</strong>
              <span className="soft">{one.files.join(', ')}</span>
            </span>
            <Button isDisabled={busy} onPress={() => void take(one)}>
              {t('import.differing.take')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Pairs of people who may be one person, or may not be told apart at check-in. */
function ImportedLookAlikes() {
  const { t } = useTranslation();
  const lookAlikes = useImport((s) => s.lookAlikes);
  if (lookAlikes.length === 0) return null;
  return (
    <section className="import-decide" aria-labelledby="import-alike">
      <h3 className="import-kind" id="import-alike">
        {t('import.alike.title', { count: lookAlikes.length })}
      </h3>
      <p className="soft">{t('import.alike.detail')}</p>
      <ul className="plain-list">
        {lookAlikes.slice(0, SHOWN).map(({ ids, names: [a, b] }) => (
          <li key={ids.join(' ')}>{t('people.duplicates.pair', { a, b })}</li>
        ))}
      </ul>
      <div className="button-row">
        <Button onPress={openDuplicates}>{t('health.ambiguous.compare')}</Button>
      </div>
    </section>
  );
}

function ImportPlan() {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const plan = useImport((s) => s.plan);
  const passedOver = useImport((s) => s.passedOver);
  const pictures = useImport((s) => s.pictures);
  const [consentAt, setConsentAt] = useState<number | null>(null);
  const [openedAt] = useState(() => Date.now());
  if (plan === null) return null;
  const { people, problems, assumed } = plan;
  return (
    <>
      <p className="import-sum">
        <strong>{t('import.plan.people', { count: people.length, number: count(people.length, language) })}</strong>,{' '}
        {t('import.plan.pictures', { count: pictures, number: count(pictures, language) })}
      </p>
      {assumed === undefined ? null : <Problem report={assumed} />}
      <FoldedList
        summary={t('import.plan.problems', { count: problems.length })}
        files={problems}
        words={(one) => refusalWords(one, t)}
      />
      <FoldedList
        summary={t('import.plan.passedOver', { count: passedOver.length })}
        files={passedOver.map((file) => ({ file }))}
        words={() => null}
      />
      {people.length === 0 ? (
        <p className="soft">{t('import.plan.nobody')}</p>
      ) : (
        <>
          <ul className="import-people" aria-label={t('import.plan.list')} tabIndex={0}>
            {people.slice(0, SHOWN).map((person, i) => (
              <li key={`${person.name}-${i}`}>
                <strong>{person.name}</strong>
                <span className="soft">
                  {[person.externalId, person.group, t('people.pictures', { count: picturesAmong(person.files) })]
                    .filter((part) => part !== null && part !== '')
                    .join(' · ')}
                </span>
              </li>
            ))}
            {people.length > SHOWN ? (
              <li className="soft">{t('import.plan.more', { count: people.length - SHOWN })}</li>
            ) : null}
          </ul>
          <CheckboxField
            on={consentAt !== null}
            onChange={(agreed) => setConsentAt(agreed ? Date.now() : null)}
            title={t('import.plan.consent', { date: shortDay(consentAt ?? openedAt, language) })}
            detail={t('import.plan.consentDetail')}
          />
        </>
      )}
      <div className="button-row button-row-end">
        <Button onPress={forgetImport}>{t('import.plan.other')}</Button>
        {people.length === 0 ? null : (
          <Button
            kind="primary"
            isDisabled={consentAt === null}
            onPress={() => {
              if (consentAt !== null) void runImport(consentAt);
            }}
          >
            {t('import.plan.start')}
          </Button>
        )}
      </div>
    </>
  );
}

function ChooseFolder() {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const reading = useImport((s) => s.stage === 'reading');
  const seen = useImport((s) => s.seen);
  return (
    <>
      <p>{t('import.about')}</p>
      <DropZone
        className="drop"
        aria-label={t('import.dropHere')}
        isDisabled={reading}
        onDrop={(event) => void droppedFiles(event.items, noteSeen).then(planImport)}
      >
        <Icon name="transfer" />
        <p className="drop-words" aria-live="polite">
          {reading ? t('import.reading', { count: seen, number: count(seen, language) }) : t('import.dropHere')}
        </p>
        <FileTrigger acceptDirectory onSelect={(list) => void planImport(chosenFiles(list ?? []))}>
          <Button kind="primary" isDisabled={reading}>
            {t('import.choose')}
          </Button>
        </FileTrigger>
      </DropZone>
      <div className="import-kinds">
        <div>
          <h3 className="import-kind">{t('import.folders.title')}</h3>
          <p className="soft">{t('import.folders.detail')}</p>
          <pre className="import-example" aria-hidden="true">
            {'Ada Lovelace/1.jpg\nAda Lovelace/2.jpg\nGrace Hopper/portrait.png'}
          </pre>
        </div>
        <div>
          <h3 className="import-kind">{t('import.table.title')}</h3>
          <p className="soft">{t('import.table.detail')}</p>
          <pre className="import-example" aria-hidden="true">
            {'id,name,group,image\nE-1815,Ada Lovelace,Engines,a1.jpg\nE-1815,Ada Lovelace,Engines,a2.jpg'}
          </pre>
        </div>
      </div>
    </>
  );
}

function ImportCard() {
  const { t } = useTranslation();
  const stage = useImport((s) => s.stage);
  const error = useImport((s) => s.error);
  return (
    <section className="card stack" aria-labelledby="import-in">
      <h2 className="card-title" id="import-in">
        {t('import.in')}
      </h2>
      {error === null ? null : <Problem error={error} />}
      {stage === 'empty' || stage === 'reading' ? <ChooseFolder /> : null}
      {stage === 'planned' ? <ImportPlan /> : null}
      {stage === 'running' || stage === 'paused' ? <ImportProgress /> : null}
      {stage === 'done' ? <ImportReport /> : null}
    </section>
  );
}

function ExportCard() {
  const { t } = useTranslation();
  const status = useKiosk((s) => s.status);
  const language = status?.settings.language ?? 'en';
  const { running, done, total, finished, damaged, error } = useExport();
  const day = new Date().toISOString().slice(0, 10);
  return (
    <section className="card stack" aria-labelledby="import-out">
      <h2 className="card-title" id="import-out">
        {t('import.out')}
      </h2>
      <p>{t('import.outAbout')}</p>
      {error === null ? null : <Problem error={error} />}
      {running ? (
        <Progress
          label={t('import.outProgress', { done: count(done, language), total: count(total, language) })}
          done={done}
          total={total}
        />
      ) : null}
      <p aria-live="polite" className="soft">
        {finished ? t('import.outDone') : t('import.outCare')}
      </p>
      {finished && damaged.length > 0 ? (
        <p role="alert">{t('import.outDamaged', { names: damaged.join(', ') })}</p>
      ) : null}
      <div className="button-row button-row-end">
        {running ? (
          <Button onPress={stopExport}>{t('ui.cancel')}</Button>
        ) : (
          <Button
            isDisabled={(status?.people ?? 0) === 0}
            onPress={() => void exportPeople(`${t('import.outFile')}-${day}`)}
          >
            <Icon name="save" />
            {t('import.outDo')}
          </Button>
        )}
      </div>
    </section>
  );
}

export function ImportScreen() {
  const { t } = useTranslation();
  return (
    <>
      <PageHeader title={t('import.title')} onBack={() => goTo('people')} />
      <ImportCard />
      <ExportCard />
    </>
  );
}
