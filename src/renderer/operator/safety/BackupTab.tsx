/** Backups: the last one, the plan of those that are made by themselves, and what lies in the folder. */
import { useState } from 'react';
import type { BackupStatus } from '../../../shared/trust.ts';
import { BackupFiles } from './BackupFiles.tsx';
import { BackupPlan } from './BackupPlan.tsx';
import { LastBackup } from './LastBackup.tsx';

export function BackupTab({
  backup,
  onBackup,
  onAsk,
  onRestore,
}: {
  backup: BackupStatus;
  onBackup: (backup: BackupStatus) => void;
  onAsk: () => void;
  onRestore: (name: string) => void;
}) {
  /** Counts plans that were saved: the form begins anew with each. */
  const [saved, setSaved] = useState(0);
  return (
    <>
      <LastBackup backup={backup} onBackup={onBackup} onAsk={onAsk} />
      <BackupPlan
        key={saved}
        backup={backup}
        wasSaved={saved > 0}
        onSaved={(next) => {
          onBackup(next);
          setSaved((n) => n + 1);
        }}
      />
      <BackupFiles backup={backup} onRestore={onRestore} />
    </>
  );
}
