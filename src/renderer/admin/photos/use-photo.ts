import { useMemo, useRef, useState } from 'react';
import type { CallOutput } from '../../../shared/calls.ts';
import type { Box } from '../../../shared/geometry.ts';
import { download } from '../../components/format.ts';
import { kiosk } from '../../state/kiosk.ts';

/** Of the face's box on every side: hair, chin, and what a detector expects around a face. */
const MARGIN = 0.7;

/** The part to cut out, in whole pixels, within the picture. */
function cropBox(box: Box, width: number, height: number): Box {
  const margin = Math.max(box.width, box.height) * MARGIN;
  const x = Math.max(0, Math.floor(box.x - margin));
  const y = Math.max(0, Math.floor(box.y - margin));
  return {
    x,
    y,
    width: Math.min(width, Math.ceil(box.x + box.width + margin)) - x,
    height: Math.min(height, Math.ceil(box.y + box.height + margin)) - y,
  };
}

/**
 * @param picture as the browser shows it: EXIF rotation is applied, as the kiosk does
 * @param size of the picture as the kiosk saw it, which the box is measured in
 */
async function cropFace(
  picture: Blob,
  box: Box,
  size: { readonly width: number; readonly height: number },
): Promise<File> {
  const image = await createImageBitmap(picture, { imageOrientation: 'from-image' });
  try {
    const scale = image.width / size.width;
    const { x, y, width, height } = cropBox(box, size.width, size.height);
    const canvas = document.createElement('canvas');
    canvas.width = Math.round(width * scale);
    canvas.height = Math.round(height * scale);
    canvas
      .getContext('2d')
      ?.drawImage(image, x * scale, y * scale, width * scale, height * scale, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise<Blob | null>((done) => canvas.toBlob(done, 'image/jpeg', 0.95));
    if (blob === null) throw new Error('the picture could not be cut');
    return new File([blob], 'face.jpg', { type: 'image/jpeg' });
  } finally {
    image.close();
  }
}

// Who is who on one picture, as pure data: what the kiosk recognised, corrected by the operator.

export type PhotoFace = CallOutput<'identifyPicture'>['faces'][number];

interface Tag {
  /** null: nobody the kiosk knows. */
  readonly id: string | null;
  readonly name: string | null;
  /** The operator said so. */
  readonly corrected: boolean;
}

const NOBODY: Tag = { id: null, name: null, corrected: false };

/** By face. The kiosk names nobody twice in a picture; should it ever, the likelier face keeps the name. */
function tagsOf(faces: readonly PhotoFace[]): readonly Tag[] {
  const best = new Map<string, number>();
  for (const [i, { kind, candidates }] of faces.entries()) {
    const [first] = candidates;
    if (kind !== 'match' || first === undefined) continue;
    const other = best.get(first.id);
    if (other === undefined || (faces[other]?.candidates[0]?.similarity ?? -1) < first.similarity)
      best.set(first.id, i);
  }
  return faces.map(({ candidates }, i) => {
    const [first] = candidates;
    return first !== undefined && best.get(first.id) === i
      ? { id: first.id, name: first.name, corrected: false }
      : NOBODY;
  });
}

/** Face `at` is `who`; wherever else that person was on the picture, they are not any more. */
const withTag = (tags: readonly Tag[], at: number, who: { id: string; name: string } | null): readonly Tag[] =>
  tags.map((tag, i) => {
    if (i === at) return { id: who?.id ?? null, name: who?.name ?? null, corrected: true };
    return who !== null && tag.id === who.id ? { ...NOBODY, corrected: true } : tag;
  });

/** What `annotatePicture` is told: every face, for nobody may be named whom the screen did not show. */
const namesOf = (tags: readonly Tag[]): { face: number; name: string | null }[] =>
  tags.map(({ name }, face) => ({ face, name }));

/** From left to right and row by row, as one reads a group photo: the order for keys and screen readers. */
export function readingOrder(faces: readonly Pick<PhotoFace, 'box'>[]): readonly number[] {
  const middle = (i: number): { x: number; y: number; height: number } => {
    const { x, y, width, height } = (faces[i] as Pick<PhotoFace, 'box'>).box;
    return { x: x + width / 2, y: y + height / 2, height };
  };
  const rest = faces.map((_, i) => i).sort((a, b) => middle(a).y - middle(b).y);
  const order: number[] = [];
  while (rest.length > 0) {
    const top = middle(rest[0] as number);
    const row = rest.filter((i) => middle(i).y <= top.y + top.height / 2).sort((a, b) => middle(a).x - middle(b).x);
    order.push(...row);
    for (const i of row) rest.splice(rest.indexOf(i), 1);
  }
  return order;
}

// One picture on the table: who the kiosk sees on it, and what the operator says.

type Seen = CallOutput<'identifyPicture'>;

export interface Photo {
  readonly file: File | null;
  /** What to show: the file, or what the kiosk made of one that no browser shows as it was looked at. */
  readonly shown: Blob | null;
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

  const made = seen?.shown ?? null;
  const shown = useMemo(
    () => (made === null ? file : new Blob([made as Uint8Array<ArrayBuffer>], { type: 'image/jpeg' })),
    [made, file],
  );

  return {
    file,
    shown,
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
      if (shown === null || seen === null || box === undefined) return null;
      try {
        return await cropFace(shown, box, seen);
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
