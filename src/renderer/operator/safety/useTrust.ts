/** Encryption and backups as they are; asked again while a backup is being made. */
import { useCallback, useEffect, useState } from 'react';
import type { BackupStatus, TrustStatus } from '../../../shared/trust.ts';
import { kiosk } from '../../state/kiosk.ts';

/** How often a backup that is being made is asked after, ms. */
const LOOK_MS = 1000;

export interface Trust {
  readonly trust: TrustStatus | null;
  readonly error: unknown;
  readonly ask: () => void;
  /** An answer that holds the newest word on the backups. */
  readonly takeBackup: (backup: BackupStatus) => void;
}

export function useTrust(): Trust {
  const [trust, setTrust] = useState<TrustStatus | null>(null);
  const [error, setError] = useState<unknown>(null);
  const ask = useCallback((): void => {
    kiosk()
      .getTrust()
      .then((now) => {
        setTrust(now);
        setError(null);
      }, setError);
  }, []);
  const takeBackup = useCallback(
    (backup: BackupStatus): void => setTrust((now) => (now === null ? now : { ...now, backup })),
    [],
  );
  useEffect(ask, [ask]);
  const running = trust?.backup.running ?? false;
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(ask, LOOK_MS);
    return () => clearInterval(timer);
  }, [running, ask]);
  return { trust, error, ask, takeBackup };
}
