/** Settings apply at once; when one cannot be saved the screen says so and shows what is still so. */
import { useState } from 'react';
import type { Settings } from '../../../shared/domain.ts';
import { changeSettings } from '../../state/kiosk.ts';

export function useChange(): {
  readonly change: (change: Partial<Settings>) => void;
  readonly error: unknown;
} {
  const [error, setError] = useState<unknown>(null);
  const change = (wanted: Partial<Settings>): void => {
    changeSettings(wanted).then(() => setError(null), setError);
  };
  return { change, error };
}
