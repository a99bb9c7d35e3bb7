import './security.css';
import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackupStatus, SecurityStatus } from '../../../shared/security.ts';
import { Segments } from '../../components/Choice.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { kiosk } from '../../state/kiosk.ts';
import { AuditTab } from './AuditTab.tsx';
import { BackupTab } from './BackupTab.tsx';
import { EncryptionTab } from './EncryptionTab.tsx';
import { RestoreTab } from './RestoreTab.tsx';

/** How often a backup that is being made is asked after, ms. */
const LOOK_MS = 1000;

interface Security {
  readonly security: SecurityStatus | null;
  readonly error: unknown;
  readonly ask: () => void;
  /** An answer that holds the newest word on the backups. */
  readonly takeBackup: (backup: BackupStatus) => void;
}

function useSecurity(): Security {
  const [security, setSecurity] = useState<SecurityStatus | null>(null);
  const [error, setError] = useState<unknown>(null);
  const ask = useCallback((): void => {
    kiosk()
      .getSecurity()
      .then((now) => {
        setSecurity(now);
        setError(null);
      }, setError);
  }, []);
  const takeBackup = useCallback(
    (backup: BackupStatus): void => setSecurity((now) => (now === null ? now : { ...now, backup })),
    [],
  );
  useEffect(ask, [ask]);
  const running = security?.backup.running ?? false;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(ask, LOOK_MS);
    return () => clearInterval(timer);
  }, [running, ask]);
  return { security, error, ask, takeBackup };
}

const TABS = ['encryption', 'backups', 'restore', 'audit'] as const;
type Tab = (typeof TABS)[number];

export function SecurityScreen() {
  const { t } = useTranslation();
  const { security, error, ask, takeBackup } = useSecurity();
  const [tab, setTab] = useState<Tab>('encryption');
  /** The backup that was chosen to be put back; the restore begins with it. */
  const [file, setFile] = useState<string | null>(null);
  return (
    <>
      <div className="admin-head">
        <h1 className="admin-title">{t('admin.security')}</h1>
        <Segments
          label={t('security.tabs')}
          value={tab}
          onChange={(next) => {
            setTab(next);
            setFile(null);
            ask();
          }}
          options={TABS.map((value) => ({ value, label: t(`security.tab.${value}`) }))}
        />
      </div>
      {error === null ? null : <Problem error={error} />}
      <div className="cards">
        {tab === 'audit' ? <AuditTab /> : null}
        {security === null ? null : (
          <>
            {tab === 'encryption' ? <EncryptionTab encryption={security.encryption} /> : null}
            {tab === 'backups' ? (
              <BackupTab
                backup={security.backup}
                onBackup={takeBackup}
                onAsk={ask}
                onRestore={(name) => {
                  setFile(name);
                  setTab('restore');
                }}
              />
            ) : null}
            {tab === 'restore' ? <RestoreTab backup={security.backup} first={file} /> : null}
          </>
        )}
      </div>
    </>
  );
}
