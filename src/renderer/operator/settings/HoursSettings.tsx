/** When people are expected: the clock, everybody's hours, and those of groups that have their own. */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../shared/domain.ts';
import { kiosk } from '../../state/kiosk.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Select } from '../../ui/Select.tsx';
import { AddGroup } from './AddGroup.tsx';
import { ScheduleFields } from './ScheduleFields.tsx';
import type { PartProps } from './SettingsScreen.tsx';
import { timeZones, zoneToday } from './time-zones.ts';

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
          <div className="desk-head">
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
