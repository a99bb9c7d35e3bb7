/** Checks in whoever a face of a picture is, as the camera at the door would. */
import { useState } from 'react';
import type { CallOutput } from '../../../shared/api.ts';
import { kiosk } from '../../state/kiosk.ts';

export type CheckInOutcome = CallOutput<'checkInFromPicture'>;

export function useFaceCheckIn(crop: () => Promise<File | null>) {
  const [busy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<CheckInOutcome | null>(null);
  const [error, setError] = useState<unknown>(null);
  const go = async (): Promise<void> => {
    setBusy(true);
    setError(null);
    setOutcome(null);
    try {
      const picture = await crop();
      if (picture !== null)
        setOutcome(await kiosk().checkInFromPicture({ bytes: new Uint8Array(await picture.arrayBuffer()) }));
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  return { busy, outcome, error, go };
}
