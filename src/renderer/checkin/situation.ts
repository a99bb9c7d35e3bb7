/** Which of all the things that are so the check-in screen is about. Pure: the order here is the whole rule. */
import type { TFunction } from 'i18next';
import { useTranslation } from 'react-i18next';
import type { CameraTurn, CheckInView, KioskStatus } from '../../shared/domain.ts';
import { errorText } from '../../shared/errors.ts';
import type { LinkState } from '../api/socket.ts';
import { type CameraProblem, type CameraState, useCamera } from '../camera/camera-stream.ts';
import { together, type Trouble, troubleWords } from '../components/Feedback.tsx';
import { clockTime } from '../components/format.ts';
import { useCheckInView, useKiosk } from '../state/kiosk.ts';
import { useLanguage } from '../state/operator.ts';

export type Situation =
  /** Being started, or vision is coming back: it passes by itself. */
  | { readonly kind: 'moment'; readonly why: 'starting' | 'restarting' | 'connection' }
  /** A page without a token: opened by hand, not by Lintel. */
  | { readonly kind: 'refused' }
  | { readonly kind: 'trouble'; readonly trouble: Trouble }
  | { readonly kind: 'camera'; readonly problem: CameraProblem }
  | { readonly kind: 'opening-camera' }
  /** The picture would be upright with this setting. */
  | { readonly kind: 'turned'; readonly turn: CameraTurn }
  | { readonly kind: 'view'; readonly view: CheckInView };

export interface Facts {
  readonly link: LinkState | 'connecting';
  readonly status: Pick<KioskStatus, 'vision' | 'trouble'> | null;
  readonly camera: Pick<CameraState, 'problem'> &
    Partial<Pick<CameraState, 'mended'>> & {
      readonly live: boolean;
      readonly turned?: CameraTurn | null;
    };
  readonly view: CheckInView;
}

/** Somebody was recognised: what the frames were like a moment ago, or that all but a lit face is dark, is not to hide it. */
const isAboutSomebody = ({ phase }: CheckInView): boolean =>
  phase === 'match' || phase === 'already' || phase === 'challenge' || phase === 'choose';

const own = (code: string): Situation => ({ kind: 'trouble', trouble: { code, message: '' } });

/** What nothing can be done without comes first; what only spoils one check-in comes last. */
export function situationOf({ link, status, camera, view }: Facts): Situation {
  if (link === 'refused') return { kind: 'refused' };
  if (link === 'down') return { kind: 'moment', why: 'connection' };
  if (link === 'connecting' || status === null) return { kind: 'moment', why: 'starting' };
  if (status.vision === 'restarting') return { kind: 'moment', why: 'restarting' };
  if (status.trouble !== null) return { kind: 'trouble', trouble: status.trouble };
  if (status.vision === 'no-models') return own('model-missing');
  if (status.vision === 'stopped') return own('vision-stopped');
  const { problem, mended = false, turned = null } = camera;
  const seesAll = mended || problem === 'blind';
  if (problem !== null && !(seesAll && isAboutSomebody(view))) return { kind: 'camera', problem };
  if (status.vision === 'starting') return { kind: 'moment', why: 'starting' };
  if (!camera.live) return { kind: 'opening-camera' };
  if (view.phase === 'error' && view.error.code === 'vision-restarting') return { kind: 'moment', why: 'restarting' };
  if (turned !== null && view.phase !== 'error' && !isAboutSomebody(view)) return { kind: 'turned', turn: turned };
  return { kind: 'view', view };
}

// A situation in words: what is written large, what below it, and what a screen reader says.

/** `idle` nobody there; `guide` do something; `good`; `neutral` a normal outcome that is no check-in; `warn` it is broken. */
type Tone = 'idle' | 'guide' | 'good' | 'neutral' | 'warn';

export interface Words {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
  /** For the role="status" region; empty: say nothing. */
  readonly speech: string;
}

/** What only the operator can put right. */
const FOR_THE_DESK = /^(vision-stopped|disk-full|internal|(model|store|vault)-.*)$/;

/** At the door nobody can free a disk: what to do stands under Health, and a visitor asks at the desk. */
function doorTrouble(trouble: Trouble, t: TFunction): Words {
  if (!FOR_THE_DESK.test(trouble.code)) {
    const { title, detail } = troubleWords(trouble, t);
    return plain('warn', title, detail);
  }
  const { happened, kept } = errorText(trouble, t('ui.language'));
  return plain('warn', happened, together(t('checkin.askDesk'), kept));
}

