import { useTranslation } from 'react-i18next';
import type { Person, Sample } from '../../../shared/domain.ts';
import { Button } from '../../ui/Button.tsx';
import { Modal } from '../../ui/Modal.tsx';

export function RemoveSampleDialog({
  person,
  sample,
  busy,
  onClose,
  onRemove,
}: {
  person: Person;
  sample: Sample;
  busy: boolean;
  onClose: () => void;
  onRemove: () => void;
}) {
  const { t } = useTranslation();
  return (
    <Modal role="alertdialog" size="medium" title={t('people.sample.removeTitle')} onClose={onClose}>
      <div className="stack">
        <div className="row">
          {sample.picture === null ? null : <img className="sample-small" src={sample.picture} alt="" />}
          <p>{t('people.sample.removeDetail', { name: person.name })}</p>
        </div>
        <div className="button-row button-row-end">
          <Button onPress={onClose}>{t('ui.cancel')}</Button>
          <Button kind="danger" isDisabled={busy} onPress={onRemove}>
            {t('people.sample.remove')}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
