import '../../components/people.css';
import { type RefObject, useRef, useState } from 'react';
import { Input, Label, SearchField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { PeopleList, usePeople } from '../../components/PersonList.tsx';
import { count } from '../../components/format.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { goTo, openEnrollment, useOperator } from '../../state/operator.ts';
import { DuplicatesScreen } from './DuplicatesScreen.tsx';
import { PersonScreen } from './PersonScreen.tsx';

function EveryoneScreen({
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
  const { pages, list } = usePeople(query);
  return (
    <div className="people">
      <div className="admin-head">
        <h1 className="admin-title">{t('admin.people')}</h1>
        <div className="button-row">
          <Button onPress={() => onView({ kind: 'duplicates' })}>
            <Icon name="people" />
            {t('people.duplicates.title')}
          </Button>
          <Button onPress={() => goTo('import')}>
            <Icon name="transfer" />
            {t('import.short')}
          </Button>
          <Button kind="primary" onPress={() => openEnrollment()}>
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
    </div>
  );
}

type PeopleView =
  { readonly kind: 'everyone' } | { readonly kind: 'person'; readonly id: string } | { readonly kind: 'duplicates' };

export function PeopleScreen() {
  const opened = useOperator((s) => s.personId);
  const duplicates = useOperator((s) => s.duplicates);
  const [view, setView] = useState<PeopleView>(
    opened !== null ? { kind: 'person', id: opened } : { kind: duplicates ? 'duplicates' : 'everyone' },
  );
  const [query, setQuery] = useState('');
  const place = useRef(0);
  const back = (): void => setView({ kind: 'everyone' });
  switch (view.kind) {
    case 'everyone':
      return (
        <EveryoneScreen
          query={query}
          place={place}
          onQuery={(text) => {
            place.current = 0;
            setQuery(text);
          }}
          onView={setView}
        />
      );
    case 'person':
      return (
        <PersonScreen
          key={view.id}
          id={view.id}
          onBack={back}
          onGroup={(group) => {
            place.current = 0;
            setQuery(group);
            back();
          }}
        />
      );
    case 'duplicates':
      return <DuplicatesScreen onBack={back} onOpen={(id) => setView({ kind: 'person', id })} />;
  }
}
