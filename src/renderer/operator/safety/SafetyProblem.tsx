/** Errors about a folder or a file somebody named: the general words of their codes would not say which. */
import { useTranslation } from 'react-i18next';
import { reportOf } from '../../../shared/errors.ts';
import type { Trouble } from '../../checkin/situation.ts';
import { Problem } from '../../ui/Problem.tsx';

const OWN = ['not-found', 'bad-input', 'store-read-only'] as const;

/** `error`: whatever was thrown; `report`: one that came as data. */
export function SafetyProblem(props: ({ error: unknown } | { report: Trouble }) & { about: 'folder' | 'file' }) {
  const { t } = useTranslation();
  const { about } = props;
  const report: Trouble = 'report' in props ? props.report : reportOf(props.error);
  const own = OWN.find((code) => code === report.code);
  if (own === undefined) return <Problem report={report} />;
  const words = {
    code: '',
    message: t(`safety.problem.${about}.${own}.title`),
    todo: t(`safety.problem.${about}.${own}.todo`),
  };
  return <Problem report={words} />;
}
