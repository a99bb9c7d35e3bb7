import Markdown, { type MarkdownToJSX } from 'markdown-to-jsx/react';
import { Children, type ComponentProps, Fragment, type ReactNode, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button.tsx';
import { Choice, Select, Switch } from '../../components/Choice.tsx';
import { ConfirmDialog, Modal } from '../../components/Dialog.tsx';
import { COOLDOWNS, PATIENCE, type Patience, patienceOf, secondsWords, withValue } from '../../components/choices.ts';
import { count } from '../../components/format.ts';
import { useKiosk } from '../../state/kiosk.ts';
import type { PartProps } from './use-settings.ts';

/** Risk in people, not cosines: one stranger in so many is taken for somebody enrolled. */
const RISKS = [100, 1_000, 10_000, 100_000] as const;

/** The choice nearest to a risk that was set elsewhere, by ratio. */
export function nearestRisk(risk: number): (typeof RISKS)[number] {
  const distance = (oneIn: number): number => Math.abs(Math.log(risk * oneIn));
  return [...RISKS].sort((a, b) => distance(a) - distance(b))[0] ?? 1_000;
}

/** A kiosk has nowhere else to go and nothing to load: of a link its words are kept, of a picture nothing, and HTML is text. */
const CARD_OPTIONS: MarkdownToJSX.Options = {
  disableParsingRawHTML: true,
  wrapper: Fragment,
  overrides: {
    a: ({ children }: { children?: ReactNode }) => children,
    img: () => null,
    // A table without headings has an empty first row: an empty heading is none.
    th: ({ children, ...cell }: ComponentProps<'th'>) =>
      Children.count(children) === 0 ? <td {...cell} /> : <th {...cell}>{children}</th>,
    // The dialog's title is the second level.
    ...Object.fromEntries(
      ['h1', 'h2', 'h3', 'h4'].map((level) => [level, ({ children }: { children?: ReactNode }) => <h3>{children}</h3>]),
    ),
  },
};

export function ModelCard({ text }: { text: string }) {
  return (
    <div className="markdown">
      <Markdown options={CARD_OPTIONS}>{text}</Markdown>
    </div>
  );
}

// What a model is, how it was made and what it can do: its card, as its makers wrote it.

function ModelCardDialog({ id, onClose }: { id: string; onClose: () => void }) {
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
          <ModelCard text={model.card} />
        )}
      </div>
    </Modal>
  );
}

function ModelSettings({ settings, change }: PartProps) {
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

const OWN = 'own';

export function RecognitionSettings({ settings, change }: PartProps) {
  const { t } = useTranslation();
  const { language, votes } = settings;
  const patience = patienceOf(votes);
  return (
    <>
      <section className="card stack" aria-label={t('settings.recognition')}>
        <h2 className="card-title">{t('settings.recognition')}</h2>
        <Choice
          label={t('settings.risk')}
          value={String(nearestRisk(settings.risk))}
          onChange={(oneIn) => change({ risk: 1 / Number(oneIn) })}
          options={RISKS.map((oneIn) => ({
            value: String(oneIn),
            label: t('settings.riskOneIn', { number: count(oneIn, language) }),
            detail: t(`settings.riskDetail.${oneIn}`),
          }))}
        />
        <p className="soft">{t('settings.riskAbout')}</p>
        <Choice<Patience | typeof OWN>
          label={t('settings.votes')}
          value={patience ?? OWN}
          onChange={(value) => {
            if (value !== OWN) change({ votes: PATIENCE[value] });
          }}
          options={[
            ...(Object.keys(PATIENCE) as Patience[]).map((value) => ({
              value,
              label: t(`settings.patience.${value}.label`),
              detail: t('settings.votesDetail', PATIENCE[value]),
            })),
            ...(patience === null
              ? [
                  {
                    value: OWN,
                    label: t('settings.patience.own.label'),
                    detail: t('settings.votesDetail', votes),
                  } as const,
                ]
              : []),
          ]}
        />
        <Select
          label={t('settings.cooldown')}
          value={String(settings.cooldownSeconds)}
          onChange={(value) => change({ cooldownSeconds: Number(value) })}
          options={withValue<number>(COOLDOWNS, settings.cooldownSeconds).map((seconds) => ({
            value: String(seconds),
            label: seconds === 0 ? t('settings.cooldownNone') : secondsWords(seconds, language),
          }))}
        />
        <p className="soft">{t('settings.cooldownAbout')}</p>
      </section>
      <ModelSettings settings={settings} change={change} />
    </>
  );
}
