/** Settings apply at once; when one cannot be saved the screen says so and shows what is still so. */
import { useState } from 'react';
import { changeSettings, type SettingsChange } from '../../state/kiosk.ts';

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
