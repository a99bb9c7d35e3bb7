/** "Please turn your head": the action as a picture within a ring that runs out, its words, and whom it is put to. */
import { useEffect, useState } from 'react';
import type { CheckInView } from '../../shared/domain.ts';
import type { LivenessAction } from '../../shared/liveness.ts';
import { Portrait } from '../ui/Portrait.tsx';
import type { Words } from './wording.ts';

type ChallengeView = Extract<CheckInView, { phase: 'challenge' }>;

const OPEN_EYES = ['M38 44v.2', 'M62 44v.2'];
const CALM_MOUTH = 'M41 66h18';
/** The whole face, and what on it moves. 100 x 100. Left is the person's own, which the mirror shows on the left. */
const TURNED = ['M31 44v.2', 'M52 44v.2', 'M37 48l-6 10h6', 'M33 67h14', 'M16 70H1', 'M7 64l-6 6 6 6'];
const PICTURES: Record<LivenessAction, readonly string[]> = {
  blink: ['M31 42q7 8 14 0', 'M55 42q7 8 14 0', 'M33 48l-2 4', 'M38 49v5', 'M62 49v5', 'M67 48l2 4', CALM_MOUTH],
  'turn-left': TURNED,
  'turn-right': TURNED,
  smile: [...OPEN_EYES, 'M33 58q17 22 34 0z'],
  'open-mouth': [...OPEN_EYES, 'M50 58c7 0 9 5 9 10s-2 10-9 10-9-5-9-10 2-10 9-10z'],
};

function ActionPicture({ action }: { action: LivenessAction | null }) {
  const paths = action === null ? [...OPEN_EYES, CALM_MOUTH] : PICTURES[action];
  return (
    <g className="challenge-action" transform={action === 'turn-right' ? 'translate(100 0) scale(-1 1)' : undefined}>
      <path d="M50 14c20 0 29 14 29 34 0 24-13 40-29 40S21 72 21 48c0-20 9-34 29-34z" />
      {paths.map((d) => (
        <path key={d} d={d} />
      ))}
    </g>
  );
}

/** What is left of the time: a ring that empties, and the seconds for whoever wants no movement. */
function Countdown({ answerMs, endsAt }: { answerMs: number; endsAt: number }) {
  const [left, setLeft] = useState(() => Math.max(0, Math.min(answerMs, endsAt - Date.now())));
  const [ran] = useState(answerMs - left);
  useEffect(() => {
    const timer = setInterval(() => setLeft(Math.max(0, Math.min(answerMs, endsAt - Date.now()))), 250);
    return () => clearInterval(timer);
  }, [answerMs, endsAt]);
  return (
    <>
      <circle
        className="challenge-left"
        cx="70"
        cy="70"
        r="64"
        pathLength="100"
        style={{ animationDuration: `${answerMs}ms`, animationDelay: `${-ran}ms` }}
      />
      <text className="challenge-seconds" x="126" y="134" textAnchor="middle">
        {Math.ceil(left / 1000)}
      </text>
    </>
  );
}

export function Challenge({ view, words }: { view: ChallengeView; words: Words }) {
  const { action, answerMs, endsAt } = view;
  return (
    <div className="challenge">
      <div className="challenge-who">
        <Portrait picture={view.picture} name={view.name} size="medium" />
        <p className="challenge-name">{view.name}</p>
      </div>
      <svg className="challenge-picture" viewBox="0 0 140 140" aria-hidden="true" focusable="false">
        <circle className="challenge-ring" cx="70" cy="70" r="64" />
        {action === null ? null : <Countdown key={endsAt} answerMs={answerMs} endsAt={endsAt} />}
        <g transform="translate(20 20)">
          <ActionPicture action={action} />
        </g>
      </svg>
      <h1 className="message-title">{words.title}</h1>
      <p className="message-detail">{words.detail}</p>
    </div>
  );
}
