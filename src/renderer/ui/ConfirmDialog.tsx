/** A question before something that has consequences. */
import { useTranslation } from 'react-i18next';
import { Button, type ButtonKind } from './Button.tsx';
import { Modal } from './Modal.tsx';

export function ConfirmDialog({
  title,
  detail,
  action,
  kind,
  onConfirm,
  onClose,
}: {
  title: string;
  detail: string;
  /** What is done, as a verb. */
  action: string;
  kind: ButtonKind;
  onConfirm: () => void;
  onClose: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal title={title} size="medium" role="alertdialog" onClose={onClose}>
      <div className="stack">
        <p>{detail}</p>
        <div className="button-row button-row-end">
          <Button autoFocus onPress={onClose}>
            {t('ui.cancel')}
          </Button>
          <Button kind={kind} onPress={onConfirm}>
            {action}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
