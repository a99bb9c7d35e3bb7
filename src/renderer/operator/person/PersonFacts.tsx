import { useTranslation } from 'react-i18next';
import type { Person } from '../../../shared/domain.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { dayAndTime, shortDay } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { Portrait } from '../../ui/Portrait.tsx';
import { standingOf } from '../people/standing.ts';

export function PersonFacts({
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
  const standing = standingOf(person);
  return (
    <aside className="card person-facts">
      <Portrait picture={person.picture} name={person.name} size="large" />
      {standing === 'ready' ? null : (
        <p className="problem">
          <Icon name="warning" />
          <span>{t(`people.standingDetail.${standing}`)}</span>
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
