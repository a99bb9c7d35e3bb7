import { memo } from 'react';
import { useTranslation } from 'react-i18next';
import type { PersonSummary } from '../../../shared/domain.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { dayAndTime } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Portrait } from '../../ui/Portrait.tsx';
import { standingOf } from './standing.ts';

/** One person of the list; the whole row opens their page. */
export const PersonRow = memo(function PersonRow({
  person,
  index,
  reachable,
  onFocus,
  onOpen,
}: {
  /** undefined: not fetched yet. */
  person: PersonSummary | undefined;
  index: number;
  reachable: boolean;
  onFocus: (index: number) => void;
  onOpen: (person: PersonSummary) => void;
}) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  if (person === undefined)
    return (
      <div className="person-row person-row-waiting">
        <span className="portrait portrait-small" />
        <span className="row-main">
          <span className="person-waiting" />
          <span className="visually-hidden">{t('ui.loading')}</span>
        </span>
      </div>
    );
  const about = [person.externalId, person.group, t('people.samples', { count: person.samples })];
  const standing = standingOf(person);
  return (
    <button
      type="button"
      className="person-row"
      data-row={index}
      tabIndex={reachable ? 0 : -1}
      onFocus={() => onFocus(index)}
      onClick={() => onOpen(person)}
    >
      <Portrait picture={person.picture} name={person.name} size="small" />
      <span className="row-main">
        <strong className="one-line">{person.name}</strong>
        <span className="soft one-line">{about.filter((part) => part !== null && part !== '').join(' · ')}</span>
      </span>
      {standing === 'ready' ? (
        <span className="soft row-seen">
          {person.lastSeenAt === null
            ? t('people.neverSeen')
            : t('people.lastSeen', { when: dayAndTime(person.lastSeenAt, language) })}
        </span>
      ) : (
        <span className="badge" data-bad={standing === 'enroll-again'}>
          {t(`people.standing.${standing}`)}
        </span>
      )}
      <Icon name="forward" />
    </button>
  );
});
