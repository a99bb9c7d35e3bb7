/** One face of the picture: who it may be, who it is, and what to do about it. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { kiosk, useKiosk } from '../../state/kiosk.ts';
import { openPerson } from '../../state/operator.ts';
import type { PersonSummary } from '../../../shared/domain.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { EnrollDialog } from '../enroll/EnrollDialog.tsx';
import { PersonPicker } from '../people/PersonPicker.tsx';
import { CandidateList } from './CandidateList.tsx';
import { CheckInNote } from './CheckInNote.tsx';
import { useFaceCheckIn } from './useFaceCheckIn.ts';
import type { Photo } from './usePhoto.ts';

type Enrolling = { readonly person: PersonSummary | null; readonly picture: File };

export function FacePanel({ photo, index }: { photo: Photo; index: number }) {
  const { t } = useTranslation();
  const threshold = useKiosk((s) => s.status?.threshold ?? null);
  const [picking, setPicking] = useState(false);
  const [enrolling, setEnrolling] = useState<Enrolling | null>(null);
  const [error, setError] = useState<unknown>(null);
  const checkIn = useFaceCheckIn(() => photo.crop(index));
  const face = photo.seen?.faces[index];
  const tag = photo.tags[index];
  if (face === undefined || tag === undefined) return null;

  const enroll = async (personId: string | null): Promise<void> => {
    setError(null);
    try {
      const picture = await photo.crop(index);
      const person = personId === null ? null : await kiosk().getPerson({ id: personId });
      if (picture !== null) setEnrolling({ person, picture });
    } catch (problem) {
      setError(problem);
    }
  };

  return (
    <section className="card stack face-panel" aria-label={t('photos.panel')}>
      <div>
        <h2 className="card-title">{tag.name ?? t('photos.unknownTitle')}</h2>
        <p className="soft">
          {tag.name === null
            ? t('photos.unknownDetail')
            : tag.corrected
              ? t('photos.corrected')
              : t('photos.recognised')}
        </p>
      </div>
      {tag.id === null ? (
        <Button kind="primary" onPress={() => void enroll(null)}>
          <Icon name="add" />
          {t('photos.enroll')}
        </Button>
      ) : tag.corrected ? null : (
        <Button kind="primary" isDisabled={checkIn.busy} onPress={() => void checkIn.go()}>
          <Icon name="check" />
          {t('photos.checkIn')}
        </Button>
      )}
      <CheckInNote outcome={checkIn.outcome} />
      {(error ?? checkIn.error) === null ? null : <Problem error={error ?? checkIn.error} />}
      {face.candidates.length === 0 ? null : (
        <CandidateList
          candidates={face.candidates}
          threshold={threshold}
          chosen={tag.id}
          onChoose={(who) => photo.tag(index, who)}
        />
      )}
      <div className="face-actions">
        <Button onPress={() => setPicking(true)}>
          <Icon name="search" />
          {t('photos.someoneElse')}
        </Button>
        {tag.id === null ? null : (
          <>
            <Button onPress={() => photo.tag(index, null)}>{t('photos.notThem')}</Button>
            <Button onPress={() => void enroll(tag.id)}>
              <Icon name="add" />
              {t('photos.addPicture')}
            </Button>
            <Button onPress={() => openPerson(tag.id as string)}>
              <Icon name="desk" />
              {t('photos.toPage')}
            </Button>
          </>
        )}
      </div>
      {picking ? (
        <PersonPicker
          title={t('photos.whoIsIt')}
          onClose={() => setPicking(false)}
          onPick={(person) => {
            photo.tag(index, person);
            setPicking(false);
          }}
        />
      ) : null}
      {enrolling === null ? null : (
        <EnrollDialog
          subject={{ person: enrolling.person, replace: null, pictures: [enrolling.picture] }}
          onClose={() => {
            setEnrolling(null);
            void photo.again();
          }}
        />
      )}
    </section>
  );
}
