/** What a model is, how it was made and what it can do: its card, as its makers wrote it. */
import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { Markdown } from '../../ui/Markdown.tsx';
import { Modal } from '../../ui/Modal.tsx';

export function ModelCardDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation();
  const model = useKiosk((s) => s.status?.models.find((m) => m.id === id));
  if (model === undefined) return null;
  return (
    <Modal title={t('settings.modelCardTitle')} size="full" onClose={onClose}>
      {/* Cards are in English, whatever the screen speaks; scrolled with the keys as well. */}
      <div className="model-card" lang="en" tabIndex={0} role="region" aria-label={t('settings.modelCardTitle')}>
        {model.card === null || model.card === undefined ? (
          <>
            <h3>{model.id}</h3>
            <p>{model.licence}</p>
            <p>{model.licenceNote}</p>
          </>
        ) : (
          <Markdown text={model.card} />
        )}
      </div>
    </Modal>
  );
}
