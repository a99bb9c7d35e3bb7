/** The model that tells people apart: which one is in use, what it is, and the others that are here. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { Choice } from '../../ui/Choice.tsx';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { ModelCardDialog } from './ModelCardDialog.tsx';
import type { PartProps } from './SettingsScreen.tsx';

export function ModelSettings({ settings, change }: PartProps) {
  const { t } = useTranslation();
  const models = useKiosk((s) => s.status?.models);
  const [wanted, setWanted] = useState<string | null>(null);
  const [card, setCard] = useState<string | null>(null);
  const embedders = (models ?? []).filter((m) => m.kind === 'embedder' && m.state === 'ready');
  const inUse = embedders.find((m) => m.inUse);
  const chosen = settings.embedder ?? inUse?.id ?? '';
  return (
    <section className="card stack" aria-label={t('settings.model')}>
      <h2 className="card-title">{t('settings.model')}</h2>
      {embedders.length === 0 ? (
        <p>{t('settings.modelNone')}</p>
      ) : (
        <Choice
          label={t('settings.modelChoice')}
          value={chosen}
          onChange={setWanted}
          options={embedders.map(({ id, licence, inUse: used }) => ({
            value: id,
            label: id,
            detail: used ? t('settings.modelUsed', { licence }) : t('settings.modelReady', { licence }),
          }))}
        />
      )}
      <div className="button-row">
        {embedders.map(({ id }) => (
          <Button key={id} onPress={() => setCard(id)}>
            {t('settings.modelCard', { model: id })}
          </Button>
        ))}
      </div>
      {wanted === null ? null : (
        <ConfirmDialog
          title={t('settings.modelChange')}
          detail={t('settings.modelChangeDetail', { model: wanted })}
          action={t('settings.modelDo')}
          kind="primary"
          onClose={() => setWanted(null)}
          onConfirm={() => {
            change({ embedder: wanted });
            setWanted(null);
          }}
        />
      )}
      {card === null ? null : <ModelCardDialog id={card} onClose={() => setCard(null)} />}
    </section>
  );
}
