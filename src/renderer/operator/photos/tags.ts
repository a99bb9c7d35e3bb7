/** Who is who on one picture, as pure data: what the kiosk recognised, corrected by the operator. */
import type { CallOutput } from '../../../shared/api.ts';

export type PhotoFace = CallOutput<'identifyPicture'>['faces'][number];

export interface Tag {
  /** null: nobody the kiosk knows. */
  readonly id: string | null;
  readonly name: string | null;
  /** The operator said so. */
  readonly corrected: boolean;
}

export const NOBODY: Tag = { id: null, name: null, corrected: false };

/** By face. The kiosk names nobody twice in a picture; should it ever, the likelier face keeps the name. */
export function tagsOf(faces: readonly PhotoFace[]): readonly Tag[] {
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
export const withTag = (tags: readonly Tag[], at: number, who: { id: string; name: string } | null): readonly Tag[] =>
  tags.map((tag, i) => {
    if (i === at) return { id: who?.id ?? null, name: who?.name ?? null, corrected: true };
    return who !== null && tag.id === who.id ? { ...NOBODY, corrected: true } : tag;
  });

/** What `annotatePicture` is told: every face, for nobody may be named whom the screen did not show. */
export const namesOf = (tags: readonly Tag[]): { face: number; name: string | null }[] =>
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
