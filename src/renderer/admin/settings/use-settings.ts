/** Settings apply at once; when one cannot be saved the screen says so and shows what is still so. */
import { useState } from 'react';
import type { Settings } from '../../../shared/domain.ts';
import { changeSettings, type SettingsChange } from '../../state/kiosk.ts';

/** What every part of the settings is given. */
export interface PartProps {
  readonly settings: Settings;
  readonly change: (change: SettingsChange) => void;
}

export function useChange(): {
  readonly change: (change: SettingsChange) => void;
  readonly error: unknown;
} {
  const [error, setError] = useState<unknown>(null);
  const change = (wanted: SettingsChange): void => {
    changeSettings(wanted).then(() => setError(null), setError);
  };
  return { change, error };
}
