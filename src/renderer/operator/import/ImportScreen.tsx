/** Bringing people in from a folder, and taking everybody out as one. */
import { useTranslation } from 'react-i18next';
import { BackHead } from '../BackHead.tsx';
import { ExportCard } from './ExportCard.tsx';
import { ImportCard } from './ImportCard.tsx';
import './import.css';

export function ImportScreen({ onBack }: { onBack: () => void }) {
  const { t } = useTranslation();
  return (
    <>
      <BackHead title={t('import.title')} onBack={onBack} />
      <ImportCard />
      <ExportCard />
    </>
  );
}
