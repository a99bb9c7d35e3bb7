import { useTranslation } from 'react-i18next';
import type { Settings } from '../../../shared/domain.ts';
import { CameraView } from '../../camera/CameraView.tsx';
import { choiceOf } from '../../camera/choice.ts';
import { useCamera } from '../../state/camera.ts';
import { Choice } from '../../ui/Choice.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { RESOLUTIONS } from './choices.ts';

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
        {problem === null ? null : <p className="settings-preview-problem">{t(`camera.${problem}.title`)}</p>}
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
        <Switch on={camera.mirror} onChange={(mirror) => onChange({ mirror })}>
          {t('settings.mirror')}
        </Switch>
      </div>
    </section>
  );
}
