/** An error beside the thing it is about: what happened, what was kept, what to do. */
import { useTranslation } from 'react-i18next';
import { reportOf } from '../../shared/errors.ts';
import { troubleWords } from '../checkin/wording.ts';
import { Icon } from './Icon.tsx';

export function Problem({ error }: { error: unknown }) {
  const { t } = useTranslation();
  const report = reportOf(error);
  const { title, detail } = troubleWords(report, t);
  return (
    <div className="problem" role="alert">
      <Icon name="warning" />
      <p>
        <strong>{title}</strong> {detail}
      </p>
    </div>
  );
}
