import { useTranslation } from 'react-i18next';
import { Problem } from '../../ui/Problem.tsx';
import { ChooseFolder } from './ChooseFolder.tsx';
import { useImport } from './import-run.ts';
import { ImportPlan } from './ImportPlan.tsx';
import { ImportProgress } from './ImportProgress.tsx';
import { ImportReport } from './ImportReport.tsx';

export function ImportCard() {
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
