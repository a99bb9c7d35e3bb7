/** The report as a file: a table for other programs, or a spreadsheet. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { kiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { download } from '../import/download.ts';
import type { Question } from './useAttendance.ts';

export function ExportButtons({ question, language }: { question: Question; language: string }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);
  const save = async (format: 'csv' | 'xlsx'): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setError(null);
    try {
      const file = await kiosk().exportAttendance({ ...question, format, locale: language });
      download(file.name, [file.bytes as BlobPart], file.type);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return (
    <div className="stack">
      {error === null ? null : <Problem error={error} />}
      <div className="button-row">
        {(['xlsx', 'csv'] as const).map((format) => (
          <Button key={format} onPress={() => void save(format)}>
            <Icon name="save" />
            {t(`attendance.save.${format}`)}
          </Button>
        ))}
      </div>
    </div>
  );
}
