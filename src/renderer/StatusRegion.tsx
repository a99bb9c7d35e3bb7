/**
 * The page's one live region: it tells a screen reader what the screen tells everyone else. It is there from the start
 * and never leaves, because a live region that appears together with its text is often not read.
 */
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useSituation } from './components/situation.ts';
import { dataWords } from './data/data-words.ts';
import { useClosedData } from './state/data.ts';
import { useOperator } from './state/operator.ts';

/** A hint that is gone again within this time is not worth interrupting anyone for, ms. */
const SETTLE_MS = 700;

export function StatusRegion() {
  const { situation, words } = useSituation();
  const away = useOperator((s) => s.open || s.asking);
  const closed = useClosedData();
  const { t } = useTranslation();
  const [said, say] = useState('');
  const speech = closed !== null ? dataWords(closed, t).speech : away ? '' : words.speech;
  // A result, and a question that stands for seconds only, are said at once.
  const isUrgent =
    closed === null && (words.tone === 'good' || (situation.kind === 'view' && situation.view.phase === 'challenge'));

  useEffect(() => {
    const timer = setTimeout(() => say(speech), isUrgent ? 0 : SETTLE_MS);
    return () => clearTimeout(timer);
  }, [speech, isUrgent]);

  return (
    <p role="status" aria-live="polite" aria-atomic="true" className="visually-hidden">
      {said}
    </p>
  );
}
