/** One thing that happened, and what can be done about it from here. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { KioskStatus } from '../../../shared/domain.ts';
import { troubleWords } from '../../checkin/wording.ts';
import { kiosk } from '../../state/kiosk.ts';
import { goTo } from '../../state/operator.ts';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { changeWords } from './change-words.ts';

type Notice = KioskStatus['notices'][number];

/**
 * A notice tells of one event, in the kiosk's own words, which are English: the code's general words would hide which event
 * it was. Where another language is spoken they go before it. A change of the data as a whole has words for each kind of it.
 */
function Words({ notice, language }: { notice: Notice; language: string }) {
  const { t } = useTranslation();
  const changed = changeWords(notice, t);
  if (changed !== null) return <p>{changed}</p>;
  const own = (
    <>
      <strong>{notice.message}</strong> {notice.kept} {notice.todo}
    </>
  );
  if (language === 'en') return <p>{own}</p>;
  const { title, detail } = troubleWords(notice, t);
  const isKnown = title !== notice.message;
  return (
    <div>
      {isKnown ? (
        <p>
          <strong>{title}</strong> {detail}
        </p>
      ) : null}
      <p lang="en" className={isKnown ? 'notice-own' : ''}>
        {own}
      </p>
    </div>
  );
}

function ClockButton() {
  const { t } = useTranslation();
  const [error, setError] = useState<unknown>(null);
  return (
    <>
      {error === null ? null : <Problem error={error} />}
      <div className="button-row">
        <Button
          onPress={() =>
            kiosk()
              .confirmClock()
              .then(() => setError(null), setError)
          }
        >
          {t('health.clockRight')}
        </Button>
      </div>
    </>
  );
}

export function NoticeLine({ notice, language }: { notice: Notice; language: string }) {
  const { t } = useTranslation();
  const isGood = notice.code === 'data-changed' && notice.params?.['what'] !== 'failed';
  return (
    <li className="notice">
      <Icon name={isGood ? 'check' : 'warning'} />
      <div className="notice-words">
        <Words notice={notice} language={language} />
        {notice.code === 'clock-doubtful' ? <ClockButton /> : null}
        {notice.code === 'not-encrypted' || notice.code === 'backup-failed' ? (
          <div className="button-row">
            <Button onPress={() => goTo('safety')}>{t('safety.open')}</Button>
          </div>
        ) : null}
      </div>
    </li>
  );
}
