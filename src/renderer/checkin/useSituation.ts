/** The situation of now, and its words, for whoever shows or speaks them. */
import { useTranslation } from 'react-i18next';
import { useCamera } from '../state/camera.ts';
import { useCheckInView } from '../state/checkin.ts';
import { useKiosk } from '../state/kiosk.ts';
import { useLanguage } from '../state/language.ts';
import { situationOf, type Situation } from './situation.ts';
import { wordsOf, type Words } from './wording.ts';

export function useSituation(): { readonly situation: Situation; readonly words: Words; readonly language: string } {
  const { t } = useTranslation();
  const link = useKiosk((s) => s.link);
  const status = useKiosk((s) => s.status);
  const live = useCamera((s) => s.stream !== null);
  const problem = useCamera((s) => s.problem);
  const view = useCheckInView((s) => s.view);
  const language = useLanguage();
  const situation = situationOf({ link, status, camera: { live, problem }, view });
  return { situation, language, words: wordsOf(situation, t, language, status?.settings.greeting ?? null) };
}
