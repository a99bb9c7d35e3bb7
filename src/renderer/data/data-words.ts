import type { TFunction } from 'i18next';
import type { DataState } from '../../shared/security.ts';
import { troubleWords } from '../components/Feedback.tsx';

export type ClosedData = Exclude<DataState, { state: 'open' }>;

interface DataWords {
  readonly title: string;
  readonly detail: string;
  /** For the live region. Without numbers that change: nobody wants every file read out. */
  readonly speech: string;
}

const said = (title: string, detail: string): DataWords => ({ title, detail, speech: `${title}. ${detail}` });

export function dataWords(data: ClosedData, t: TFunction): DataWords {
  switch (data.state) {
    case 'locked':
      return said(t('data.locked.title'), t('data.locked.detail'));
    case 'working':
      return said(t('ui.loading'), t(`data.working.${data.what}`));
    case 'closed': {
      const { title, detail } = troubleWords(data.problem, t);
      // The problem itself stands below as an alert, and is read as one.
      return { title: t('data.closed.title'), detail: t('data.closed.detail'), speech: `${title} ${detail}` };
    }
  }
}
