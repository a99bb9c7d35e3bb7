import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from './Button.tsx';
import { Icon } from './Icon.tsx';

export function PageHeader({
  title,
  onBack,
  children = null,
}: {
  title: string;
  onBack: () => void;
  children?: ReactNode;
}) {
  const { t } = useTranslation();
  return (
    <div className="admin-head">
      <div className="back-head">
        <Button kind="quiet" className="button-icon" aria-label={t('ui.back')} onPress={onBack}>
          <Icon name="back" />
        </Button>
        <h1 className="admin-title">{title}</h1>
      </div>
      {children}
    </div>
  );
}
