/** How careful, how patient, how often, and by which model. */
import { useTranslation } from 'react-i18next';
import { Choice } from '../../ui/Choice.tsx';
import { count } from '../../ui/format.ts';
import { Select } from '../../ui/Select.tsx';
import { COOLDOWNS, PATIENCE, patienceOf, secondsWords, withValue, type Patience } from './choices.ts';
import { ModelSettings } from './ModelSettings.tsx';
import { nearestRisk, RISKS } from './risks.ts';
import type { PartProps } from './SettingsScreen.tsx';

const OWN = 'own';

export function RecognitionSettings({ settings, change }: PartProps) {
  const { t } = useTranslation();
  const { language, votes } = settings;
  const patience = patienceOf(votes);
  return (
    <>
      <section className="card stack" aria-label={t('settings.recognition')}>
        <h2 className="card-title">{t('settings.recognition')}</h2>
        <Choice
          label={t('settings.risk')}
          value={String(nearestRisk(settings.risk))}
          onChange={(oneIn) => change({ risk: 1 / Number(oneIn) })}
          options={RISKS.map((oneIn) => ({
            value: String(oneIn),
            label: t('settings.riskOneIn', { number: count(oneIn, language) }),
            detail: t(`settings.riskDetail.${oneIn}`),
          }))}
        />
        <p className="soft">{t('settings.riskAbout')}</p>
        <Choice<Patience | typeof OWN>
          label={t('settings.votes')}
          value={patience ?? OWN}
          onChange={(value) => {
            if (value !== OWN) change({ votes: PATIENCE[value] });
          }}
          options={[
            ...(Object.keys(PATIENCE) as Patience[]).map((value) => ({
              value,
              label: t(`settings.patience.${value}.label`),
              detail: t('settings.votesDetail', PATIENCE[value]),
            })),
            ...(patience === null
              ? [
                  {
                    value: OWN,
                    label: t('settings.patience.own.label'),
                    detail: t('settings.votesDetail', votes),
                  } as const,
                ]
              : []),
          ]}
        />
        <Select
          label={t('settings.cooldown')}
          value={String(settings.cooldownSeconds)}
          onChange={(value) => change({ cooldownSeconds: Number(value) })}
          options={withValue<number>(COOLDOWNS, settings.cooldownSeconds).map((seconds) => ({
            value: String(seconds),
            label: seconds === 0 ? t('settings.cooldownNone') : secondsWords(seconds, language),
          }))}
        />
        <p className="soft">{t('settings.cooldownAbout')}</p>
      </section>
      <ModelSettings settings={settings} change={change} />
    </>
  );
}
