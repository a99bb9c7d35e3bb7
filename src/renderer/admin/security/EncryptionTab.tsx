import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { EncryptionRequest, EncryptionStatus } from '../../../shared/security.ts';
import { Button, type ButtonKind } from '../../components/Button.tsx';
import { CheckboxField } from '../../components/Choice.tsx';
import { ConfirmDialog, Modal } from '../../components/Dialog.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { kiosk } from '../../state/kiosk.ts';
import { NewPassphrase, NOTHING_TYPED, readyPassphrase } from './security-text.tsx';

function SecretDialog({
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
            <strong>{t('security.lost.title')}</strong> {t('security.lost.detail')}
          </p>
        </div>
        <NewPassphrase typed={typed} onTyped={setTyped} autoFocus />
        <CheckboxField
          on={written}
          onChange={setWritten}
          title={t('security.written')}
          detail={t('security.writtenDetail')}
        />
        <p className="soft">{t('security.closes')}</p>
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

/** What can be done; each has its words. */
type Step = 'passphrase' | 'keyStore' | 'otherPassphrase' | 'otherKeyStore' | 'rotate' | 'off';

const REQUEST = {
  keyStore: { what: 'on', secret: { method: 'safe-storage' } },
  otherKeyStore: { what: 'secret-changed', secret: { method: 'safe-storage' } },
  rotate: { what: 'rotated' },
  off: { what: 'off' },
} as const satisfies Partial<Record<Step, EncryptionRequest>>;
type Plain = keyof typeof REQUEST;
const isPlain = (step: Step): step is Plain => Object.hasOwn(REQUEST, step);

const stepsOf = ({ encrypted, keyStore, method }: EncryptionStatus): readonly Step[] => {
  if (!encrypted) return keyStore ? ['passphrase', 'keyStore'] : ['passphrase'];
  return [
    'otherPassphrase',
    ...(keyStore && method !== 'safe-storage' ? ['otherKeyStore' as const] : []),
    'rotate',
    'off',
  ];
};
const kindOf = (step: Step): ButtonKind => (step === 'off' ? 'danger' : step === 'passphrase' ? 'primary' : 'plain');

export function EncryptionTab({ encryption }: { encryption: EncryptionStatus }) {
  const { t } = useTranslation();
  const { encrypted, method } = encryption;
  const [asked, setAsked] = useState<Step | null>(null);
  const [error, setError] = useState<unknown>(null);
  const close = (): void => setAsked(null);
  const change = (request: EncryptionRequest): void => {
    close();
    setError(null);
    // When it is accepted the kiosk closes, and this screen with it.
    kiosk().changeEncryption(request).catch(setError);
  };
  return (
    <>
      <section
        className={`card security-state ${encrypted ? '' : 'card-warn'}`}
        aria-label={t('security.tab.encryption')}
      >
        <Icon name={encrypted ? 'shield' : 'warning'} />
        <div className="stack security-words">
          <h2 className="card-title">{encrypted ? t('security.encrypted.title') : t('security.plain.title')}</h2>
          <p>{encrypted ? t('security.encrypted.detail') : t('security.plain.detail')}</p>
          {method === null ? null : <p>{t(`security.opensBy.${method}`)}</p>}
        </div>
      </section>
      {error === null ? null : <Problem error={error} />}
      <section className="card" aria-label={t('security.change')}>
        <h2 className="card-title">{t('security.change')}</h2>
        <p className="soft">{t('security.closes')}</p>
        <ul className="plain-list">
          {stepsOf(encryption).map((step) => (
            <li key={step} className="row security-step">
              <span className="row-main">
                <strong>{t(`security.step.${step}.name`)}</strong>
                <span className="soft">{t(`security.step.${step}.about`)}</span>
              </span>
              <Button kind={kindOf(step)} onPress={() => setAsked(step)}>
                {t(`security.step.${step}.do`)}
              </Button>
            </li>
          ))}
        </ul>
      </section>
      {asked === null ? null : isPlain(asked) ? (
        <ConfirmDialog
          title={t(`security.step.${asked}.ask`)}
          detail={`${t(`security.step.${asked}.askDetail`)} ${t('security.closes')}`}
          action={t(`security.step.${asked}.do`)}
          kind={asked === 'off' ? 'danger' : 'primary'}
          onClose={close}
          onConfirm={() => change(REQUEST[asked])}
        />
      ) : (
        <SecretDialog
          title={t(`security.step.${asked}.name`)}
          action={t(`security.step.${asked}.do`)}
          onClose={close}
          onPassphrase={(passphrase) =>
            change({
              what: asked === 'passphrase' ? 'on' : 'secret-changed',
              secret: { method: 'passphrase', passphrase },
            })
          }
        />
      )}
    </>
  );
}
