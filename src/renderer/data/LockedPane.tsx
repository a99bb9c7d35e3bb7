/** The passphrase that opens the data is asked for. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { openData } from '../state/data.ts';
import { Button } from '../ui/Button.tsx';
import { KeyboardFields } from '../ui/KeyboardFields.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { ClosedData } from './data-words.ts';

export function LockedPane({ problem }: { problem: Extract<ClosedData, { state: 'locked' }>['problem'] }) {
  const { t } = useTranslation();
  const [passphrase, setPassphrase] = useState('');
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const open = async (): Promise<void> => {
    if (passphrase === '' || busy) return;
    setBusy(true);
    setError(null);
    await openData(passphrase).catch(setError);
    setPassphrase('');
    setBusy(false);
  };
  return (
    <form
      className="data-form"
      onSubmit={(event) => {
        event.preventDefault();
        void open();
      }}
    >
      <KeyboardFields
        isSecret
        fields={[
          {
            name: 'passphrase',
            label: t('data.passphrase'),
            value: passphrase,
            onChange: setPassphrase,
            autoFocus: true,
          },
        ]}
      />
      {/* What was wrong with the last one is no help while the next is being typed. */}
      {passphrase !== '' ? null : error !== null ? (
        <Problem error={error} />
      ) : problem === null ? null : (
        <Problem report={problem} />
      )}
      <div className="button-row">
        <Button kind="primary" type="submit" isDisabled={passphrase === '' || busy}>
          {t('data.open')}
        </Button>
      </div>
      <p className="soft">{t('data.lost')}</p>
    </form>
  );
}
