import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Person } from '../../../shared/domain.ts';
import { kiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Modal } from '../../ui/Modal.tsx';
import { OnScreenKeyboard } from '../../ui/OnScreenKeyboard.tsx';
import { Problem } from '../../ui/Problem.tsx';
import type { PersonDesk } from './usePerson.ts';

const LONGEST = { name: 120, externalId: 100, group: 100 } as const;
type FieldName = keyof typeof LONGEST;
const FIELDS = Object.keys(LONGEST) as FieldName[];

const orNull = (text: string): string | null => (text.trim() === '' ? null : text.trim());

/** Name, id and group. The log keeps the name somebody had when they checked in. */
export function EditDialog({ person, desk, onClose }: { person: Person; desk: PersonDesk; onClose: () => void }) {
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
    const saved = await desk.change(() =>
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
        {desk.error === null ? null : <Problem error={desk.error} />}
        {keyboard ? <OnScreenKeyboard value={fields[at]} onChange={(value) => type(at, value)} /> : null}
        <div className="button-row button-row-end">
          <Button kind="quiet" onPress={() => setKeyboard(!keyboard)} aria-pressed={keyboard}>
            {keyboard ? t('enroll.hideKeyboard') : t('enroll.showKeyboard')}
          </Button>
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <Button kind="primary" type="submit" isDisabled={desk.busy || fields.name.trim() === ''}>
            {t('people.edit.save')}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
