import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackupStatus, RestoreAsked, RestoreOutcome } from '../../../shared/security.ts';
import { Button } from '../../components/Button.tsx';
import { Choice, Select, Switch } from '../../components/Choice.tsx';
import { ConfirmDialog } from '../../components/Dialog.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Icon, type IconName } from '../../components/Icon.tsx';
import { type KeyboardField, KeyboardFields } from '../../components/OnScreenKeyboard.tsx';
import { bytesWords, count as countWords, dayAndTime } from '../../components/format.ts';
import { kiosk } from '../../state/kiosk.ts';
import { useLanguage } from '../../state/operator.ts';
import { checkInsWords, peopleWords } from './security-text.tsx';

/** `come` from the backup; `stay` as they are; `go` for good; `look`: a person should. */
type Effect = 'come' | 'stay' | 'go' | 'look';

interface RestoreLine {
  readonly key: string;
  readonly effect: Effect;
  readonly number: string;
  readonly words: string;
}

/** What becomes of what is here and in the backup, by how it is put back. */
const FATE = {
  merge: { newerHere: 'stay', onlyHere: 'stay' },
  replace: { newerHere: 'go', onlyHere: 'go' },
} as const satisfies Record<RestoreOutcome['how'], Record<string, Effect>>;

/** Lines about nobody and nothing are left out, but for the one that says that nothing changes. */
export function restoreLines(outcome: RestoreOutcome, t: TFunction, language: string): readonly RestoreLine[] {
  const { how, people, checkIns } = outcome;
  const fate = FATE[how];
  const line = (key: string, effect: Effect, count: number): RestoreLine[] =>
    count === 0
      ? []
      : [
          {
            key,
            effect,
            number: countWords(count, language),
            words: t(`security.restore.would.${key}`, { count }),
          },
        ];
  return [
    ...line('added', 'come', people.added),
    ...line('newerInBackup', 'come', people.newerInBackup),
    ...line(`${how}NewerHere`, fate.newerHere, people.newerHere),
    ...line('same', 'stay', people.same),
    ...line(`${how}OnlyHere`, fate.onlyHere, people.onlyHere),
    ...line('leftOut', 'stay', people.leftOut),
    ...line('sameName', 'look', people.sameName),
    ...line('checkInsAdded', 'come', checkIns.added),
    ...line('checkInsSame', 'stay', checkIns.same),
    ...line(`${how}CheckInsOnlyHere`, fate.onlyHere, checkIns.onlyHere),
  ];
}

const ICONS = { come: 'add', stay: 'check', go: 'bin', look: 'warning' } as const satisfies Record<Effect, IconName>;

