/** Where backups go: a stick or disk that is there, a folder by its path, or nowhere. */
import { useState } from 'react';
import { useTranslation } from 'react-i18next';
import { Choice } from '../../ui/Choice.tsx';
import { KeyboardFields } from '../../ui/KeyboardFields.tsx';

const NOWHERE = 'nowhere';
const TYPED = 'typed';
const PLACE = 'place:';

/** What a person calls it: `STICK` of `/media/kiosk/STICK`. */
const lastPart = (path: string): string => path.split(/[\\/]/).findLast((part) => part !== '') ?? path;

export function FolderChoice({
  places,
  folder,
  onFolder,
}: {
  places: readonly string[];
  /** null: no backups; empty: not typed yet. */
  folder: string | null;
  onFolder: (folder: string | null) => void;
}) {
  const { t } = useTranslation();
  const [typing, setTyping] = useState(folder !== null && !places.includes(folder));
  const chosen = folder === null ? NOWHERE : typing ? TYPED : PLACE + folder;
  return (
    <>
      <Choice
        label={t('safety.plan.folder')}
        value={chosen}
        onChange={(value) => {
          setTyping(value === TYPED);
          if (value === NOWHERE) onFolder(null);
          else if (value === TYPED) onFolder(folder !== null && !places.includes(folder) ? folder : '');
          else onFolder(value.slice(PLACE.length));
        }}
        options={[
          { value: NOWHERE, label: t('safety.plan.nowhere'), detail: t('safety.plan.nowhereAbout') },
          ...places.map((place) => ({ value: PLACE + place, label: lastPart(place), detail: place })),
          { value: TYPED, label: t('safety.plan.typed'), detail: t('safety.plan.typedAbout') },
        ]}
      />
      {chosen === TYPED ? (
        <KeyboardFields
          fields={[
            { name: 'folder', label: t('safety.plan.path'), value: folder ?? '', onChange: onFolder, maxLength: 4096 },
          ]}
        />
      ) : null}
    </>
  );
}
