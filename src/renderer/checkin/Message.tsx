/** Everything that is said in words: one large line, one that helps. */
import { Icon, type IconName } from '../ui/Icon.tsx';
import type { Situation } from './situation.ts';
import type { Words } from './wording.ts';

function iconOf(situation: Situation): IconName {
  switch (situation.kind) {
    case 'moment':
    case 'opening-camera':
      return 'moment';
    case 'camera':
      return 'camera-off';
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
          return 'hello';
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
    </div>
  );
}
