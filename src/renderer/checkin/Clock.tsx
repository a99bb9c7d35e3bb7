import { clockTime, longDay } from '../ui/format.ts';
import { useNow } from './useNow.ts';

export function Clock({ language }: { language: string }) {
  const now = useNow();
  return (
    <div className="clock">
      <time className="clock-time" dateTime={clockTime(now, 'en')}>
        {clockTime(now, language)}
      </time>
      <span className="clock-day">{longDay(now, language)}</span>
    </div>
  );
}
