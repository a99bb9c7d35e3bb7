/** "That's you": the name as large as it fits, the photo, the time. */
import type { CheckInView } from '../../shared/domain.ts';
import { clockTime } from '../ui/format.ts';
import { Icon } from '../ui/Icon.tsx';
import { Portrait } from '../ui/Portrait.tsx';
import type { Words } from './wording.ts';

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
