/** The people area: the list, and from it a person's page, look-alikes, bringing people in and taking them out. */
import { useRef, useState } from 'react';
import { useOperator } from '../../state/operator.ts';
import { ImportScreen } from '../import/ImportScreen.tsx';
import { PersonScreen } from '../person/PersonScreen.tsx';
import { DuplicatesScreen } from './DuplicatesScreen.tsx';
import { EveryoneScreen } from './EveryoneScreen.tsx';
import './people.css';

export type PeopleView =
  | { readonly kind: 'everyone' }
  | { readonly kind: 'person'; readonly id: string }
  | { readonly kind: 'duplicates' }
  | { readonly kind: 'transfer' };

export function PeopleScreen() {
  const opened = useOperator((s) => s.personId);
  const [view, setView] = useState<PeopleView>(opened === null ? { kind: 'everyone' } : { kind: 'person', id: opened });
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
    case 'transfer':
      return <ImportScreen onBack={back} />;
  }
}
