import { DropZone, FileTrigger } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { chosenFiles, droppedFiles } from './dropped-files.ts';
import { noteSeen, planImport, useImport } from './import-run.ts';

export function ChooseFolder() {
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
