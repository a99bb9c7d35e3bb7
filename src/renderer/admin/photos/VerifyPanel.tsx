import './verify.css';
import { useRef, useState } from 'react';
import { useTranslation } from 'react-i18next';
import type { VerificationReply } from '../../../shared/admin.ts';
import type { PersonSummary } from '../../../shared/domain.ts';
import { Button } from '../../components/Button.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { PersonPicker } from '../../components/PersonList.tsx';
import { FilePicture, initialsOf, PictureDrop, Portrait, useObjectUrl } from '../../components/Picture.tsx';
import { count, percent, similarityLabel } from '../../components/format.ts';
import { kiosk, useKiosk } from '../../state/kiosk.ts';
import { openPerson } from '../../state/operator.ts';

/** Below this the calibration has nothing to say: too few pairs of strangers were ever that alike. */
const RAREST = 1e-7;

/** `few`: one stranger in so many; `many`: so many strangers of a hundred; `rare`: fewer than any measurement can tell. */
type Odds =
  | { readonly kind: 'rare'; readonly oneIn: number }
  | { readonly kind: 'few'; readonly oneIn: number }
  | { readonly kind: 'many'; readonly ofHundred: number };

/** Two significant digits: 12,345 pretends to know more than anyone does. */
function twoDigits(value: number): number {
  if (value < 10) return Math.round(value);
  const unit = 10 ** (Math.floor(Math.log10(value)) - 1);
  return Math.round(value / unit) * unit;
}

/** How many strangers would look as alike as that. @param fmr the fraction of them, 0 to 1 */
function oddsOf(fmr: number): Odds {
  if (fmr <= RAREST) return { kind: 'rare', oneIn: 1 / RAREST };
  const oneIn = twoDigits(1 / fmr);
  return oneIn >= 4 ? { kind: 'few', oneIn } : { kind: 'many', ofHundred: Math.round(fmr * 100) };
}

/** The scale shows these similarities: below it everybody is a stranger, above it pictures are nearly the same. */
const [LOWEST, HIGHEST] = [-0.1, 1];
const onScale = (similarity: number): number => Math.max(0, Math.min(1, (similarity - LOWEST) / (HIGHEST - LOWEST)));

type Side =
  { readonly kind: 'picture'; readonly file: File } | { readonly kind: 'person'; readonly person: PersonSummary };
type Sides = readonly [Side | null, Side | null];

async function asInput(side: Side) {
  return side.kind === 'person'
    ? { kind: 'person' as const, personId: side.person.id }
    : { kind: 'picture' as const, bytes: new Uint8Array(await side.file.arrayBuffer()) };
}

interface Verification {
  readonly sides: Sides;
  readonly reply: VerificationReply | null;
  readonly busy: boolean;
  readonly error: unknown;
  set(which: 0 | 1, side: Side | null): void;
}

function useVerification(): Verification {
  const [sides, setSides] = useState<Sides>([null, null]);
  const [reply, setReply] = useState<VerificationReply | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const turn = useRef(0);

  const compare = async (a: Side, b: Side): Promise<void> => {
    const mine = ++turn.current;
    setBusy(true);
    try {
      const answer = await kiosk().verifyFaces({ a: await asInput(a), b: await asInput(b) });
      if (mine === turn.current) setReply(answer);
    } catch (problem) {
      if (mine === turn.current) setError(problem);
    } finally {
      if (mine === turn.current) setBusy(false);
    }
  };

  return {
    sides,
    reply,
    busy,
    error,
    set: (which, side) => {
      turn.current += 1;
      const next: Sides = which === 0 ? [side, sides[1]] : [sides[0], side];
      setSides(next);
      setReply(null);
      setError(null);
      setBusy(false);
      const [a, b] = next;
      if (a !== null && b !== null) void compare(a, b);
    },
  };
}

// From "strangers" to "the same person", with the line the kiosk draws and where these two lie.

const at = (similarity: number): string => `${onScale(similarity) * 100}%`;

function RiskScale({ similarity, threshold }: { similarity: number; threshold: number }) {
  const { t } = useTranslation();
  const settings = useKiosk((s) => s.status?.settings);
  const oneIn = count(twoDigits(1 / (settings?.risk ?? 1e-3)), settings?.language ?? 'en');
  return (
    <div className="scale">
      <div className="scale-line" style={{ left: at(threshold) }}>
        <span className="scale-line-words">{t('photos.verify.scale.line', { number: oneIn })}</span>
      </div>
      <div
        className="scale-track"
        role="img"
        aria-label={t(similarity >= threshold ? 'photos.verify.scale.above' : 'photos.verify.scale.below', {
          similarity: Math.round(similarity * 100),
          threshold: Math.round(threshold * 100),
        })}
      >
        <span className="scale-strangers" style={{ width: at(threshold) }} />
        <span className="scale-here" style={{ left: at(similarity) }} />
      </div>
      <div className="scale-ends soft">
        <span>{t('photos.verify.scale.strangers')}</span>
        <span>{t('photos.verify.scale.same')}</span>
      </div>
    </div>
  );
}

