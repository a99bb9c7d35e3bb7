/** One of the two who are compared: a picture, or somebody from the list. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { PictureDrop } from '../../ui/PictureDrop.tsx';
import { useObjectUrl } from '../../ui/useObjectUrl.ts';
import { PersonPicker } from '../people/PersonPicker.tsx';
import { initialsOf } from '../../ui/Portrait.tsx';
import type { Side } from './useVerification.ts';

export function FaceSlot({
  label,
  side,
  crop,
  onChange,
}: {
  label: string;
  side: Side | null;
  /** What was compared of it: the face, turned upright and cut to size. */
  crop: string | null;
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
          words={t('verify.drop')}
          choose={t('verify.choose')}
          onPicture={(file) => onChange({ kind: 'picture', file })}
        >
          <Button onPress={() => setPicking(true)}>
            <Icon name="people" />
            {t('verify.person')}
          </Button>
        </PictureDrop>
      ) : (
        <>
          <div className="verify-shown">
            <span className="verify-whole">
              {picture === null ? initialsOf(name) : <img src={picture} alt={name} draggable={false} />}
            </span>
            {crop === null ? null : (
              <figure className="verify-crop">
                <img src={crop} alt="" draggable={false} />
                <figcaption className="soft">{t('verify.crop')}</figcaption>
              </figure>
            )}
          </div>
          <div className="verify-about">
            <strong className="one-line">{name}</strong>
            <Button onPress={() => onChange(null)}>{t('verify.change')}</Button>
          </div>
        </>
      )}
      {picking ? (
        <PersonPicker
          title={t('verify.pick')}
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
