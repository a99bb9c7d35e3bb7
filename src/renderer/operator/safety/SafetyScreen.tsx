/** Whether the data can be read by whoever takes the machine, whether they can be lost, and who did what with them. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Problem } from '../../ui/Problem.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { AuditTab } from './AuditTab.tsx';
import { BackupTab } from './BackupTab.tsx';
import { EncryptionTab } from './EncryptionTab.tsx';
import { RestoreTab } from './RestoreTab.tsx';
import { useTrust } from './useTrust.ts';
import './safety.css';

const TABS = ['encryption', 'backups', 'restore', 'audit'] as const;
type Tab = (typeof TABS)[number];

export function SafetyScreen() {
  const { t } = useTranslation();
  const { trust, error, ask, takeBackup } = useTrust();
  const [tab, setTab] = useState<Tab>('encryption');
  /** The backup that was chosen to be put back; the restore begins with it. */
  const [file, setFile] = useState<string | null>(null);
  return (
    <>
      <div className="desk-head">
        <h1 className="desk-title">{t('desk.safety')}</h1>
        <Segments
          label={t('safety.tabs')}
          value={tab}
          onChange={(next) => {
            setTab(next);
            setFile(null);
            ask();
          }}
          options={TABS.map((value) => ({ value, label: t(`safety.tab.${value}`) }))}
        />
      </div>
      {error === null ? null : <Problem error={error} />}
      <div className="cards">
        {tab === 'audit' ? <AuditTab /> : null}
        {trust === null ? null : (
          <>
            {tab === 'encryption' ? <EncryptionTab encryption={trust.encryption} /> : null}
            {tab === 'backups' ? (
              <BackupTab
                backup={trust.backup}
                onBackup={takeBackup}
                onAsk={ask}
                onRestore={(name) => {
                  setFile(name);
                  setTab('restore');
                }}
              />
            ) : null}
            {tab === 'restore' ? <RestoreTab backup={trust.backup} first={file} /> : null}
          </>
        )}
      </div>
    </>
  );
}
