import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CameraTurn, CheckInView, Direction } from '../../shared/domain.ts';
import type { LivenessAction } from '../../shared/liveness.ts';
import { Button } from '../components/Button.tsx';
import { Problem } from '../components/Feedback.tsx';
import { Icon, type IconName } from '../components/Icon.tsx';
import { Portrait } from '../components/Picture.tsx';
import { clockTime } from '../components/format.ts';
import { kiosk, turnCamera } from '../state/kiosk.ts';
import { asOperator } from '../state/operator.ts';
import type { Situation, Words } from './situation.ts';

function iconOf(situation: Situation): IconName {
  switch (situation.kind) {
    case 'moment':
    case 'opening-camera':
      return 'moment';
    case 'camera':
      return 'camera-off';
    case 'turned':
      return 'retake';
    case 'refused':
      return 'lock';
    case 'trouble':
      return 'warning';
    case 'view':
      switch (situation.view.phase) {
        case 'present':
          return PRESENT[situation.view.issue];
        case 'unknown':
        case 'not-live':
          return 'question';
        case 'ambiguous':
          return 'people';
        case 'error':
          return 'warning';
        default:
          return 'look';
      }
  }
}

const PRESENT = {
  truncated: 'frame',
  'too-small': 'closer',
  'too-dark': 'light',
  'too-bright': 'light',
  turned: 'look',
  tilted: 'look',
  blurred: 'still',
  outside: 'frame',
  several: 'people',
} as const satisfies Record<
  Extract<Extract<Situation, { kind: 'view' }>['view'], { phase: 'present' }>['issue'],
  IconName
>;

export function Message({ situation, words }: { situation: Situation; words: Words }) {
  return (
    <div className="message" data-tone={words.tone}>
      <span className="message-icon">
        <Icon name={iconOf(situation)} />
      </span>
      <h1 className="message-title">{words.title}</h1>
      <p className="message-detail">{words.detail}</p>
      {situation.kind === 'turned' ? <TurnButton turn={situation.turn} /> : null}
    </div>
  );
}

/** Mends a camera that is mounted on its side: the operator's PIN is asked for, and that is all. */
function TurnButton({ turn }: { turn: CameraTurn }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  return (
    <>
      <Button
        kind="primary"
        className="message-action"
        onPress={() => asOperator(() => turnCamera(turn).catch(setError))}
      >
        <Icon name="retake" />
        <span>{t('camera.turned.mend')}</span>
      </Button>
      {error === null ? null : <Problem error={error} />}
    </>
  );
}

// "Please turn your head": the action as a picture within a ring that runs out, its words, and whom it is put to.

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
    <g transform={action === 'turn-right' ? 'translate(100 0) scale(-1 1)' : undefined}>
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

// "Coming or going?": two answers, the likelier one first and under the finger of whoever uses a keyboard.

export function Choose({ view, words }: { view: Extract<CheckInView, { phase: 'choose' }>; words: Words }) {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  const [before] = useState(() => document.activeElement);
  const answered = useRef(false);

  // Whoever had the focus gets it back when the question is gone.
  useEffect(
    () => () => {
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    },
    [before],
  );

  const answer = (direction: Direction): void => {
    if (answered.current) return;
    answered.current = true;
    setError(null);
    kiosk()
      .chooseDirection({ direction })
      .catch((problem: unknown) => {
        answered.current = false;
        setError(problem);
      });
  };
  const order: readonly Direction[] = view.suggested === 'in' ? ['in', 'out'] : ['out', 'in'];
  return (
    <div className="choose">
      <div className="choose-who">
        <Portrait picture={view.picture} name={view.name} size="medium" />
        <h1 className="choose-name">{words.title}</h1>
      </div>
      <p className="choose-what">{words.detail}</p>
      <div className="choose-answers">
        {order.map((direction) => (
          <Button
            key={direction}
            kind={direction === view.suggested ? 'primary' : 'plain'}
            className="choose-answer"
            autoFocus={direction === view.suggested}
            onPress={() => answer(direction)}
          >
            <Icon name={direction} />
            <span>{t(`checkin.choose.${direction}`)}</span>
          </Button>
        ))}
      </div>
      {error === null ? null : <Problem error={error} />}
    </div>
  );
}

// "That's you": the name as large as it fits, the photo, the time.

type Recognised = Extract<CheckInView, { phase: 'match' | 'already' }>;

/** Long names step down, but never below what can be read from a metre. */
const sizeOf = (name: string): 'large' | 'medium' | 'small' =>
  name.length <= 14 ? 'large' : name.length <= 26 ? 'medium' : 'small';

export function Result({ view, words, language }: { view: Recognised; words: Words; language: string }) {
  return (
    <div className="result" data-phase={view.phase}>
      <div className="result-photo">
        <Portrait picture={view.picture} name={view.name} size="large" />
        <span className="result-check">
          <Icon name="check" />
        </span>
      </div>
      <h1 className="result-name" data-size={sizeOf(view.name)}>
        {words.title}
      </h1>
      <p className="result-what">
        <span>{words.detail}</span>
        <time>{clockTime(view.at, language)}</time>
      </p>
    </div>
  );
}
