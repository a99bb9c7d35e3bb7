/** A dialog to choose somebody who is enrolled. */
import { useState } from 'react';
import { Input, Label, SearchField } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { PersonSummary } from '../../../shared/domain.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Modal } from '../../ui/Modal.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { PeopleList } from './PeopleList.tsx';
import { usePeople } from './usePeople.ts';
import './people.css';

export function PersonPicker({
  title,
  onPick,
  onClose,
}: {
  title: string;
  onPick: (person: PersonSummary) => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  const [query, setQuery] = useState('');
  const { pages, list } = usePeople(query);
  return (
    <Modal size="full" title={title} onClose={onClose}>
      <div className="people">
        {/* The dialog was opened to search. */}
        <SearchField className="search" value={query} onChange={setQuery} autoFocus>
          <Label className="visually-hidden">{t('people.search')}</Label>
          <Icon name="search" />
          <Input className="field-input" placeholder={t('people.search')} />
        </SearchField>
        {list.error === null ? null : <Problem error={list.error} />}
        {list.total === null ? null : list.total === 0 ? (
          <p className="empty">{list.query === '' ? t('people.none') : t('people.noMatch')}</p>
        ) : (
          <PeopleList pages={pages} list={list} onOpen={onPick} />
        )}
      </div>
    </Modal>
  );
}
