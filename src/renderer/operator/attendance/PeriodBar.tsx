/** Which day, week or month, and the way to the ones before and after. */
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Segments } from '../../ui/Segments.tsx';
import { periodName, rangeOf, shifted, UNITS, type Period } from './period.ts';

export function PeriodBar({
  period,
  today,
  language,
  onChange,
}: {
  period: Period;
  today: string;
  language: string;
  onChange: (period: Period) => void;
}) {
  const { t } = useTranslation();
  const { from, to } = rangeOf(period);
  const isNow = from <= today && today <= to;
  return (
    <div className="period">
      <Segments
        label={t('attendance.unitTitle')}
        value={period.unit}
        onChange={(unit) => onChange({ ...period, unit })}
        options={UNITS.map((value) => ({ value, label: t(`attendance.unit.${value}`) }))}
      />
      <div className="period-walk">
        <Button
          className="button-icon"
          aria-label={t('attendance.before')}
          onPress={() => onChange(shifted(period, -1))}
        >
          <Icon name="back" />
        </Button>
        <h2 className="period-name" aria-live="polite">
          {periodName(period, language)}
        </h2>
        <Button
          className="button-icon"
          aria-label={t('attendance.after')}
          isDisabled={isNow}
          onPress={() => onChange(shifted(period, 1))}
        >
          <Icon name="forward" />
        </Button>
        <Button isDisabled={isNow} onPress={() => onChange({ ...period, day: today })}>
          {t('attendance.today')}
        </Button>
      </div>
    </div>
  );
}
