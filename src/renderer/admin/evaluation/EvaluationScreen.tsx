import './evaluation.css';
import { useState } from 'react';
import { FileTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button.tsx';
import { Choice, Switch } from '../../components/Choice.tsx';
import { Problem, Progress } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { count } from '../../components/format.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { EvaluationResult } from './EvaluationResult.tsx';
import { filesIn, leaveEvaluation, type Named, picturesAmong, runEvaluation, useEvaluation } from './evaluation-run.ts';

type Kind = 'enrolled' | 'folder' | 'pairs';

function ChooseSource() {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const people = useKiosk((s) => s.status?.people ?? 0);
  const [kind, setKind] = useState<Kind>('enrolled');
  const [files, setFiles] = useState<readonly Named[] | null>(null);
  const [list, setList] = useState<{ readonly name: string; readonly bytes: Uint8Array<ArrayBuffer> } | null>(null);
  const [aligned, setAligned] = useState(false);

  // In a labelled folder a picture's folder is its person; beside the folders it is nobody's.
  const usable = picturesAmong(files ?? []).filter(({ path }) => kind === 'pairs' || path.includes('/'));
  const start = (): void => {
    if (kind === 'enrolled') void runEvaluation({ kind }, []);
    else if (kind === 'folder') void runEvaluation({ kind, aligned }, files ?? []);
    else if (list !== null) void runEvaluation({ kind, list: list.bytes, name: list.name, aligned }, files ?? []);
  };
  const ready = kind === 'enrolled' ? people > 1 : usable.length > 0 && (kind === 'folder' || list !== null);
  return (
    <>
      <p className="lead">{t('evaluation.about')}</p>
      <section className="card stack">
        <Choice
          label={t('evaluation.source')}
          value={kind}
          onChange={setKind}
          options={(['enrolled', 'folder', 'pairs'] as const).map((value) => ({
            value,
            label: t(`evaluation.kind.${value}.label`),
            detail: t(`evaluation.kind.${value}.detail`),
          }))}
        />
        {kind === 'enrolled' && people < 2 ? <p className="soft">{t('evaluation.needsPeople')}</p> : null}
        {kind === 'pairs' ? (
          <div className="evaluation-file">
            <FileTrigger
              acceptedFileTypes={['.csv', '.txt', 'text/csv', 'text/plain']}
              onSelect={(files) => {
                const file = [...(files ?? [])][0];
                if (file !== undefined)
                  void file.arrayBuffer().then((read) => setList({ name: file.name, bytes: new Uint8Array(read) }));
              }}
            >
              <Button>
                <Icon name="log" />
                {t('evaluation.chooseList')}
              </Button>
            </FileTrigger>
            <p className="soft" aria-live="polite">
              {list === null ? t('evaluation.listAbout') : list.name}
            </p>
          </div>
        ) : null}
        {kind === 'enrolled' ? null : (
          <>
            <div className="evaluation-file">
              <FileTrigger acceptDirectory onSelect={(chosen) => setFiles(filesIn(chosen ?? []))}>
                <Button>
                  <Icon name="photo" />
                  {t('evaluation.chooseFolder')}
                </Button>
              </FileTrigger>
              <p className="soft" aria-live="polite">
                {files === null
                  ? t(`evaluation.folderAbout.${kind}`)
                  : t('evaluation.pictures', { count: usable.length, number: count(usable.length, language) })}
              </p>
            </div>
            <Switch on={aligned} onChange={setAligned}>
              {t('evaluation.aligned')}
            </Switch>
          </>
        )}
        <div className="button-row button-row-end">
          <Button kind="primary" isDisabled={!ready} onPress={start}>
            {t('evaluation.start')}
          </Button>
        </div>
      </section>
    </>
  );
}

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
      <h1 className="admin-title">{t('evaluation.title')}</h1>
      {error === null ? null : <Problem error={error} />}
      {result?.assumed === undefined ? null : <Problem report={result.assumed} />}
      {stage === 'choose' ? <ChooseSource /> : null}
      {stage === 'sending' || stage === 'computing' ? <Running /> : null}
      {stage === 'done' && result !== null ? <EvaluationResult result={result} /> : null}
    </>
  );
}
