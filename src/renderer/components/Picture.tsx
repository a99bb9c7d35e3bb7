import { type ReactNode, useEffect, useMemo } from 'react';
import { DropZone, FileTrigger } from 'react-aria-components';
import { Button } from './Button.tsx';
import { Icon } from './Icon.tsx';

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
          acceptedFileTypes={['image/*']}
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
