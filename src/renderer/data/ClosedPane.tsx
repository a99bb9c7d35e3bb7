/** The data could not be opened: what is the matter, and another try. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { openData } from '../state/data.ts';
import { Button } from '../ui/Button.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { ClosedData } from './data-words.ts';

export function ClosedPane({ problem }: { problem: Extract<ClosedData, { state: 'closed' }>['problem'] }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  const again = (): void => {
    setError(null);
    openData(null).catch(setError);
  };
  return (
    <div className="data-form">
      {error === null ? <Problem report={problem} /> : <Problem error={error} />}
      {/* The kiosk's own words name the file that is the matter; they are English. */}
      <p lang="en" className="data-own">
        {[problem.message, problem.kept, problem.todo].filter(Boolean).join(' ')}
      </p>
      <div className="button-row">
        <Button kind="primary" onPress={again}>
          {t('ui.retry')}
        </Button>
      </div>
    </div>
  );
}
