/** Hours of its own for one more group: chosen from those there are, or typed. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Field } from '../../ui/Field.tsx';
import { Icon } from '../../ui/Icon.tsx';

export function AddGroup({
  known,
  taken,
  onAdd,
}: {
  known: readonly string[];
  taken: readonly string[];
  onAdd: (group: string) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const wanted = typed.trim();
  const usable = wanted !== '' && !taken.includes(wanted);
  return (
    <section className="card stack" aria-label={t('settings.groupAdd')}>
      <h2 className="card-title">{t('settings.groupAdd')}</h2>
      {known.length === 0 ? null : (
        <div className="button-row">
          {known.map((group) => (
            <Button key={group} onPress={() => onAdd(group)}>
              <Icon name="add" />
              {group}
            </Button>
          ))}
        </div>
      )}
      <form
        className="applied"
        onSubmit={(event) => {
          event.preventDefault();
          if (!usable) return;
          onAdd(wanted);
          setTyped('');
        }}
      >
        <Field label={t('settings.groupName')} value={typed} onChange={setTyped} maxLength={100} />
        <Button type="submit" isDisabled={!usable}>
          {t('settings.groupDo')}
        </Button>
      </form>
    </section>
  );
}
