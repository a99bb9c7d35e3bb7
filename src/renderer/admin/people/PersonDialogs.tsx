import { useCallback, useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person, Sample } from '../../../shared/domain.ts';
import { Button, HoldButton } from '../../components/Button.tsx';
import { Choice } from '../../components/Choice.tsx';
import { Modal } from '../../components/Dialog.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Field } from '../../components/Field.tsx';
import { OnScreenKeyboard } from '../../components/OnScreenKeyboard.tsx';
import { Portrait } from '../../components/Picture.tsx';
import { kiosk } from '../../state/kiosk.ts';

interface PersonActions {
  /** null until read. */
  readonly person: Person | null;
  readonly error: unknown;
  readonly busy: boolean;
  /** Does something that gives the person as they are afterwards. @returns whether it went well */
  change(work: () => Promise<Person>): Promise<boolean>;
  reload(): Promise<void>;
}

export function usePerson(id: string): PersonActions {
  const [person, setPerson] = useState<Person | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [busy, setBusy] = useState(false);

  const change = useCallback(async (work: () => Promise<Person>): Promise<boolean> => {
    setBusy(true);
    setError(null);
    try {
      setPerson(await work());
      return true;
    } catch (problem) {
      setError(problem);
      return false;
    } finally {
      setBusy(false);
    }
  }, []);

  const reload = useCallback(async (): Promise<void> => {
    try {
      setPerson(await kiosk().getPerson({ id }));
    } catch (problem) {
      setError(problem);
    }
  }, [id]);
  useEffect(() => {
    let current = true;
    kiosk()
      .getPerson({ id })
      .then(
        (found) => {
          if (current) setPerson(found);
        },
        (problem: unknown) => {
          if (current) setError(problem);
        },
      );
    return () => {
      current = false;
    };
  }, [id]);

  return { person, error, busy, change, reload };
}

export function DeleteDialog({
  person,
  onClose,
  onDeleted,
}: {
  person: Person;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const { t } = useTranslation();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const remove = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await kiosk().removePerson({ id: person.id });
      onDeleted();
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Modal role="alertdialog" size="medium" title={t('people.delete.title', { name: person.name })} onClose={onClose}>
      <div className="stack">
        <div className="row">
          <Portrait picture={person.picture} name={person.name} size="medium" />
          <p>{t('people.delete.detail')}</p>
        </div>
        {error === null ? null : <Problem error={error} />}
        <div className="button-row button-row-end">
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <HoldButton isDisabled={busy} onHeld={() => void remove()}>
            {t('people.delete.hold')}
          </HoldButton>
        </div>
      </div>
    </Modal>
  );
}

const LONGEST = { name: 120, externalId: 100, group: 100 } as const;
type FieldName = keyof typeof LONGEST;
const FIELDS = Object.keys(LONGEST) as FieldName[];

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** Name, id and group. The log keeps the name somebody had when they checked in. */
export function EditDialog({
  person,
  record,
  onClose,
}: {
  person: Person;
  record: PersonActions;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [fields, setFields] = useState({
    name: person.name,
    externalId: person.externalId ?? '',
    group: person.group ?? '',
  });
  const [at, setAt] = useState<FieldName>('name');
  const [keyboard, setKeyboard] = useState(false);
  const type = (name: FieldName, value: string): void =>
    setFields((f) => ({ ...f, [name]: value.slice(0, LONGEST[name]) }));
  const save = async (): Promise<void> => {
    const saved = await record.change(() =>
      kiosk().editPerson({
        id: person.id,
        name: fields.name.trim(),
        externalId: orNull(fields.externalId),
        group: orNull(fields.group),
      }),
    );
    if (saved) onClose();
  };
  return (
    <Modal size="wide" title={t('people.edit.title')} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (fields.name.trim() !== '') void save();
        }}
      >
        {FIELDS.map((name) => (
          <Field
            key={name}
            label={t(`enroll.${name}`)}
            value={fields[name]}
            maxLength={LONGEST[name]}
            isRequired={name === 'name'}
            autoFocus={name === 'name'}
            onChange={(value) => type(name, value)}
            onFocus={() => setAt(name)}
          />
        ))}
        {record.error === null ? null : <Problem error={record.error} />}
        {keyboard ? <OnScreenKeyboard value={fields[at]} onChange={(value) => type(at, value)} /> : null}
        <div className="button-row button-row-end">
          <Button kind="quiet" onPress={() => setKeyboard(!keyboard)} aria-pressed={keyboard}>
            {keyboard ? t('enroll.hideKeyboard') : t('enroll.showKeyboard')}
          </Button>
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <Button kind="primary" type="submit" isDisabled={record.busy || fields.name.trim() === ''}>
            {t('people.edit.save')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}

// Consent is taken back: face data and pictures go, and the operator says what becomes of the check-ins.

const FATES = ['keep', 'anonymise'] as const;

export function RevokeDialog({
  person,
  onClose,
  onRevoked,
}: {
  person: Person;
  onClose: () => void;
  onRevoked: (anonymised: boolean) => void;
}) {
  const { t } = useTranslation();
  const [fate, setFate] = useState<(typeof FATES)[number]>('keep');
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const revoke = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    try {
      await kiosk().revokeConsent({ id: person.id, attendance: fate });
      onRevoked(fate === 'anonymise');
    } catch (problem) {
      setError(problem);
      setBusy(false);
    }
  };
  return (
    <Modal role="alertdialog" size="medium" title={t('people.revoke.title', { name: person.name })} onClose={onClose}>
      <div className="stack">
        <p>{t('people.revoke.detail')}</p>
        <Choice
          label={t('people.revoke.attendance')}
          value={fate}
          onChange={setFate}
          options={FATES.map((value) => ({
            value,
            label: t(`people.revoke.fate.${value}.label`),
            detail: t(`people.revoke.fate.${value}.detail`, { name: person.name }),
          }))}
        />
        {error === null ? null : <Problem error={error} />}
        <div className="button-row button-row-end">
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <Button kind="danger" isDisabled={busy} onPress={() => void revoke()}>
            {t('people.revoke.do')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}

export function RemoveSampleDialog({
  person,
  sample,
  busy,
  onClose,
  onRemove,
}: {
  person: Person;
  sample: Sample;
  busy: boolean;
  onClose: () => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal role="alertdialog" size="medium" title={t('people.sample.removeTitle')} onClose={onClose}>
      <div className="stack">
        <div className="row">
          {sample.picture === null ? null : <img className="sample-small" src={sample.picture} alt="" />}
          <p>{t('people.sample.removeDetail', { name: person.name })}</p>
        </div>
        <div className="button-row button-row-end">
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <Button kind="danger" isDisabled={busy} onPress={onRemove}>
            {t('people.sample.remove')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
