import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraTurn, Settings } from '../../../shared/domain.ts';
import { CameraView } from '../../camera/CameraView.tsx';
import { choiceOf, useCamera } from '../../camera/camera-stream.ts';
import { Button } from '../../components/Button.tsx';
import { Choice, Switch } from '../../components/Choice.tsx';
import { Field } from '../../components/Field.tsx';
import { OnScreenKeyboard } from '../../components/OnScreenKeyboard.tsx';
import { RESOLUTIONS } from '../../components/choices.ts';
import { playSound } from '../../components/sounds.ts';
import { LANGUAGES } from '../../state/operator.ts';
import type { PartProps } from './use-settings.ts';

/** A line of text that is applied when the field is left, not at every letter; what cannot be saved stays as typed. */
function AppliedField({
  label,
  value,
  maxLength,
  isOptional = false,
  onApply,
}: {
  label: string;
  value: string;
  maxLength: number;
  /** Empty is an answer; otherwise an emptied field goes back to what it was. */
  isOptional?: boolean;
  onApply: (value: string) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(value);
  const [keyboard, setKeyboard] = useState(false);
  const apply = (): void => {
    const wanted = typed.trim();
    if (wanted === '' && !isOptional) setTyped(value);
    else if (wanted !== value) onApply(wanted);
  };
  return (
    <form
      className="stack"
      onBlur={(event) => {
        // Between the field and its keyboard nothing is left yet.
        if (!event.currentTarget.contains(event.relatedTarget)) apply();
      }}
      onSubmit={(event) => {
        event.preventDefault();
        apply();
      }}
    >
      <div className="applied">
        <Field label={label} value={typed} onChange={setTyped} maxLength={maxLength} />
        <Button kind="quiet" aria-pressed={keyboard} onPress={() => setKeyboard(!keyboard)}>
          {keyboard ? t('enroll.hideKeyboard') : t('enroll.showKeyboard')}
        </Button>
      </div>
      {keyboard ? (
        <>
          <OnScreenKeyboard value={typed} onChange={(text) => setTyped(text.slice(0, maxLength))} />
          <div className="button-row button-row-end">
            <Button kind="primary" type="submit" onPress={() => setKeyboard(false)}>
              {t('settings.apply')}
            </Button>
          </div>
        </>
      ) : null}
    </form>
  );
}

const AUTOMATIC = 'automatic';

export function CameraSettings({
  camera,
  onChange,
}: {
  camera: Settings['camera'];
  onChange: (part: Partial<Settings['camera']>) => void;
}) {
  const { t } = useTranslation();
  const devices = useCamera((s) => s.devices);
  const problem = useCamera((s) => s.problem);
  const turned = useCamera((s) => s.turned);
  const options = devices.map((device, i) => ({
    value: choiceOf(device, devices),
    label: device.label === '' ? t('settings.cameraNumber', { number: i + 1 }) : device.label,
  }));
  const chosen = camera.deviceId ?? AUTOMATIC;
  const isThere = chosen === AUTOMATIC || options.some((o) => o.value === chosen);
  const resolution = `${camera.width}x${camera.height}`;
  const isUsual = RESOLUTIONS.some((usual) => usual === resolution);
  return (
    <section className="card settings-camera">
      <h2 className="card-title">{t('settings.camera')}</h2>
      <div className="settings-preview">
        <CameraView mirror={camera.mirror} />
        {problem !== null ? (
          <p className="settings-preview-problem">{t(`camera.${problem}.title`)}</p>
        ) : turned !== null && turned !== camera.turn ? (
          <p className="settings-preview-problem">
            {t('camera.turned.title')}{' '}
            <Button onPress={() => onChange({ turn: turned })}>{t('camera.turned.mend')}</Button>
          </p>
        ) : null}
      </div>
      <div className="stack">
        <Choice
          label={t('settings.cameraChoice')}
          value={chosen}
          onChange={(value) => onChange({ deviceId: value === AUTOMATIC ? null : value })}
          options={[
            { value: AUTOMATIC, label: t('settings.cameraAutomatic') },
            ...options,
            ...(isThere ? [] : [{ value: chosen, label: t('settings.cameraAway') }]),
          ]}
        />
        <Choice
          label={t('settings.resolution')}
          value={resolution}
          onChange={(value) => {
            const [width, height] = value.split('x').map(Number) as [number, number];
            onChange({ width, height });
          }}
          options={[...RESOLUTIONS, ...(isUsual ? [] : [resolution])].map((value) => ({
            value,
            label: value.replace('x', ' × '),
          }))}
        />
        <p className="soft">{t('settings.resolutionAbout')}</p>
        <Choice
          label={t('settings.turn')}
          value={String(camera.turn)}
          onChange={(turn) => onChange({ turn: Number(turn) as CameraTurn })}
          options={(['0', '90', '180', '270'] as const).map((value) => ({
            value,
            label: t(`settings.turns.${value}`),
          }))}
        />
        <p className="soft">{t('settings.turnAbout')}</p>
        <Switch on={camera.mirror} onChange={(mirror) => onChange({ mirror })}>
          {t('settings.mirror')}
        </Switch>
      </div>
    </section>
  );
}

export function CheckInSettings({ settings, change }: PartProps) {
  const { t } = useTranslation();
  return (
    <>
      <section className="card stack" aria-label={t('settings.checkIn')}>
        <h2 className="card-title">{t('settings.checkIn')}</h2>
        <Choice
          label={t('settings.direction')}
          value={settings.direction}
          onChange={(direction) => change({ direction })}
          options={(['in', 'out', 'alternate', 'ask'] as const).map((value) => ({
            value,
            label: t(`settings.directions.${value}.label`),
            detail: t(`settings.directions.${value}.detail`),
          }))}
        />
        <Choice
          label={t('settings.liveness')}
          value={settings.liveness}
          onChange={(liveness) => change({ liveness })}
          options={(['off', 'passive', 'challenge'] as const).map((value) => ({
            value,
            label: t(`settings.livenesses.${value}.label`),
            detail: t(`settings.livenesses.${value}.detail`),
          }))}
        />
        <p className="soft">{t('settings.livenessAbout')}</p>
        <AppliedField
          key={`greeting-${settings.greeting ?? ''}`}
          label={t('settings.greeting')}
          value={settings.greeting ?? ''}
          maxLength={200}
          isOptional
          onApply={(greeting) => change({ greeting: greeting === '' ? null : greeting })}
        />
        <p className="soft">
          {settings.greeting === null
            ? t('settings.greetingAbout', { placeholder: '{name}' })
            : t('settings.greetingExample', { words: settings.greeting.replaceAll('{name}', 'Ada Lovelace') })}
        </p>
        <Switch
          on={settings.sounds}
          onChange={(sounds) => {
            if (sounds) playSound('match');
            change({ sounds });
          }}
        >
          {t('settings.sounds')}
        </Switch>
      </section>
      <section className="card stack" aria-label={t('settings.screen')}>
        <h2 className="card-title">{t('settings.screen')}</h2>
        <AppliedField
          key={`name-${settings.kioskName}`}
          label={t('settings.kioskName')}
          value={settings.kioskName}
          maxLength={60}
          onApply={(kioskName) => change({ kioskName })}
        />
        <Choice
          label={t('settings.language')}
          value={settings.language}
          onChange={(language) => change({ language })}
          options={LANGUAGES.map((value) => ({
            value,
            label: t(`settings.languages.${value}`),
          }))}
        />
        <p className="soft">{t('settings.languageAbout')}</p>
        <Choice
          label={t('settings.theme')}
          value={settings.theme}
          onChange={(theme) => change({ theme })}
          options={(['system', 'light', 'dark'] as const).map((value) => ({
            value,
            label: t(`settings.themes.${value}`),
          }))}
        />
      </section>
    </>
  );
}
