import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../shared/domain.ts';
import { Button } from '../../components/Button.tsx';
import { Select } from '../../components/Choice.tsx';
import { Field, TimeField } from '../../components/Field.tsx';
import { Icon } from '../../components/Icon.tsx';
import { GRACES, secondsWords, withValue } from '../../components/choices.ts';
import { dateWords } from '../../components/period.ts';
import { kiosk } from '../../state/kiosk.ts';
import type { PartProps } from './use-settings.ts';

/** The time zones there are, under the names they have today: browsers still list some under names given up long ago. */
const TODAY: Readonly<Record<string, string>> = {
  'America/Buenos_Aires': 'America/Argentina/Buenos_Aires',
  'America/Godthab': 'America/Nuuk',
  'Asia/Calcutta': 'Asia/Kolkata',
  'Asia/Katmandu': 'Asia/Kathmandu',
  'Asia/Rangoon': 'Asia/Yangon',
  'Asia/Saigon': 'Asia/Ho_Chi_Minh',
  'Atlantic/Faeroe': 'Atlantic/Faroe',
  'Europe/Kiev': 'Europe/Kyiv',
  'Pacific/Ponape': 'Pacific/Pohnpei',
  'Pacific/Truk': 'Pacific/Chuuk',
};

/** A zone's name of today. */
const zoneToday = (zone: string): string => TODAY[zone] ?? zone;

/** @param listed as `Intl.supportedValuesOf('timeZone')` gives them */
export const timeZones = (listed: readonly string[]): readonly string[] =>
  [...new Set(listed.map(zoneToday))].sort((a, b) => a.localeCompare(b, 'en'));

// A time of day that is applied when the field is left: half a time is none.

function AppliedTime({
  label,
  value,
  onApply,
}: {
  label: string;
  /** `HH:MM`; null: none. */
  value: string | null;
  onApply: (value: string | null) => void;
}) {
  const [typed, setTyped] = useState(value ?? '');
  const apply = (): void => {
    const wanted = typed === '' ? null : typed;
    if (wanted !== value) onApply(wanted);
  };
  return (
    <form
      onBlur={apply}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <TimeField label={label} time={typed} onTime={setTyped} />
    </form>
  );
}

type Schedule = Settings['defaultSchedule'];
/** A Monday, for the names of the days of the week. */
const MONDAY = '2024-01-0';

function ScheduleFields({
  schedule,
  language,
  onChange,
}: {
  schedule: Schedule;
  language: string;
  onChange: (part: (now: Schedule) => Partial<Schedule>) => void;
}) {
  const { t } = useTranslation();
  const { start, graceMinutes, workdays, dayStartsAt } = schedule;
  const toggle = (day: number): void =>
    onChange((now) => ({
      workdays: now.workdays.includes(day)
        ? now.workdays.filter((d) => d !== day)
        : [...now.workdays, day].sort((a, b) => a - b),
    }));
  return (
    <>
      <div className="schedule">
        <AppliedTime
          key={`start-${start}`}
          label={t('settings.start')}
          value={start}
          onApply={(time) => onChange(() => ({ start: time }))}
        />
        <Select
          label={t('settings.grace')}
          value={String(graceMinutes)}
          onChange={(value) => onChange(() => ({ graceMinutes: Number(value) }))}
          options={withValue<number>(GRACES, graceMinutes).map((minutes) => ({
            value: String(minutes),
            label: minutes === 0 ? t('settings.graceNone') : secondsWords(minutes * 60, language),
          }))}
        />
        <AppliedTime
          key={`day-${dayStartsAt}`}
          label={t('settings.dayStartsAt')}
          value={dayStartsAt}
          onApply={(time) => onChange(() => ({ dayStartsAt: time ?? '00:00' }))}
        />
      </div>
      <div className="workdays" role="group" aria-label={t('settings.workdays')}>
        <span className="field-label">{t('settings.workdays')}</span>
        <div className="workdays-row">
          {[1, 2, 3, 4, 5, 6, 7].map((day) => (
            <Button key={day} className="workday" aria-pressed={workdays.includes(day)} onPress={() => toggle(day)}>
              {dateWords(`${MONDAY}${day}`, language, { weekday: 'short' })}
            </Button>
          ))}
        </div>
      </div>
      <p className="soft">{start === null ? t('settings.startNone') : t('settings.dayStartsAbout')}</p>
    </>
  );
}

