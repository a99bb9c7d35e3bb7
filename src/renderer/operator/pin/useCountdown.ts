/** Seconds left of a wait, counting down by itself. */
import { useEffect, useState } from 'react';

export function useCountdown(): readonly [seconds: number, start: (seconds: number) => void] {
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    if (seconds <= 0) return;
    const timer = setTimeout(() => setSeconds(seconds - 1), 1000);
    return () => clearTimeout(timer);
  }, [seconds]);
  return [seconds, (from) => setSeconds(Math.ceil(from))];
}
