/** The picture with a box on every face and the name on it; a box is pressed to say more about that face. */
import { useTranslation } from 'react-i18next';
import { useObjectUrl } from '../../ui/useObjectUrl.ts';
import { readingOrder } from './tags.ts';
import type { Photo } from './usePhoto.ts';

const part = (length: number, of: number): string => `${(length / of) * 100}%`;

export function PhotoStage({ photo: { file, seen, tags, chosen, choose } }: { photo: Photo }) {
  const { t } = useTranslation();
  const url = useObjectUrl(file);
  return (
    <div className="photo-stage">
      <div className="photo-frame" data-looking={seen === null}>
        {url === null ? null : <img src={url} alt={t('photos.picture')} className="photo-picture" draggable={false} />}
        {seen === null
          ? null
          : readingOrder(seen.faces).map((i, place) => {
              const face = seen.faces[i];
              if (face === undefined) return null;
              const { box } = face;
              const name = tags[i]?.name ?? null;
              return (
                <button
                  key={i}
                  type="button"
                  className="photo-face"
                  data-known={name !== null}
                  aria-pressed={chosen === i}
                  aria-label={t('photos.face', { number: place + 1, name: name ?? t('photos.unknown') })}
                  style={{
                    left: part(box.x, seen.width),
                    top: part(box.y, seen.height),
                    width: part(box.width, seen.width),
                    height: part(box.height, seen.height),
                  }}
                  onClick={() => choose(chosen === i ? null : i)}
                >
                  <span className="photo-name">{name ?? t('photos.unknown')}</span>
                </button>
              );
            })}
      </div>
    </div>
  );
}
