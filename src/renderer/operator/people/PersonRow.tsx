import { useTranslation } from 'react-i18next';
import type { PersonSummary } from '../../../shared/domain.ts';
import { Button } from '../../ui/Button.tsx';
import { dayAndTime } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Portrait } from '../../ui/Portrait.tsx';

export function PersonRow({
  person,
  language,
  onRemove,
}: {
  person: PersonSummary;
  language: string;
  onRemove: (person: PersonSummary) => void;
}) {
  const { t } = useTranslation();
  const about = [person.externalId, person.group, t('people.samples', { count: person.samples })];
  return (
    <li className="row">
      <Portrait picture={person.picture} name={person.name} size="small" />
      <span className="row-main">
        <strong>{person.name}</strong>
        <span className="soft">{about.filter((part) => part !== null && part !== '').join(' · ')}</span>
      </span>
      {person.ready ? (
        <span className="soft row-seen">
          {person.lastSeenAt === null
            ? t('people.neverSeen')
            : t('people.lastSeen', { when: dayAndTime(person.lastSeenAt, language) })}
        </span>
      ) : (
        <span className="badge" data-bad="true">
          {t('people.enrollAgain')}
        </span>
      )}
      <Button
        kind="quiet"
        className="button-icon"
        aria-label={t('people.removeNamed', { name: person.name })}
        onPress={() => onRemove(person)}
      >
        <Icon name="bin" />
      </Button>
    </li>
  );
}