function RestorePreview({
  preview,
  isBusy,
  onRestore,
}: {
  preview: RestoreOutcome;
  isBusy: boolean;
  onRestore: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { backup, how, settings, pin } = preview;
  const lines = restoreLines(preview, t, language);
  return (
    <section className="card stack" aria-label={t('security.restore.preview')} aria-live="polite">
      <h2 className="card-title">{t('security.restore.preview')}</h2>
      <p>
        {t('security.restore.about', { kiosk: backup.kiosk, when: dayAndTime(backup.createdAt, language) })}{' '}
        {peopleWords(backup.people, t, language)} · {checkInsWords(backup.checkIns, t, language)}
      </p>
      {lines.length === 0 ? <p>{t('security.restore.nothing')}</p> : null}
      <ul className="effects">
        {lines.map(({ key, effect, number, words }) => (
          <li key={key} className="effect" data-effect={effect}>
            <Icon name={ICONS[effect]} />
            <strong className="effect-number">{number}</strong>
            <span>{words}</span>
          </li>
        ))}
        <li className="effect" data-effect={settings === 'keep' ? 'stay' : 'come'}>
          <Icon name="settings" />
          <span className="effect-whole">{t(`security.restore.settingsWould.${settings}`)}</span>
        </li>
        <li className="effect" data-effect={pin === 'keep' ? 'stay' : 'come'}>
          <Icon name="lock" />
          <span className="effect-whole">{t(`security.restore.pinWould.${pin}`)}</span>
        </li>
      </ul>
      <p className="soft">{t('security.closes')}</p>
      <div className="button-row">
        <Button kind={how === 'replace' ? 'danger' : 'primary'} isDisabled={isBusy} onPress={onRestore}>
          {t(`security.restore.ask.${how}.do`)}
        </Button>
      </div>
    </section>
  );
}

const TYPED = '';

function RestoreFile({
  backup,
  form,
  onChange,
}: {
  backup: BackupStatus;
  form: RestoreForm;
  onChange: (part: Partial<RestoreForm>) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [typing, setTyping] = useState(!backup.files.some(({ name }) => name === form.file));
  const fields: KeyboardField[] = [];
  if (typing)
    fields.push({
      name: 'file',
      label: t('security.restore.path'),
      value: form.file,
      onChange: (file) => onChange({ file }),
      maxLength: 4096,
      isOpen: true,
    });
  if (form.passphrase !== null)
    fields.push({
      name: 'passphrase',
      label: t('security.restore.passphrase'),
      value: form.passphrase,
      onChange: (passphrase) => onChange({ passphrase }),
    });
  return (
    <>
      {backup.files.length === 0 ? null : (
        <Select
          label={t('security.restore.file')}
          value={typing ? TYPED : form.file}
          onChange={(file) => {
            setTyping(file === TYPED);
            onChange({ file });
          }}
          options={[
            ...backup.files.map(({ name, at, bytes }) => ({
              value: name,
              label: `${dayAndTime(at, language)} · ${bytesWords(bytes, language)}`,
            })),
            { value: TYPED, label: t('security.restore.otherFile') },
          ]}
        />
      )}
      {backup.passphraseSet ? (
        <Choice
          label={t('security.restore.opens')}
          value={form.passphrase === null ? 'own' : 'typed'}
          onChange={(value) => onChange({ passphrase: value === 'own' ? null : '' })}
          options={[
            { value: 'own', label: t('security.restore.own'), detail: t('security.restore.ownAbout') },
            { value: 'typed', label: t('security.restore.typed'), detail: t('security.restore.typedAbout') },
          ]}
        />
      ) : null}
      {fields.length === 0 ? null : <KeyboardFields isSecret={form.passphrase !== null} fields={fields} />}
    </>
  );
}

// Beside what is here, or in its place; and whether settings and PIN come from the backup, too.

function RestoreHow({ form, onChange }: { form: RestoreForm; onChange: (part: Partial<RestoreForm>) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Choice
        label={t('security.restore.how')}
        value={form.how}
        // As main does where nothing is said: going back takes the settings along, adding does not.
        onChange={(how) => onChange({ how, settings: how === 'replace' ? 'restore' : 'keep' })}
        options={(['merge', 'replace'] as const).map((value) => ({
          value,
          label: t(`security.restore.${value}.label`),
          detail: t(`security.restore.${value}.detail`),
        }))}
      />
      <div>
        <Switch on={form.settings === 'restore'} onChange={(on) => onChange({ settings: on ? 'restore' : 'keep' })}>
          {t('security.restore.settings')}
        </Switch>
        <Switch on={form.pin === 'restore'} onChange={(on) => onChange({ pin: on ? 'restore' : 'keep' })}>
          {t('security.restore.pin')}
        </Switch>
      </div>
    </>
  );
}

/** What is on the form; `file` is empty until one is chosen, `passphrase` null when the kiosk's own is used. */
type RestoreForm = Required<RestoreAsked>;

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
        aria-label={t('security.restore.title')}
        onSubmit={(event) => {
          event.preventDefault();
          void look();
        }}
      >
        <h2 className="card-title">{t('security.restore.title')}</h2>
        <RestoreFile backup={backup} form={form} onChange={set} />
        <RestoreHow form={form} onChange={set} />
        {error === null ? null : <Problem error={error} />}
        <div className="button-row">
          <Button kind="primary" type="submit" isDisabled={!complete}>
            {busy && preview === null ? t('security.restore.looking') : t('security.restore.look')}
          </Button>
        </div>
      </form>
      {preview === null ? null : <RestorePreview preview={preview} isBusy={busy} onRestore={() => setAsking(true)} />}
      {asking ? (
        <ConfirmDialog
          title={t(`security.restore.ask.${form.how}.title`)}
          detail={`${t(`security.restore.ask.${form.how}.detail`)} ${t('security.closes')}`}
          action={t(`security.restore.ask.${form.how}.do`)}
          kind={form.how === 'replace' ? 'danger' : 'primary'}
          onClose={() => setAsking(false)}
          onConfirm={() => void restore()}
        />
      ) : null}
    </>
  );
}
