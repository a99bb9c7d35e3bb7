import { useEffect } from 'react';
import { useTranslation } from 'react-i18next';
import { useCheckInView } from '../state/kiosk.ts';
import { chooseLanguage, LANGUAGES, useVisitorLanguage, useLanguage } from '../state/operator.ts';
import { Button } from './Button.tsx';

/** With nobody there for so long, the kiosk speaks its own language again, ms. */
const BACK_AFTER_MS = 45_000;

/** The other languages, each in its own name, for whoever stands at the kiosk. */
export function LanguageSwitch() {
  const { t } = useTranslation();
  const language = useLanguage();
  const chosen = useVisitorLanguage((s) => s.chosen);
  const idle = useCheckInView((s) => s.view.phase === 'idle');

  useEffect(() => {
    if (chosen === null || !idle) return;
    const timer = setTimeout(() => chooseLanguage(null), BACK_AFTER_MS);
    return () => clearTimeout(timer);
  }, [chosen, idle]);
  useEffect(() => () => chooseLanguage(null), []);

  return LANGUAGES.filter((other) => other !== language).map((other) => (
    <Button key={other} kind="quiet" className="checkin-language" onPress={() => chooseLanguage(other)}>
      <span lang={other}>{t(`settings.languages.${other}`)}</span>
    </Button>
  ));
}