// Hours of its own for one more group: chosen from those there are, or typed.

function AddGroup({
  known,
  taken,
  onAdd,
}: {
  known: readonly string[];
  taken: readonly string[];
  onAdd: (group: string) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState('');
  const wanted = typed.trim();
  const usable = wanted !== '' && !taken.includes(wanted);
  return (
    <section className="card stack" aria-label={t('settings.groupAdd')}>
      <h2 className="card-title">{t('settings.groupAdd')}</h2>
      {known.length === 0 ? null : (
        <div className="button-row">
          {known.map((group) => (
            <Button key={group} onPress={() => onAdd(group)}>
              <Icon name="add" />
              {group}
            </Button>
          ))}
        </div>
      )}
      <form
        className="applied"
        onSubmit={(event) => {
          event.preventDefault();
          if (!usable) return;
          onAdd(wanted);
          setTyped('');
        }}
      >
        <Field label={t('settings.groupName')} value={typed} onChange={setTyped} maxLength={100} />
        <Button type="submit" isDisabled={!usable}>
          {t('settings.groupDo')}
        </Button>
      </form>
    </section>
  );
}

// When people are expected: the clock, everybody's hours, and those of groups that have their own.

const MACHINE = '';

const without = (schedules: Settings['schedules'], group: string): Settings['schedules'] =>
  Object.fromEntries(Object.entries(schedules).filter(([name]) => name !== group));

/** Groups of the people enrolled; those beyond the first 200 people can be typed. */
function useGroupNames(): readonly string[] {
  const [names, setNames] = useState<readonly string[]>([]);
  useEffect(() => {
    kiosk()
      .listPeople({ limit: 200 })
      .then(
        ({ people }) => setNames([...new Set(people.flatMap((p) => p.group ?? []))]),
        () => undefined,
      );
  }, []);
  return names;
}

export function HoursSettings({ settings, change }: PartProps) {
  const { t } = useTranslation();
  const { schedules, defaultSchedule, language, timeZone } = settings;
  const groups = useGroupNames();
  const zones = timeZones(Intl.supportedValuesOf('timeZone'));
  const own = zoneToday(Intl.DateTimeFormat().resolvedOptions().timeZone);
  return (
    <>
      <section className="card stack" aria-label={t('settings.clock')}>
        <h2 className="card-title">{t('settings.clock')}</h2>
        <Select
          label={t('settings.timeZone')}
          value={timeZone ?? MACHINE}
          onChange={(zone) => change({ timeZone: zone === MACHINE ? null : zone })}
          options={[
            { value: MACHINE, label: t('settings.timeZoneMachine', { zone: own }) },
            ...(timeZone === null || zones.includes(timeZone) ? [] : [{ value: timeZone, label: timeZone }]),
            ...zones.map((zone) => ({ value: zone, label: zone })),
          ]}
        />
        <p className="soft">{t('settings.timeZoneAbout')}</p>
      </section>
      <section className="card stack" aria-label={t('settings.everybody')}>
        <h2 className="card-title">{t('settings.everybody')}</h2>
        <ScheduleFields
          schedule={defaultSchedule}
          language={language}
          onChange={(part) => change(({ defaultSchedule: now }) => ({ defaultSchedule: { ...now, ...part(now) } }))}
        />
      </section>
      {Object.entries(schedules).map(([group, schedule]) => (
        <section key={group} className="card stack" aria-label={group}>
          <div className="admin-head">
            <h2 className="card-title">{group}</h2>
            <Button onPress={() => change((now) => ({ schedules: without(now.schedules, group) }))}>
              <Icon name="bin" />
              {t('settings.groupRemove')}
            </Button>
          </div>
          <ScheduleFields
            schedule={schedule}
            language={language}
            onChange={(part) =>
              change(({ schedules: now }) => {
                const own = now[group];
                return own === undefined ? {} : { schedules: { ...now, [group]: { ...own, ...part(own) } } };
              })
            }
          />
        </section>
      ))}
      <AddGroup
        known={groups.filter((group) => !Object.hasOwn(schedules, group))}
        taken={Object.keys(schedules)}
        onAdd={(group) => change((now) => ({ schedules: { ...now.schedules, [group]: now.defaultSchedule } }))}
      />
    </>
  );
}
