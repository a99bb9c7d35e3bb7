import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { goTo } from '../../state/operator.ts';
import { Button } from '../../ui/Button.tsx';
import { count } from '../../ui/format.ts';
import { Icon } from '../../ui/Icon.tsx';
import { forgetImport, useImport } from './import-run.ts';
import { RefusedList } from './RefusedList.tsx';

export function ImportReport() {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const { enrolled, added, refused, plan } = useImport();
  const missing = (plan?.people.length ?? 0) - enrolled;
  return (
    <>
      <div className="import-done" role="alert">
        <span className="done-check">
          <Icon name="check" />
        </span>
        <div>
          <p className="import-sum">
            <strong>{t('import.done.people', { count: enrolled, number: count(enrolled, language) })}</strong>,{' '}
            {t('import.done.added', { count: added, number: count(added, language) })}
          </p>
          <p className="soft">
            {missing > 0 ? t('import.done.missing', { count: missing }) : t('import.done.everyone')}
          </p>
        </div>
      </div>
      <RefusedList refused={refused} />
      <div className="button-row button-row-end">
        <Button onPress={forgetImport}>{t('import.done.another')}</Button>
        <Button
          kind="primary"
          onPress={() => {
            forgetImport();
            goTo('people');
          }}
        >
          {t('import.done.toPeople')}
        </Button>
      </div>
    </>
  );
}
