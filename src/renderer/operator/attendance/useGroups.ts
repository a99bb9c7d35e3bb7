/** The groups there are: those of a report for everybody, and those with a schedule of their own. */
import { useState } from 'react';
import type { AttendanceReply } from '../../../shared/desk.ts';
import { useKiosk } from '../../state/kiosk.ts';

export function useGroups(reply: AttendanceReply | null): readonly string[] {
  const schedules = useKiosk((s) => s.status?.settings.schedules);
  const [seen, setSeen] = useState<ReadonlySet<string>>(new Set());
  const fresh = (reply?.people ?? []).flatMap((p) => (p.group === null || seen.has(p.group) ? [] : [p.group]));
  // A report for one group knows of no other: what was seen before stays.
  if (fresh.length > 0) setSeen(new Set([...seen, ...fresh]));
  return [...new Set([...seen, ...Object.keys(schedules ?? {})])].sort((a, b) => a.localeCompare(b));
}
