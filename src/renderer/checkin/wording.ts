/** A situation in words: what is written large, what below it, and what a screen reader says. */
import type { TFunction } from 'i18next';
import type { CheckInView } from '../../shared/domain.ts';
import { ERROR_CODES } from '../../shared/errors.ts';
import { clockTime } from '../ui/format.ts';
import type { Situation, Trouble } from './situation.ts';

/** `idle` nobody there; `guide` do something; `good`; `neutral` a normal outcome that is no check-in; `warn` it is broken. */
export type Tone = 'idle' | 'guide' | 'good' | 'neutral' | 'warn';

export interface Words {
  readonly tone: Tone;
  readonly title: string;
  readonly detail: string;
  /** For the role="status" region; empty: say nothing. */
  readonly speech: string;
}

const KNOWN: readonly string[] = ERROR_CODES;

/** Title and what to do for an error. A code this screen has no words for is told in the kiosk's own. */
export function troubleWords(trouble: Trouble, t: TFunction): { readonly title: string; readonly detail: string } {
  if (!KNOWN.includes(trouble.code)) return { title: trouble.message, detail: trouble.todo ?? '' };
  const params = { ...trouble.params };
  return { title: t(`error.${trouble.code}.title`, params), detail: t(`error.${trouble.code}.todo`, params) };
}

function plain(tone: Tone, title: string, detail: string): Words {
  return { tone, title, detail, speech: detail === '' ? title : `${title}. ${detail}` };
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
      return plain('neutral', t('checkin.ambiguous.title'), t('checkin.ambiguous.detail'));
    case 'error': {
      const { title, detail } = troubleWords(view.error, t);
      return plain('warn', title, detail);
    }
  }
}

/** @param greeting the operator's own line for a check-in, with `{name}`; null: the usual words. */
export function wordsOf(situation: Situation, t: TFunction, language: string, greeting: string | null = null): Words {
  switch (situation.kind) {
    case 'moment':
      return plain('neutral', t('checkin.moment.title'), t(`checkin.moment.${situation.why}`));
    case 'refused':
      return plain('warn', t('checkin.refused.title'), t('checkin.refused.detail'));
    case 'trouble': {
      const { title, detail } = troubleWords(situation.trouble, t);
      return plain('warn', title, detail);
    }
    case 'camera':
      return plain('warn', t(`camera.${situation.problem}.title`), t(`camera.${situation.problem}.todo`));
    case 'opening-camera':
      return plain('neutral', t('checkin.moment.title'), t('checkin.moment.camera'));
    case 'view':
      return viewWords(situation.view, t, language, greeting);
  }
}
