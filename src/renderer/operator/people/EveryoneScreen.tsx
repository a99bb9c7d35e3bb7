import { useState, type RefObject } from 'react';
import { Input, Label, SearchField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { EnrollDialog } from '../enroll/EnrollDialog.tsx';
import { PeopleList } from './PeopleList.tsx';
import type { PeopleView } from './PeopleScreen.tsx';
import { usePeople } from './usePeople.ts';

export function EveryoneScreen({
  query,
  place,
  onQuery,
  onView,
}: {
  query: string;
  place: RefObject<number>;
  onQuery: (query: string) => void;
  onView: (view: PeopleView) => void;
}) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const [enrolling, setEnrolling] = useState(false);
  const { pages, list } = usePeople(query);
  return (
    <div className="people">
      <div className="desk-head">
        <h1 className="desk-title">{t('desk.people')}</h1>
        <div className="button-row">
          <Button onPress={() => onView({ kind: 'duplicates' })}>
            <Icon name="people" />
            {t('people.duplicates.title')}
          </Button>
          <Button onPress={() => onView({ kind: 'transfer' })}>
            <Icon name="transfer" />
            {t('import.short')}
          </Button>
          <Button kind="primary" onPress={() => setEnrolling(true)}>
            <Icon name="add" />
            {t('home.enroll')}
          </Button>
        </div>
      </div>
      <div className="people-find">
        <SearchField className="search" value={query} onChange={onQuery}>
          <Label className="visually-hidden">{t('people.search')}</Label>
          <Icon name="search" />
          <Input className="field-input" placeholder={t('people.search')} />
        </SearchField>
        <p className="soft" aria-live="polite">
          {list.total === null ? '' : t('people.found', { count: list.total, number: count(list.total, language) })}
        </p>
      </div>
      {list.error === null ? null : <Problem error={list.error} />}
      {list.total === null ? null : list.total === 0 ? (
        <p className="empty">{list.query === '' ? t('people.none') : t('people.noMatch')}</p>
      ) : (
        <PeopleList
          pages={pages}
          list={list}
          place={place}
          onOpen={(person) => onView({ kind: 'person', id: person.id })}
        />
      )}
      {enrolling ? <EnrollDialog onClose={() => setEnrolling(false)} /> : null}
    </div>
  );
}
