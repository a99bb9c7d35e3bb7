/** A backup is put back: which, how, what would happen, and only then for good. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackupStatus, RestoreAsked, RestoreOutcome } from '../../../shared/trust.ts';
import { kiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { RestoreFile } from './RestoreFile.tsx';
import { RestoreHow } from './RestoreHow.tsx';
import { RestorePreview } from './RestorePreview.tsx';
import { SafetyProblem } from './SafetyProblem.tsx';

/** What is on the form; `file` is empty until one is chosen, `passphrase` null when the kiosk's own is used. */
export type RestoreForm = Required<RestoreAsked>;

export function RestoreTab({ backup, first }: { backup: BackupStatus; first: string | null }) {
  const { t } = useTranslation();
  const [form, setForm] = useState<RestoreForm>({
    file: first ?? backup.files[0]?.name ?? '',
    passphrase: backup.passphraseSet ? null : '',
    how: 'merge',
    settings: 'keep',
    pin: 'keep',
  });
  const [preview, setPreview] = useState<RestoreOutcome | null>(null);
  const [busy, setBusy] = useState(false);
  const [asking, setAsking] = useState(false);
  const [error, setError] = useState<unknown>(null);
  // What was looked at was another restore than this one now is.
  const set = (part: Partial<RestoreForm>): void => {
    setForm((now) => ({ ...now, ...part }));
    setPreview(null);
    setError(null);
  };
  const complete = form.file.trim() !== '' && form.passphrase !== '' && !busy;

  const look = async (): Promise<void> => {
    if (!complete) return;
    setBusy(true);
    setError(null);
    await kiosk()
      .previewRestore({ ...form, file: form.file.trim() })
      .then(setPreview, setError);
    setBusy(false);
  };
  const restore = async (): Promise<void> => {
    setAsking(false);
    setBusy(true);
    setError(null);
    // When it is accepted the kiosk closes, and this screen with it; what became of it is told as a notice.
    await kiosk()
      .restoreBackup({ ...form, file: form.file.trim() })
      .catch(setError);
    setBusy(false);
  };
  return (
    <>
      <form
        className="card stack"
        aria-label={t('safety.restore.title')}
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <h2 className="card-title">{t('safety.restore.title')}</h2>
        <RestoreFile backup={backup} form={form} onChange={set} />
        <RestoreHow form={form} onChange={set} />
        {error === null ? null : <SafetyProblem error={error} about="file" />}
        <div className="button-row">
          <Button kind="primary" type="submit" isDisabled={!complete}>
            {busy && preview === null ? t('safety.restore.looking') : t('safety.restore.look')}
          </Button>
        </div>
      </form>
      {preview === null ? null : <RestorePreview preview={preview} isBusy={busy} onRestore={() => setAsking(true)} />}
      {asking ? (
        <ConfirmDialog
          title={t(`safety.restore.ask.${form.how}.title`)}
          detail={`${t(`safety.restore.ask.${form.how}.detail`)} ${t('safety.closes')}`}
          action={t(`safety.restore.ask.${form.how}.do`)}
          kind={form.how === 'replace' ? 'danger' : 'primary'}
          onClose={() => setAsking(false)}
          onConfirm={() => void restore()}
        />
      ) : null}
    </>
  );
}
