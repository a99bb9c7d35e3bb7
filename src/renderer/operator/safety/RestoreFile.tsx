/** Which backup, and what opens it. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { BackupStatus } from '../../../shared/trust.ts';
import { useLanguage } from '../../state/language.ts';
import { Choice } from '../../ui/Choice.tsx';
import { bytesWords, dayAndTime } from '../../ui/format.ts';
import { KeyboardFields, type KeyboardField } from '../../ui/KeyboardFields.tsx';
import { Select } from '../../ui/Select.tsx';
import type { RestoreForm } from './RestoreTab.tsx';

const TYPED = '';

export function RestoreFile({
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
      label: t('safety.restore.path'),
      value: form.file,
      onChange: (file) => onChange({ file }),
      maxLength: 4096,
      isOpen: true,
    });
  if (form.passphrase !== null)
    fields.push({
      name: 'passphrase',
      label: t('safety.restore.passphrase'),
      value: form.passphrase,
      onChange: (passphrase) => onChange({ passphrase }),
    });
  return (
    <>
      {backup.files.length === 0 ? null : (
        <Select
          label={t('safety.restore.file')}
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
            { value: TYPED, label: t('safety.restore.otherFile') },
          ]}
        />
      )}
      {backup.passphraseSet ? (
        <Choice
          label={t('safety.restore.opens')}
          value={form.passphrase === null ? 'own' : 'typed'}
          onChange={(value) => onChange({ passphrase: value === 'own' ? null : '' })}
          options={[
            { value: 'own', label: t('safety.restore.own'), detail: t('safety.restore.ownAbout') },
            { value: 'typed', label: t('safety.restore.typed'), detail: t('safety.restore.typedAbout') },
          ]}
        />
      ) : null}
      {fields.length === 0 ? null : <KeyboardFields isSecret={form.passphrase !== null} fields={fields} />}
    </>
  );
}
