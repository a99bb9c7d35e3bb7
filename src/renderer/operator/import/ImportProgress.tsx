import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';
import { Progress } from '../../ui/Progress.tsx';
import { forgetImport, resumeImport, stopImport, useImport } from './import-run.ts';
import { RefusedList } from './RefusedList.tsx';

export function ImportProgress() {
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
