/** A place for a picture file: dropped, pasted or chosen. */
import type { ReactNode } from 'react';
import { DropZone, FileTrigger } from 'react-aria-components';
import { Button } from './Button.tsx';
import { Icon } from './Icon.tsx';

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
