/** "Coming or going?": two answers, the likelier one first and under the finger of whoever uses a keyboard. */
import { useEffect, useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { CheckInView, Direction } from '../../shared/domain.ts';
import { kiosk } from '../state/kiosk.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Portrait } from '../ui/Portrait.tsx';
import { Problem } from '../ui/Problem.tsx';
import type { Words } from './wording.ts';

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
