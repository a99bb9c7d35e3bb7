import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { clockTime } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import type { CheckInOutcome } from './useFaceCheckIn.ts';

/** What became of "check in". */
export function CheckInNote({ outcome }: { outcome: CheckInOutcome | null }) {
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