function Verdict({ reply }: { reply: VerificationReply }) {
  const { t } = useTranslation();
  const language = useKiosk((s) => s.status?.settings.language ?? 'en');
  const { similarity, threshold, same, fmr, fnmr, nearest } = reply;
  const odds = oddsOf(fmr);
  const strangers =
    odds.kind === 'many'
      ? t('photos.verify.odds.many', { share: percent(odds.ofHundred / 100, language) })
      : t(`photos.verify.odds.${odds.kind}`, { number: count(odds.oneIn, language) });
  return (
    <div className="stack">
      <section className="card stack verdict" data-same={same}>
        <h2 className="verdict-title">
          <span className="verdict-mark">
            <Icon name={same ? 'check' : 'people'} />
          </span>
          {t(same ? 'photos.verify.same' : 'photos.verify.different')}
        </h2>
        <p className="verdict-odds">{strangers}</p>
        <RiskScale similarity={similarity} threshold={threshold} />
        <p className="soft">{t('photos.verify.members', { share: percent(fnmr, language) })}</p>
      </section>
      {nearest.length === 0 ? null : (
        <section className="card">
          <h2 className="card-title">{t('photos.verify.nearest')}</h2>
          <p className="soft">{t('photos.verify.nearestAbout')}</p>
          <ul className="nearest">
            {nearest.map((one) => (
              <li key={one.id}>
                <button type="button" className="nearest-one" onClick={() => openPerson(one.id)}>
                  <Portrait picture={one.picture} name={one.name} size="medium" />
                  <strong>{one.name}</strong>
                  <span className="soft">{t(`photos.alike.${similarityLabel(one.similarity, threshold)}`)}</span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      )}
    </div>
  );
}

// One of the two who are compared: a picture, or somebody from the list.

function FaceSlot({
  label,
  side,
  crop,
  turned,
  onChange,
}: {
  label: string;
  side: Side | null;
  /** What was compared of it: the face, turned upright and cut to size. */
  crop: string | null;
  /** By how many degrees the picture was turned for that. */
  turned: number;
  onChange: (side: Side | null) => void;
}) {
  const { t } = useTranslation();
  const [picking, setPicking] = useState(false);
  const url = useObjectUrl(side?.kind === 'picture' ? side.file : null);
  const picture = side?.kind === 'person' ? side.person.picture : url;
  const name = side === null ? '' : side.kind === 'person' ? side.person.name : side.file.name;
  return (
    <section className="card verify-slot" aria-label={label}>
      {side === null ? (
        <PictureDrop
          words={t('photos.verify.drop')}
          choose={t('photos.verify.choose')}
          onPicture={(file) => onChange({ kind: 'picture', file })}
        >
          <Button onPress={() => setPicking(true)}>
            <Icon name="people" />
            {t('photos.verify.person')}
          </Button>
        </PictureDrop>
      ) : (
        <>
          <div className="verify-shown">
            <span className="verify-whole">
              {picture === null ? initialsOf(name) : <FilePicture url={picture} words={name} />}
            </span>
            {crop === null ? null : (
              <figure className="verify-crop">
                <img src={crop} alt="" draggable={false} />
                <figcaption className="soft">
                  {turned === 0 ? t('photos.verify.crop') : t('photos.verify.turned', { degrees: turned })}
                </figcaption>
              </figure>
            )}
          </div>
          <div className="verify-about">
            <strong className="one-line">{name}</strong>
            <Button onPress={() => onChange(null)}>{t('photos.verify.change')}</Button>
          </div>
        </>
      )}
      {picking ? (
        <PersonPicker
          title={t('photos.verify.pick')}
          onClose={() => setPicking(false)}
          onPick={(person) => {
            onChange({ kind: 'person', person });
            setPicking(false);
          }}
        />
      ) : null}
    </section>
  );
}

export function VerifyPanel() {
  const { t } = useTranslation();
  const { sides, reply, busy, error, set } = useVerification();
  return (
    <div className="stack">
      <div className="verify-slots">
        {([0, 1] as const).map((which) => (
          <FaceSlot
            key={which}
            label={t('photos.verify.slot', { number: which + 1 })}
            side={sides[which]}
            crop={reply?.crops[which] ?? null}
            turned={reply?.turned[which] ?? 0}
            onChange={(side) => set(which, side)}
          />
        ))}
      </div>
      <div aria-live="polite">
        {busy ? <p className="verify-wait">{t('photos.verify.comparing')}</p> : null}
        {reply === null && !busy && error === null ? <p className="soft">{t('photos.verify.about')}</p> : null}
        {reply === null ? null : <Verdict reply={reply} />}
      </div>
      {error === null ? null : <Problem error={error} />}
    </div>
  );
}
