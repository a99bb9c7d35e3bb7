/** A person's page: who they are, every picture kept of them, when they came, and what can be done about all that. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Sample } from '../../../shared/domain.ts';
import { kiosk } from '../../state/kiosk.ts';
import { Problem } from '../../ui/Problem.tsx';
import { BackHead } from '../BackHead.tsx';
import { EnrollDialog } from '../enroll/EnrollDialog.tsx';
import { DeleteDialog } from './DeleteDialog.tsx';
import { EditDialog } from './EditDialog.tsx';
import { PersonFacts } from './PersonFacts.tsx';
import { RecentVisits } from './RecentVisits.tsx';
import { RemoveSampleDialog } from './RemoveSampleDialog.tsx';
import { RevokeDialog } from './RevokeDialog.tsx';
import { SampleGallery } from './SampleGallery.tsx';
import { usePerson } from './usePerson.ts';
import './person.css';

type Doing =
  | { readonly what: 'edit' | 'revoke' | 'delete' | 'add' }
  | { readonly what: 'retake' | 'remove'; readonly sample: Sample };

export function PersonScreen({
  id,
  onBack,
  onGroup,
}: {
  id: string;
  onBack: () => void;
  onGroup: (group: string) => void;
}) {
  const { t } = useTranslation();
  const desk = usePerson(id);
  const [doing, setDoing] = useState<Doing | null>(null);
  const { person, error } = desk;
  const done = (): void => setDoing(null);
  return (
    <>
      <BackHead title={person?.name ?? t('ui.loading')} onBack={onBack} />
      {error === null ? null : <Problem error={error} />}
      {person === null ? null : (
        <>
          <div className="person">
            <PersonFacts
              person={person}
              onGroup={onGroup}
              onEdit={() => setDoing({ what: 'edit' })}
              onRevoke={() => setDoing({ what: 'revoke' })}
              onDelete={() => setDoing({ what: 'delete' })}
            />
            <div className="cards">
              <SampleGallery
                person={person}
                busy={desk.busy}
                onAdd={() => setDoing({ what: 'add' })}
                onRetake={(sample) => setDoing({ what: 'retake', sample })}
                onRemove={(sample) => setDoing({ what: 'remove', sample })}
              />
              <RecentVisits personId={id} />
            </div>
          </div>
          {doing?.what === 'edit' ? <EditDialog person={person} desk={desk} onClose={done} /> : null}
          {doing?.what === 'revoke' ? (
            <RevokeDialog
              person={person}
              onClose={done}
              onRevoked={(anonymised) => {
                done();
                if (anonymised) onBack();
                else void desk.reload();
              }}
            />
          ) : null}
          {doing?.what === 'delete' ? <DeleteDialog person={person} onClose={done} onDeleted={onBack} /> : null}
          {doing?.what === 'remove' ? (
            <RemoveSampleDialog
              person={person}
              sample={doing.sample}
              busy={desk.busy}
              onClose={done}
              onRemove={() =>
                void desk.change(() => kiosk().removeSample({ personId: id, sampleId: doing.sample.id })).then(done)
              }
            />
          ) : null}
          {doing?.what === 'add' || doing?.what === 'retake' ? (
            <EnrollDialog
              subject={{ person, replace: doing.what === 'retake' ? doing.sample : null, pictures: [] }}
              onClose={() => {
                done();
                void desk.reload();
              }}
            />
          ) : null}
        </>
      )}
    </>
  );
}
