import { useState } from 'react';
import { Input, Label, SearchField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { PersonSummary } from '../../../shared/domain.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { EnrollDialog } from '../enroll/EnrollDialog.tsx';
import { PersonRow } from './PersonRow.tsx';
import { RemoveDialog } from './RemoveDialog.tsx';
import { usePeople } from './usePeople.ts';

export function PeopleScreen() {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const [query, setQuery] = useState('');
  const [removing, setRemoving] = useState<PersonSummary | null>(null);
  const [enrolling, setEnrolling] = useState(false);
  const { people, total, loading, error, more } = usePeople(query);
  return (
    <>
      <div className="desk-head">
        <h1 className="desk-title">{t('desk.people')}</h1>
        <Button kind="primary" onPress={() => setEnrolling(true)}>
          <Icon name="add" />
          {t('home.enroll')}
        </Button>
      </div>
      <SearchField className="search" value={query} onChange={setQuery}>
        <Label className="visually-hidden">{t('people.search')}</Label>
        <Icon name="search" />
        <Input className="field-input" placeholder={t('people.search')} />
      </SearchField>
      {error === null ? null : <Problem error={error} />}
      {!loading && people.length === 0 ? (
        <p className="empty">{query === '' ? t('people.none') : t('people.noMatch')}</p>
      ) : (
        <ul className="card plain-list">
          {people.map((person) => (
            <PersonRow key={person.id} person={person} language={language} onRemove={setRemoving} />
          ))}
        </ul>
      )}
      {people.length < total ? <Button onPress={more}>{t('people.more')}</Button> : null}
      {removing === null ? null : <RemoveDialog person={removing} onClose={() => setRemoving(null)} />}
      {enrolling ? <EnrollDialog onClose={() => setEnrolling(false)} /> : null}
    </>
  );
}
