/** Who is on this picture? */
import { useTranslation } from 'react-i18next';
import { Button } from '../../ui/Button.tsx';
import { Icon } from '../../ui/Icon.tsx';
import { PictureDrop } from '../../ui/PictureDrop.tsx';
import { Problem } from '../../ui/Problem.tsx';
import { FacePanel } from './FacePanel.tsx';
import { PhotoStage } from './PhotoStage.tsx';
import { usePhoto } from './usePhoto.ts';

export function WhoPanel() {
  const { t } = useTranslation();
  const photo = usePhoto();
  const { file, seen, tags, error, chosen } = photo;
  if (file === null)
    return (
      <div className="stack">
        {error === null ? null : <Problem error={error} />}
        <PictureDrop
          words={t('photos.drop')}
          choose={t('photos.choose')}
          onPicture={(picture) => void photo.open(picture)}
        />
        <p className="soft">{t('photos.about')}</p>
        <p className="soft">{t('photos.folder')}</p>
      </div>
    );
  const known = tags.filter((tag) => tag.name !== null).length;
  const sum =
    seen === null
      ? t('photos.looking')
      : seen.faces.length === 0
        ? t('photos.nobody')
        : known === seen.faces.length
          ? t('photos.everybody', { count: known })
          : t('photos.some', { known, count: seen.faces.length });
  return (
    <div className="photo">
      <div className="photo-bar">
        <p className="photo-sum" aria-live="polite">
          {sum}
        </p>
        <div className="button-row">
          <Button onPress={photo.close}>{t('photos.other')}</Button>
          <Button
            kind="primary"
            isDisabled={photo.busy || seen === null || seen.faces.length === 0}
            onPress={() => void photo.save()}
          >
            <Icon name="save" />
            {t('photos.save')}
          </Button>
        </div>
      </div>
      {error === null ? null : <Problem error={error} />}
      <div className="photo-body">
        <PhotoStage photo={photo} />
        {seen === null || seen.faces.length === 0 ? null : chosen === null ? (
          <p className="card soft photo-hint">{t('photos.pick')}</p>
        ) : (
          <FacePanel key={chosen} photo={photo} index={chosen} />
        )}
      </div>
    </div>
  );
}
