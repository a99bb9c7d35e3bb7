import './photos.css';
import { Tab, TabList, TabPanel, Tabs } from 'react-aria-components';
import { useTranslation } from 'react-i18next';
import { Button } from '../../components/Button.tsx';
import { Problem } from '../../components/Feedback.tsx';
import { Icon } from '../../components/Icon.tsx';
import { FilePicture, PictureDrop, useObjectUrl } from '../../components/Picture.tsx';
import { FacePanel } from './FacePanel.tsx';
import { VerifyPanel } from './VerifyPanel.tsx';
import { type Photo, readingOrder, usePhoto } from './use-photo.ts';

const part = (length: number, of: number): string => `${(length / of) * 100}%`;

/** The picture with a box on every face and the name on it; a box is pressed to say more about that face. */
function PhotoStage({ photo: { shown, seen, tags, chosen, choose } }: { photo: Photo }) {
  const { t } = useTranslation();
  const url = useObjectUrl(shown);
  return (
    <div className="photo-stage">
      <div className="photo-frame" data-looking={seen === null}>
        {url === null ? null : <FilePicture url={url} words={t('photos.picture')} className="photo-picture" />}
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

function WhoPanel() {
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
      {seen === null || seen.turned === 0 ? null : (
        <p className="soft">{t('photos.turned', { degrees: seen.turned })}</p>
      )}
      <div className="photo-body">
        <PhotoStage photo={photo} />
        {seen === null || seen.faces.length === 0 ? null : chosen === null ? (
          <p className="card soft">{t('photos.pick')}</p>
        ) : (
          <FacePanel key={chosen} photo={photo} index={chosen} />
        )}
      </div>
    </div>
  );
}

export function PhotosScreen() {
  const { t } = useTranslation();
  return (
    <>
      <h1 className="admin-title">{t('admin.photos')}</h1>
      <Tabs>
        <TabList className="tab-list" aria-label={t('admin.photos')}>
          <Tab id="who" className="tab">
            {t('photos.tab')}
          </Tab>
          <Tab id="verify" className="tab">
            {t('photos.verify.tab')}
          </Tab>
        </TabList>
        <TabPanel id="who" className="tab-panel">
          <WhoPanel />
        </TabPanel>
        <TabPanel id="verify" className="tab-panel">
          <VerifyPanel />
        </TabPanel>
      </Tabs>
    </>
  );
}
