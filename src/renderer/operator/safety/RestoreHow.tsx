/** Beside what is here, or in its place; and whether settings and PIN come from the backup, too. */
import { useTranslation } from 'react-i18next';
import { Choice } from '../../ui/Choice.tsx';
import { Switch } from '../../ui/Switch.tsx';
import type { RestoreForm } from './RestoreTab.tsx';

export function RestoreHow({ form, onChange }: { form: RestoreForm; onChange: (part: Partial<RestoreForm>) => void }) {
  const { t } = useTranslation();
  return (
    <>
      <Choice
        label={t('safety.restore.how')}
        value={form.how}
        // As main does where nothing is said: going back takes the settings along, adding does not.
        onChange={(how) => onChange({ how, settings: how === 'replace' ? 'restore' : 'keep' })}
        options={(['merge', 'replace'] as const).map((value) => ({
          value,
          label: t(`safety.restore.${value}.label`),
          detail: t(`safety.restore.${value}.detail`),
        }))}
      />
      <div>
        <Switch on={form.settings === 'restore'} onChange={(on) => onChange({ settings: on ? 'restore' : 'keep' })}>
          {t('safety.restore.settings')}
        </Switch>
        <Switch on={form.pin === 'restore'} onChange={(on) => onChange({ pin: on ? 'restore' : 'keep' })}>
          {t('safety.restore.pin')}
        </Switch>
      </div>
    </>
  );
}
