import type { TFunction } from 'i18next';
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackupPlanSettings, BackupStatus } from '../../../shared/security.ts';
import { Button } from '../../components/Button.tsx';
import { Choice, Select, Switch } from '../../components/Choice.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { KeyboardFields } from '../../components/OnScreenKeyboard.tsx';
import { withValue } from '../../components/choices.ts';
import { bytesWords, count, dayAndTime, useNow } from '../../components/format.ts';
import { kiosk } from '../../state/kiosk.ts';
import { useLanguage } from '../../state/operator.ts';
import { checkInsWords, NewPassphrase, NOTHING_TYPED, peopleWords, readyPassphrase } from './security-text.tsx';

const DAY = 24;
const WEEK = 7 * DAY;
export const EVERY_HOURS = [1, 6, 12, DAY, WEEK] as const;
const KEEP = [1, 3, 7, 14, 30, 90] as const;

/** "Every day", "Every 6 hours". */
export function everyWords(hours: number, t: TFunction): string {
  if (hours % WEEK === 0) return t('security.plan.weeks', { count: hours / WEEK });
  if (hours % DAY === 0) return t('security.plan.days', { count: hours / DAY });
  return t('security.plan.hours', { count: hours });
}

const NOWHERE = 'nowhere';
const TYPED = 'typed';
const PLACE = 'place:';

/** What a person calls it: `STICK` of `/media/kiosk/STICK`. */
const lastPart = (path: string): string => path.split(/[\\/]/).findLast((part) => part !== '') ?? path;

function FolderChoice({
  places,
  folder,
  onFolder,
}: {
  places: readonly string[];
  /** null: no backups; empty: not typed yet. */
  folder: string | null;
  onFolder: (folder: string | null) => void;
}) {
  const { t } = useTranslation();
  const [typing, setTyping] = useState(folder !== null && !places.includes(folder));
  const chosen = folder === null ? NOWHERE : typing ? TYPED : PLACE + folder;
  return (
    <>
      <Choice
        label={t('security.plan.folder')}
        value={chosen}
        onChange={(value) => {
          setTyping(value === TYPED);
          if (value === NOWHERE) onFolder(null);
          else if (value === TYPED) onFolder(folder !== null && !places.includes(folder) ? folder : '');
          else onFolder(value.slice(PLACE.length));
        }}
        options={[
          { value: NOWHERE, label: t('security.plan.nowhere'), detail: t('security.plan.nowhereAbout') },
          ...places.map((place) => ({ value: PLACE + place, label: lastPart(place), detail: place })),
          { value: TYPED, label: t('security.plan.typed'), detail: t('security.plan.typedAbout') },
        ]}
      />
      {chosen === TYPED ? (
        <KeyboardFields
          fields={[
            {
              name: 'folder',
              label: t('security.plan.path'),
              value: folder ?? '',
              onChange: onFolder,
              maxLength: 4096,
            },
          ]}
        />
      ) : null}
    </>
  );
}

