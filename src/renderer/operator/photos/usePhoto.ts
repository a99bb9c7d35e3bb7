/** One picture on the table: who the kiosk sees on it, and what the operator says. */
import { useRef, useState } from 'react';
import type { CallOutput } from '../../../shared/api.ts';
import { kiosk } from '../../state/kiosk.ts';
import { download } from '../import/download.ts';
import { cropFace } from './crop.ts';
import { namesOf, tagsOf, withTag, type Tag } from './tags.ts';

type Seen = CallOutput<'identifyPicture'>;

export interface Photo {
  readonly file: File | null;
  /** null while it is looked at. */
  readonly seen: Seen | null;
  readonly tags: readonly Tag[];
  /** The face the operator is busy with. */
  readonly chosen: number | null;
  readonly busy: boolean;
  readonly error: unknown;
  open(file: File): Promise<void>;
  /** The same picture again: somebody on it was enrolled. */
  again(): Promise<void>;
  close(): void;
  choose(face: number | null): void;
  tag(face: number, who: { id: string; name: string } | null): void;
  /** The chosen face as a picture of its own. */
  crop(face: number): Promise<File | null>;
  save(): Promise<void>;
}

export function usePhoto(): Photo {
  const [file, setFile] = useState<File | null>(null);
  const [seen, setSeen] = useState<Seen | null>(null);
  const [tags, setTags] = useState<readonly Tag[]>([]);
  const [chosen, setChosen] = useState<number | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  /** Only the newest picture's answer counts. */
  const turn = useRef(0);

  const look = async (picture: File): Promise<void> => {
    const mine = ++turn.current;
    setFile(picture);
    setSeen(null);
    setTags([]);
    setChosen(null);
    setError(null);
    setBusy(true);
    try {
      const found = await kiosk().identifyPicture({ bytes: new Uint8Array(await picture.arrayBuffer()) });
      if (mine !== turn.current) return;
      setSeen(found);
      setTags(tagsOf(found.faces));
    } catch (problem) {
      if (mine !== turn.current) return;
      setError(problem);
      setFile(null);
    } finally {
      if (mine === turn.current) setBusy(false);
    }
  };

  return {
    file,
    seen,
    tags,
    chosen,
    busy,
    error,
    open: look,
    again: async () => {
      if (file !== null) await look(file);
    },
    close: () => {
      turn.current += 1;
      setFile(null);
      setSeen(null);
      setChosen(null);
      setBusy(false);
      setError(null);
    },
    choose: setChosen,
    tag: (face, who) => setTags((known) => withTag(known, face, who)),
    crop: async (face) => {
      const box = seen?.faces[face]?.box;
      if (file === null || seen === null || box === undefined) return null;
      try {
        return await cropFace(file, box, seen);
      } catch (problem) {
        setError(problem);
        return null;
      }
    },
    save: async () => {
      if (file === null) return;
      setBusy(true);
      setError(null);
      try {
        const made = await kiosk().annotatePicture({
          bytes: new Uint8Array(await file.arrayBuffer()),
          names: namesOf(tags),
        });
        const name = made.name === '' ? `${file.name.replace(/\.[^.]*$/, '')}-names.jpg` : made.name;
        download(name, [made.bytes as Uint8Array<ArrayBuffer>], made.type);
      } catch (problem) {
        setError(problem);
      } finally {
        setBusy(false);
      }
    },
  };
}
