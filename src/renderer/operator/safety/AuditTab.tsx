/** Who did what: the audit journal, and whether it is as it was written. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { AuditCheckDialog } from './AuditCheckDialog.tsx';
import { AuditList } from './AuditList.tsx';
import { useAudit } from './useAudit.ts';

export function AuditTab() {
  const { t } = useTranslation();
  const [checking, setChecking] = useState(false);
  const { lines, total, hasMore, error, more } = useAudit();
  return (
    <>
      <section className="card safety-about" aria-label={t('safety.audit.title')}>
        <div>
          <h2 className="card-title">{t('safety.audit.title')}</h2>
          <p className="soft">{t('safety.audit.about')}</p>
        </div>
        <Button kind="primary" onPress={() => setChecking(true)}>
          <Icon name="search" />
          {t('safety.audit.check')}
        </Button>
      </section>
      {error === null ? null : <Problem error={error} />}
      {total === 0 ? <p className="empty">{t('safety.audit.none')}</p> : null}
      {lines.length === 0 ? null : <AuditList lines={lines} total={total ?? 0} hasMore={hasMore} onMore={more} />}
      {checking ? <AuditCheckDialog onClose={() => setChecking(false)} /> : null}
    </>
  );
}