function BackupPlan({
  backup,
  wasSaved,
  onSaved,
}: {
  backup: BackupStatus;
  wasSaved: boolean;
  onSaved: (backup: BackupStatus) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [plan, setPlan] = useState<BackupPlanSettings>(backup.plan);
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const [choosing, setChoosing] = useState(false);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const set = (part: Partial<BackupPlanSettings>): void => setPlan((now) => ({ ...now, ...part }));

  const planned = plan.folder !== null;
  const needed = planned && !backup.passphraseSet;
  const asks = needed || (planned && choosing);
  const passphrase = asks ? readyPassphrase(typed) : null;
  const changed = JSON.stringify(plan) !== JSON.stringify(backup.plan) || passphrase !== null;
  const complete = plan.folder !== '' && (!asks || passphrase !== null);

  const save = async (): Promise<void> => {
    if (!changed || !complete || busy) return;
    setBusy(true);
    setError(null);
    await kiosk()
      .planBackups({ ...plan, passphrase })
      .then(onSaved, setError);
    setBusy(false);
  };
  return (
    <form
      className="card stack"
      aria-label={t('security.plan.title')}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <h2 className="card-title">{t('security.plan.title')}</h2>
      <FolderChoice places={backup.places} folder={plan.folder} onFolder={(folder) => set({ folder })} />
      {planned ? (
        <>
          <div className="pair-fields">
            <Select
              label={t('security.plan.every')}
              value={String(plan.everyHours)}
              onChange={(hours) => set({ everyHours: Number(hours) })}
              options={withValue<number>(EVERY_HOURS, plan.everyHours).map((hours) => ({
                value: String(hours),
                label: everyWords(hours, t),
              }))}
            />
            <Select
              label={t('security.plan.keep')}
              value={String(plan.keep)}
              onChange={(keep) => set({ keep: Number(keep) })}
              options={withValue<number>(KEEP, plan.keep).map((keep) => ({
                value: String(keep),
                label: t('security.plan.kept', { count: keep, number: count(keep, language) }),
              }))}
            />
          </div>
          <div>
            <Switch on={plan.forgetDeleted} onChange={(forgetDeleted) => set({ forgetDeleted })}>
              {t('security.plan.forget')}
            </Switch>
            <p className="soft">{t('security.plan.forgetAbout')}</p>
          </div>
          {asks ? (
            <>
              <h3 className="security-subtitle">{t('security.plan.passphrase')}</h3>
              <p className="soft">{t('security.plan.passphraseAbout')}</p>
              <NewPassphrase typed={typed} onTyped={setTyped} />
            </>
          ) : (
            <div className="button-row">
              <Button onPress={() => setChoosing(true)}>{t('security.plan.otherPassphrase')}</Button>
            </div>
          )}
        </>
      ) : null}
      {error === null ? null : <Problem error={error} />}
      {wasSaved && !changed ? (
        <p className="note" role="status">
          <Icon name="check" />
          {t('security.plan.saved')}
        </p>
      ) : null}
      <div className="button-row">
        <Button kind="primary" type="submit" isDisabled={!changed || !complete || busy}>
          {t('security.plan.save')}
        </Button>
      </div>
    </form>
  );
}

function BackupFiles({ backup, onRestore }: { backup: BackupStatus; onRestore: (name: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (backup.plan.folder === null) return null;
  return (
    <section className="card" aria-label={t('security.files.title')}>
      <h2 className="card-title">{t('security.files.title')}</h2>
      {backup.files.length === 0 ? <p className="soft">{t('security.files.none')}</p> : null}
      <ul className="plain-list">
        {backup.files.map(({ name, at, bytes }) => (
          <li key={name} className="row">
            <span className="row-main">
              <strong>{dayAndTime(at, language)}</strong>
              <span className="soft">{bytesWords(bytes, language)}</span>
            </span>
            <Button
              aria-label={t('security.files.restoreNamed', { when: dayAndTime(at, language) })}
              onPress={() => onRestore(name)}
            >
              {t('security.files.restore')}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function LastBackup({
  backup,
  onBackup,
  onAsk,
}: {
  backup: BackupStatus;
  onBackup: (backup: BackupStatus) => void;
  onAsk: () => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const now = useNow();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const { last, plan, problem, nextAt } = backup;
  const running = busy || backup.running;

  const backUp = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    await kiosk()
      .backUpNow()
      .then(onBackup, (failed: unknown) => {
        setError(failed);
        onAsk();
      });
    setBusy(false);
  };
  return (
    <section className="card stack" aria-label={t('security.last.title')}>
      <h2 className="card-title">{t('security.last.title')}</h2>
      {last === null ? (
        <p>{t('security.last.none')}</p>
      ) : (
        <dl className="facts">
          <dt>{t('security.last.at')}</dt>
          <dd>{dayAndTime(last.at, language)}</dd>
          <dt>{t('security.last.holds')}</dt>
          <dd>
            {peopleWords(last.people, t, language)} · {checkInsWords(last.checkIns, t, language)}
          </dd>
          <dt>{t('security.last.size')}</dt>
          <dd>{bytesWords(last.bytes, language)}</dd>
        </dl>
      )}
      {error !== null ? <Problem error={error} /> : problem === null ? null : <Problem report={problem} />}
      {running ? (
        <p className="note" role="status">
          <Icon name="moment" />
          {t('security.last.running')}
        </p>
      ) : (
        <p className="soft">
          {plan.folder === null || nextAt === null
            ? t('security.last.noNext')
            : nextAt <= now
              ? t('security.last.nextNow')
              : t('security.last.next', { when: dayAndTime(nextAt, language) })}
        </p>
      )}
      <div className="button-row">
        <Button kind="primary" isDisabled={running || plan.folder === null} onPress={() => void backUp()}>
          <Icon name="save" />
          {t('security.last.do')}
        </Button>
      </div>
    </section>
  );
}

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