function plain(tone: Tone, title: string, detail: string): Words {
  const sentence = /[.!?]$/.test(title) ? title : `${title}.`;
  return { tone, title, detail, speech: detail === '' ? title : `${sentence} ${detail}` };
}

function viewWords(view: CheckInView, t: TFunction, language: string, greeting: string | null): Words {
  switch (view.phase) {
    case 'idle':
      return plain('idle', t('checkin.idle.title'), '');
    case 'present':
      return plain('guide', t(`checkin.present.${view.issue}.title`), t(`checkin.present.${view.issue}.detail`));
    case 'looking':
      return plain('guide', t('checkin.looking.title'), view.several ? t('checkin.looking.several') : '');
    case 'match':
    case 'already': {
      const what = t(`checkin.${view.phase}.${view.direction}`);
      return {
        tone: 'good',
        title: view.name,
        detail: view.phase === 'match' && greeting !== null ? greeting.replaceAll('{name}', view.name) : what,
        speech: t('checkin.spoken', { name: view.name, what, time: clockTime(view.at, language) }),
      };
    }
    case 'challenge': {
      const { name, action, tryNumber } = view;
      if (action === null && tryNumber === 1)
        return {
          ...plain('guide', t('checkin.challenge.soon.title'), t('checkin.challenge.soon.detail')),
          speech: t('checkin.challenge.soon.spoken', { name }),
        };
      if (action === null)
        return plain('guide', t('checkin.challenge.again.title'), t('checkin.challenge.again.detail'));
      return {
        tone: 'guide',
        title: t(`checkin.challenge.${action}.title`),
        detail: t(`checkin.challenge.${action}.detail`),
        speech: t(`checkin.challenge.${action}.spoken`, { name }),
      };
    }
    case 'not-live':
      return plain('neutral', t('checkin.not-live.title'), t('checkin.not-live.detail'));
    case 'choose':
      return plain('guide', view.name, t('checkin.choose.detail'));
    case 'unknown':
      return plain('neutral', t('checkin.unknown.title'), t('checkin.unknown.detail'));
    case 'ambiguous':
      return view.repeated === true
        ? plain('neutral', t('checkin.ambiguous.repeated.title'), t('checkin.ambiguous.repeated.detail'))
        : plain('neutral', t('checkin.ambiguous.title'), t('checkin.ambiguous.detail'));
    case 'error':
      return doorTrouble(view.error, t);
  }
}

/** @param greeting the operator's own line for a check-in, with `{name}`; null: the usual words. */
export function wordsOf(situation: Situation, t: TFunction, language: string, greeting: string | null = null): Words {
  switch (situation.kind) {
    case 'moment':
      return plain('neutral', t('checkin.moment.title'), t(`checkin.moment.${situation.why}`));
    case 'refused':
      return plain('warn', t('checkin.refused.title'), t('checkin.refused.detail'));
    case 'trouble':
      return doorTrouble(situation.trouble, t);
    case 'camera':
      return plain('warn', t(`camera.${situation.problem}.title`), t(`camera.${situation.problem}.todo`));
    case 'opening-camera':
      return plain('neutral', t('checkin.moment.title'), t('checkin.moment.camera'));
    case 'turned':
      return plain('warn', t('camera.turned.title'), t('camera.turned.todo'));
    case 'view':
      return viewWords(situation.view, t, language, greeting);
  }
}

export function useSituation(): { readonly situation: Situation; readonly words: Words; readonly language: string } {
  const { t } = useTranslation();
  const link = useKiosk((s) => s.link);
  const status = useKiosk((s) => s.status);
  const live = useCamera((s) => s.stream !== null);
  const problem = useCamera((s) => s.problem);
  const mended = useCamera((s) => s.mended);
  const turned = useCamera((s) => s.turned);
  const view = useCheckInView((s) => s.view);
  const language = useLanguage();
  const situation = situationOf({ link, status, camera: { live, problem, mended, turned }, view });
  return { situation, language, words: wordsOf(situation, t, language, status?.settings.greeting ?? null) };
}
