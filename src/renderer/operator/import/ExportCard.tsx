import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { Progress } from '../../ui/Progress.tsx';
import { exportPeople, stopExport, useExport } from './export-run.ts';

export function ExportCard() {
  const { t } = useTranslation();
  const status = useKiosk((s) => s.status);
  const language = status?.settings.language ?? 'en';
  const { running, done, total, finished, error } = useExport();
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
