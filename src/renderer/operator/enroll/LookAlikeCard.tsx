import { useTranslation } from 'react-i18next';
import type { LookAlike } from '../../../shared/api.ts';
import { useKiosk } from '../../state/kiosk.ts';
import { alikeness } from '../../ui/alikeness.ts';
import { Button } from '../../ui/Button.tsx';
import { percent } from '../../ui/format.ts';
import { Portrait } from '../../ui/Portrait.tsx';

export function LookAlikeCard({
  lookAlike: { person, similarity, threshold },
  isDisabled,
  onAdd,
}: {
  lookAlike: LookAlike;
  isDisabled: boolean;
  onAdd: (personId: string) => Promise<void>;
}) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const about = [person.externalId, person.group].filter((part) => part !== null && part !== '');
  return (
    <li className="alike">
      <Portrait picture={person.picture} name={person.name} size="medium" />
      <span className="row-main">
        <strong className="alike-name">{person.name}</strong>
        {about.length > 0 ? <span className="soft">{about.join(' · ')}</span> : null}
        <span>
          {t(`enroll.alike.${alikeness(similarity, threshold)}`, {
            similarity: percent(Math.max(0, similarity), language),
          })}
        </span>
      </span>
      <Button kind="primary" isDisabled={isDisabled} onPress={() => void onAdd(person.id)}>
        {t('enroll.alike.add')}
      </Button>
    </li>
  );
}
