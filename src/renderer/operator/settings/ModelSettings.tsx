/** The model that tells people apart: which one is in use, what it is, and the others that are here. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { useKiosk } from '../../state/kiosk.ts';
import { Choice } from '../../ui/Choice.tsx';
import { Button } from '../../ui/Button.tsx';
import { ConfirmDialog } from '../../ui/ConfirmDialog.tsx';
import { Switch } from '../../ui/Switch.tsx';
import { ModelCardDialog } from './ModelCardDialog.tsx';
import type { PartProps } from './SettingsScreen.tsx';

export function ModelSettings({ settings, change }: PartProps) {
  const { t } = useTranslation();
  const models = useKiosk((s) => s.status?.models);
  const [wanted, setWanted] = useState<string | null>(null);
  const [card, setCard] = useState<string | null>(null);
  const known = (models ?? []).filter((m) => m.kind === 'embedder');
  const embedders = known.filter((m) => m.state === 'ready');
  const fetchable = known.filter(({ state, download }) => state !== 'ready' && (download?.state ?? 'off') !== 'off');
  const now = settings.embedder ?? embedders.find((m) => m.inUse)?.id ?? '';
  const next = fetchable.find(({ id }) => id === settings.embedderNext);
  const isHere = embedders.some(({ id }) => id === wanted);
  const choose = (id: string): void => {
    // Back to the one in use: nothing is waited for any more.
    if (id === now) change({ embedderNext: null });
    else setWanted(id);
  };
  return (
    <section className="card stack" aria-label={t('settings.model')}>
      <h2 className="card-title">{t('settings.model')}</h2>
      {embedders.length === 0 ? (
        <p>{t('settings.modelNone')}</p>
      ) : (
        <Choice
          label={t('settings.modelChoice')}
          value={next?.id ?? now}
          onChange={choose}
          options={[
            ...embedders.map(({ id, licence, inUse: used }) => ({
              value: id,
              label: id,
              detail: used ? t('settings.modelUsed', { licence }) : t('settings.modelReady', { licence }),
            })),
            ...fetchable.map(({ id, licence, download }) => ({
              value: id,
              label: id,
              detail: t(`settings.modelFetch.${download?.state ?? 'offered'}`, { licence }),
            })),
          ]}
        />
      )}
      <Switch on={settings.fetchModels} onChange={(fetchModels) => change({ fetchModels })}>
        {t('settings.fetchModels')}
      </Switch>
      <p className="soft">{t('settings.fetchModelsAbout')}</p>
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
          detail={`${isHere ? '' : `${t('settings.modelFetchFirst', { model: wanted })} `}${t('settings.modelChangeDetail', { model: wanted })}`}
          action={t('settings.modelDo')}
          kind="primary"
          onClose={() => setWanted(null)}
          onConfirm={() => {
            change(isHere ? { embedder: wanted } : { embedderNext: wanted });
            setWanted(null);
          }}
        />
      )}
      {card === null ? null : <ModelCardDialog id={card} onClose={() => setCard(null)} />}
    </section>
  );
}
