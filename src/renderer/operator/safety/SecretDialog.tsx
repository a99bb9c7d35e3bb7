/** A new passphrase for the data: typed twice, and written down before it is used. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { Modal } from '../../ui/Modal.tsx';
import { Tick } from '../../ui/Tick.tsx';
import { NewPassphrase } from './NewPassphrase.tsx';
import { NOTHING_TYPED, readyPassphrase } from './passphrase.ts';

export function SecretDialog({
  title,
  action,
  onClose,
  onPassphrase,
}: {
  title: string;
  action: string;
  onClose: () => void;
  onPassphrase: (passphrase: string) => void;
}) {
  const { t } = useTranslation();
  const [typed, setTyped] = useState(NOTHING_TYPED);
  const [written, setWritten] = useState(false);
  const passphrase = readyPassphrase(typed);
  return (
    <Modal title={title} size="wide" onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (passphrase !== null && written) onPassphrase(passphrase);
        }}
      >
        <div className="problem secret-warning">
          <Icon name="warning" />
          <p>
            <strong>{t('safety.lost.title')}</strong> {t('safety.lost.detail')}
          </p>
        </div>
        <NewPassphrase typed={typed} onTyped={setTyped} autoFocus />
        <Tick on={written} onChange={setWritten} title={t('safety.written')} detail={t('safety.writtenDetail')} />
        <p className="soft">{t('safety.closes')}</p>
        <div className="button-row button-row-end">
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <Button kind="primary" type="submit" isDisabled={passphrase === null || !written}>
            {action}
          </Button>
        </div>
      </form>
    </Modal>
  );
}
