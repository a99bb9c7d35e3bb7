import type { ReactNode } from 'react';
import { Dialog, Heading, Modal as AriaModal, ModalOverlay } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button, type ButtonKind } from './Button.tsx';
import { Icon } from './Icon.tsx';

interface ModalProps {
  readonly title: string;
  readonly size: 'small' | 'medium' | 'wide' | 'full';
  readonly onClose: () => void;
  readonly children: ReactNode;
  /** `alertdialog` for a question that must be answered. */
  readonly role?: 'dialog' | 'alertdialog';
}

/** A dialog over everything: focus goes in, stays in, and returns where it came from; Escape closes it. */
export function Modal({ title, size, onClose, children, role = 'dialog' }: ModalProps) {
  const { t } = useTranslation();
  return (
    <ModalOverlay isOpen onOpenChange={(open) => !open && onClose()} className="modal-veil">
      <AriaModal className={`modal modal-${size}`}>
        <Dialog role={role} className="modal-dialog">
          <header className="modal-bar">
            <Heading slot="title" level={2} className="modal-title">
              {title}
            </Heading>
            <Button kind="quiet" onPress={onClose} aria-label={t('ui.close')} className="button-icon">
              <Icon name="close" />
            </Button>
          </header>
          {children}
        </Dialog>
      </AriaModal>
    </ModalOverlay>
  );
}

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
