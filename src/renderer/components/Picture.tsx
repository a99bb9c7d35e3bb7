import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { DropZone, FileTrigger } from 'react-aria-components';
import { Button } from './Button.tsx';
import { Icon } from './Icon.tsx';

/** What a file chooser offers: pictures by their type, and those whose type few systems know. The kiosk looks at the content. */
export const PICTURE_FILES = ['image/*', '.heic', '.heif', '.avif', '.jxl', '.bmp', '.tif', '.tiff'];

/** An address for a file, for as long as it is shown. */
export function useObjectUrl(file: Blob | null): string | null {
  const url = useMemo(() => (file === null ? null : URL.createObjectURL(file)), [file]);
  useEffect(
    () => () => {
      if (url !== null) URL.revokeObjectURL(url);
    },
    [url],
  );
  return url;
}

/** A picture from a file, which shows once the browser has read it: there are kinds that only the kiosk reads. */
export function FilePicture({ url, words, className }: { url: string; words: string; className?: string }) {
  const [failed, setFailed] = useState<string | null>(null);
  if (failed === url) return null;
  return <img src={url} alt={words} className={className} draggable={false} onError={() => setFailed(url)} />;
}

// A person's photo, or their initials where there is none. The name is always beside it, so it needs no text of its own.

/** First letters of the first and last word: "Nguyễn Thị Hoa" is NH. */
export function initialsOf(name: string): string {
  const words = name
    .trim()
    .split(/\s+/u)
    .filter((w) => w !== '');
  const first = [...(words[0] ?? '')][0] ?? '';
  const last = words.length > 1 ? ([...(words.at(-1) ?? '')][0] ?? '') : '';
  return (first + last).toLocaleUpperCase();
}

export function Portrait({
  picture,
  name,
  size,
}: {
  picture: string | null;
  name: string;
  size: 'small' | 'medium' | 'large';
}) {
  return (
    <span className={`portrait portrait-${size}`} aria-hidden="true">
      {picture === null ? initialsOf(name) : <img src={picture} alt="" draggable={false} />}
    </span>
  );
}

export function PictureDrop({
  words,
  choose,
  onPicture,
  isDisabled = false,
  children = null,
}: {
  words: string;
  choose: string;
  onPicture: (picture: File) => void;
  isDisabled?: boolean;
  /** Further ways to give one. */
  children?: ReactNode;
}) {
  return (
    <DropZone
      className="drop"
      aria-label={words}
      isDisabled={isDisabled}
      onDrop={(event) => {
        const item = event.items.find((one) => one.kind === 'file');
        if (item?.kind === 'file') void item.getFile().then(onPicture);
      }}
    >
      <Icon name="photo" />
      <p className="drop-words">{words}</p>
      <div className="button-row drop-buttons">
        <FileTrigger
          acceptedFileTypes={PICTURE_FILES}
          onSelect={(list) => {
            const [file] = [...(list ?? [])];
            if (file !== undefined) onPicture(file);
          }}
        >
          <Button kind="primary" isDisabled={isDisabled}>
            {choose}
          </Button>
        </FileTrigger>
        {children}
      </div>
    </DropZone>
  );
}
