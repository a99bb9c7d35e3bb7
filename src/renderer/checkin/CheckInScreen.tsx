/** The kiosk's face: the mirror on one side, the words on the other. Both keep their place whatever happens. */
import { useTranslation } from 'react-i18next';
import { useKiosk } from '../state/kiosk.ts';
import { enterDesk } from '../state/operator.ts';
import { Button } from '../ui/Button.tsx';
import { Icon } from '../ui/Icon.tsx';
import { Challenge } from './Challenge.tsx';
import { Choose } from './Choose.tsx';
import { Idle } from './Idle.tsx';
import { LanguageSwitch } from './LanguageSwitch.tsx';
import { Message } from './Message.tsx';
import { Mirror } from './Mirror.tsx';
import { Result } from './Result.tsx';
import type { Situation } from './situation.ts';
import { useSituation } from './useSituation.ts';
import type { Words } from './wording.ts';
import './checkin.css';

function Pane({ situation, words, language }: { situation: Situation; words: Words; language: string }) {
  if (situation.kind === 'view') {
    const { view } = situation;
    if (view.phase === 'idle') return <Idle words={words} language={language} />;
    if (view.phase === 'challenge') return <Challenge view={view} words={words} />;
    if (view.phase === 'choose') return <Choose key={view.personId} view={view} words={words} />;
    if (view.phase === 'match' || view.phase === 'already')
      return <Result view={view} words={words} language={language} />;
  }
  return <Message situation={situation} words={words} />;
}

export function CheckInScreen() {
  const { t } = useTranslation();
  const { situation, words, language } = useSituation();
  const kioskName = useKiosk((s) => s.status?.settings.kioskName ?? '');
  const reached = useKiosk((s) => s.status !== null);
  return (
    <main className="checkin" data-tone={words.tone}>
      <Mirror />
      <div className="checkin-words">
        <header className="checkin-bar">
          <span className="checkin-kiosk">{kioskName}</span>
          <LanguageSwitch />
          <Button kind="quiet" onPress={enterDesk} isDisabled={!reached} className="checkin-operator">
            <Icon name="desk" />
            <span>{t('checkin.operator')}</span>
          </Button>
        </header>
        <Pane situation={situation} words={words} language={language} />
      </div>
    </main>
  );
}
