/** An error beside the thing it is about: what happened, what was kept, what to do. */
import { useTranslation } from 'react-i18next';
import { reportOf } from '../../shared/errors.ts';
import type { Trouble } from '../checkin/situation.ts';
import { troubleWords } from '../checkin/wording.ts';
import { Icon } from './Icon.tsx';

/** `error`: whatever was thrown; `report`: one that came as data. */
export function Problem(props: { error: unknown } | { report: Trouble }) {
  const { t } = useTranslation();
  const { title, detail } = troubleWords('report' in props ? props.report : reportOf(props.error), t);
  return (
    <div className="problem" role="alert">
      <Icon name="warning" />
      <p>
        <strong>{title}</strong> {detail}
      </p>
    </div>
  );
}
