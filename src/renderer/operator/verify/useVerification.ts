/** Two slots, and what the kiosk says of them as soon as both are filled. */
import { useRef, useState } from 'react';
import type { VerificationReply } from '../../../shared/desk.ts';
import type { PersonSummary } from '../../../shared/domain.ts';
import { kiosk } from '../../state/kiosk.ts';

export type Side =
  { readonly kind: 'picture'; readonly file: File } | { readonly kind: 'person'; readonly person: PersonSummary };
export type Sides = readonly [Side | null, Side | null];

async function asInput(side: Side) {
  return side.kind === 'person'
    ? { kind: 'person' as const, personId: side.person.id }
    : { kind: 'picture' as const, bytes: new Uint8Array(await side.file.arrayBuffer()) };
}

export interface Verification {
  readonly sides: Sides;
  readonly reply: VerificationReply | null;
  readonly busy: boolean;
  readonly error: unknown;
  set(which: 0 | 1, side: Side | null): void;
}

export function useVerification(): Verification {
  const [sides, setSides] = useState<Sides>([null, null]);
  const [reply, setReply] = useState<VerificationReply | null>(null);
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const turn = useRef(0);

  const compare = async (a: Side, b: Side): Promise<void> => {
    const mine = ++turn.current;
    setBusy(true);
    try {
      const answer = await kiosk().verifyFaces({ a: await asInput(a), b: await asInput(b) });
      if (mine === turn.current) setReply(answer);
    } catch (problem) {
      if (mine === turn.current) setError(problem);
    } finally {
      if (mine === turn.current) setBusy(false);
    }
  };

  return {
    sides,
    reply,
    busy,
    error,
    set: (which, side) => {
      turn.current += 1;
      const next: Sides = which === 0 ? [side, sides[1]] : [sides[0], side];
      setSides(next);
      setReply(null);
      setError(null);
      setBusy(false);
      const [a, b] = next;
      if (a !== null && b !== null) void compare(a, b);
    },
  };
}
