import { useState } from 'react';
import { Label, Radio, RadioGroup } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import type { CallOutput } from '../../../shared/calls.ts';
import { Button } from '../../components/Button.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { PersonPicker } from '../../components/PersonList.tsx';
import { Portrait } from '../../components/Picture.tsx';
import { clockTime, similarityLabel } from '../../components/format.ts';
import { kiosk, useKiosk } from '../../state/kiosk.ts';
import { openEnrollment, openPerson } from '../../state/operator.ts';
import type { Photo, PhotoFace } from './use-photo.ts';

type CheckInOutcome = CallOutput<'checkInFromPicture'>;

function useFaceCheckIn(crop: () => Promise<File | null>) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<CheckInOutcome | null>(null);
  const [error, setError] = useState<unknown>(null);
  const go = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    setOutcome(null);
    try {
      const picture = await crop();
      if (picture !== null)
        setOutcome(await kiosk().checkInFromPicture({ bytes: new Uint8Array(await picture.arrayBuffer()) }));
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return { busy, outcome, error, go };
}

function CandidateList({
  candidates,
  threshold,
  chosen,
  onChoose,
}: {
  candidates: PhotoFace['candidates'];
  threshold: number | null;
  chosen: string | null;
  onChoose: (who: { id: string; name: string }) => void;
}) {
  const { t } = useTranslation();
  return (
    <RadioGroup
      className="candidates"
      value={candidates.some((one) => one.id === chosen) ? chosen : null}
      onChange={(id) => {
        const who = candidates.find((one) => one.id === id);
        if (who !== undefined) onChoose(who);
      }}
    >
      <Label className="field-label">{t('photos.candidates')}</Label>
      {candidates.map((one) => (
        <Radio key={one.id} value={one.id} className="candidate">
          <Portrait picture={one.picture} name={one.name} size="small" />
          <span className="row-main">
            <strong>{one.name}</strong>
            <span className="choice-detail">
              {threshold === null ? '' : t(`photos.alike.${similarityLabel(one.similarity, threshold)}`)}
            </span>
          </span>
        </Radio>
      ))}
    </RadioGroup>
  );
}

/** What became of "check in". */
function CheckInNote({ outcome }: { outcome: CheckInOutcome | null }) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const checkIn = outcome?.checkIn ?? null;
  return (
    <div aria-live="polite">
      {outcome === null ? null : outcome.kind === 'recorded' || outcome.kind === 'already' ? (
        <p className="note" data-tone="good">
          <Icon name="check" />
          <span>
            {t(`photos.outcome.${outcome.kind}`, {
              name: checkIn?.name ?? outcome.face.candidates[0]?.name ?? '',
              what:
                checkIn === null
                  ? ''
                  : t(`checkin.${outcome.kind === 'already' ? 'already' : 'match'}.${checkIn.direction}`),
              time: checkIn === null ? '' : clockTime(checkIn.at, language),
            })}
          </span>
        </p>
      ) : (
        <p className="note">
          <span>{t(`photos.outcome.${outcome.kind}`)}</span>
        </p>
      )}
    </div>
  );
}

export function FacePanel({ photo, index }: { photo: Photo; index: number }) {
  const { t } = useTranslation();
  const threshold = useKiosk((s) => s.status?.threshold ?? null);
  const [picking, setPicking] = useState(false);
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
      if (picture !== null) openEnrollment({ person, replace: null, pictures: [picture] }, () => void photo.again());
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
              <Icon name="person" />
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
    </section>
  );
}
