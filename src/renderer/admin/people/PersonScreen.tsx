import './person.css';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { AttendanceReply } from '../../../shared/admin.ts';
import type { Person, Sample } from '../../../shared/domain.ts';
import { Button } from '../../components/Button.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { PageHeader } from '../../components/PageHeader.tsx';
import { enrollmentStatus } from '../../components/PersonList.tsx';
import { Portrait } from '../../components/Picture.tsx';
import { dayAndTime, shortDay } from '../../components/format.ts';
import { kiosk, useKiosk } from '../../state/kiosk.ts';
import { openEnrollment } from '../../state/operator.ts';
import { DeleteDialog, EditDialog, RemoveSampleDialog, RevokeDialog, usePerson } from './PersonDialogs.tsx';
import { SampleGallery } from './SampleGallery.tsx';

function PersonFacts({
  person,
  onGroup,
  onEdit,
  onRevoke,
  onDelete,
}: {
  person: Person;
  onGroup: (group: string) => void;
  onEdit: () => void;
  onRevoke: () => void;
  onDelete: () => void;
}) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const { group } = person;
  const status = enrollmentStatus(person);
  return (
    <aside className="card person-facts">
      <Portrait picture={person.picture} name={person.name} size="large" />
      {status === 'ready' ? null : (
        <p className="problem">
          <Icon name="warning" />
          <span>{t(`people.statusDetail.${status}`)}</span>
        </p>
      )}
      <dl className="facts person-list">
        <dt>{t('people.fact.externalId')}</dt>
        <dd>{person.externalId ?? t('people.fact.nothing')}</dd>
        <dt>{t('people.fact.group')}</dt>
        <dd>
          {group === null || group === '' ? (
            t('people.fact.nothing')
          ) : (
            <Button kind="quiet" className="person-group" onPress={() => onGroup(group)}>
              {group}
            </Button>
          )}
        </dd>
        <dt>{t('people.fact.consent')}</dt>
        <dd>{person.consentAt === null ? t('people.fact.revoked') : shortDay(person.consentAt, language)}</dd>
        <dt>{t('people.fact.enrolled')}</dt>
        <dd>{shortDay(person.createdAt, language)}</dd>
        <dt>{t('people.fact.lastSeen')}</dt>
        <dd>{person.lastSeenAt === null ? t('people.neverSeen') : dayAndTime(person.lastSeenAt, language)}</dd>
      </dl>
      <div className="person-actions">
        <Button onPress={onEdit}>
          <Icon name="edit" />
          {t('people.edit.title')}
        </Button>
        {person.consentAt === null ? null : <Button onPress={onRevoke}>{t('people.revoke.short')}</Button>}
        <Button kind="quiet" className="button-erase" onPress={onDelete}>
          <Icon name="bin" />
          {t('people.delete.short')}
        </Button>
      </div>
    </aside>
  );
}

const DAYS = 30;
const SHOWN = 12;
const DAY_MS = 86_400_000;

/** `YYYY-MM-DD` of this machine's calendar. */
function dayOf(at: number): string {
  const d = new Date(at);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`;
}

function RecentVisits({ personId }: { personId: string }) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const newest = useKiosk((s) => s.recent[0]?.id);
  const [events, setEvents] = useState<AttendanceReply['events'] | null>(null);
  const [error, setError] = useState<unknown>(null);
  useEffect(() => {
    let current = true;
    const now = Date.now();
    kiosk()
      // A day more at either end: the kiosk's reports may be in another time zone than this machine.
      .getAttendance({ from: dayOf(now - DAYS * DAY_MS), to: dayOf(now + DAY_MS), personId })
      .then(
        (reply) => {
          if (current) setEvents(reply.events.filter((e) => e.personId === personId).sort((a, b) => b.at - a.at));
        },
        (problem: unknown) => {
          if (current) setError(problem);
        },
      );
    return () => {
      current = false;
    };
  }, [personId, newest]);
  return (
    <section className="card">
      <h2 className="card-title">{t('people.visits.title')}</h2>
      {error === null ? null : <Problem error={error} />}
      {events === null ? null : events.length === 0 ? (
        <p className="soft">{t('people.visits.none', { count: DAYS })}</p>
      ) : (
        <ul className="visits">
          {events.slice(0, SHOWN).map((event) => (
            <li key={event.id}>
              <time>{dayAndTime(event.at, language)}</time>
              <span className="badge">{t(`log.${event.direction}`)}</span>
              {event.corrections.length === 0 ? null : (
                <span className="soft">{t('people.visits.corrected', { reason: event.corrections.at(-1) })}</span>
              )}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

type Doing = { readonly what: 'edit' | 'revoke' | 'delete' } | { readonly what: 'remove'; readonly sample: Sample };

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
  const record = usePerson(id);
  const [doing, setDoing] = useState<Doing | null>(null);
  const { person, error } = record;
  const done = (): void => setDoing(null);
  const capture = (replace: Sample | null): void =>
    openEnrollment({ person, replace, pictures: [] }, () => void record.reload());
  return (
    <>
      <PageHeader title={person?.name ?? t('ui.loading')} onBack={onBack} />
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
                busy={record.busy}
                onAdd={() => capture(null)}
                onRetake={capture}
                onRemove={(sample) => setDoing({ what: 'remove', sample })}
              />
              <RecentVisits personId={id} />
            </div>
          </div>
          {doing?.what === 'edit' ? <EditDialog person={person} record={record} onClose={done} /> : null}
          {doing?.what === 'revoke' ? (
            <RevokeDialog
              person={person}
              onClose={done}
              onRevoked={(anonymised) => {
                done();
                if (anonymised) onBack();
                else void record.reload();
              }}
            />
          ) : null}
          {doing?.what === 'delete' ? <DeleteDialog person={person} onClose={done} onDeleted={onBack} /> : null}
          {doing?.what === 'remove' ? (
            <RemoveSampleDialog
              person={person}
              sample={doing.sample}
              busy={record.busy}
              onClose={done}
              onRemove={() =>
                void record.change(() => kiosk().removeSample({ personId: id, sampleId: doing.sample.id })).then(done)
              }
            />
          ) : null}
        </>
      )}
    </>
  );
}
