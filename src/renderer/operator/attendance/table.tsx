/** What both tables share. */
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import type { ReportPerson } from './figures.ts';

/** Rows put on the screen at a time: a table of ten thousand would hold the page up. */
export const SHOWN = 100;

export function PersonCell({
  person,
  remark,
  onOpen,
}: {
  person: ReportPerson;
  remark: string;
  onOpen: (personId: string) => void;
}) {
  const under = [person.group ?? '', remark].filter((words) => words !== '').join(' · ');
  return (
    <th scope="row">
      <Button kind="quiet" className="report-person" onPress={() => onOpen(person.id)}>
        <strong>{person.name}</strong>
        {under === '' ? null : <span className="soft report-under">{under}</span>}
      </Button>
    </th>
  );
}

export function More({ hidden, onMore }: { hidden: number; onMore: () => void }) {
  const { t } = useTranslation();
  if (hidden <= 0) return null;
  return (
    <div className="button-row report-more">
      <Button onPress={onMore}>{t('attendance.more', { count: hidden })}</Button>
    </div>
  );
}
