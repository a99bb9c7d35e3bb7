/** Bytes on their way to and from the disk. Encryption at rest is a codec; without one they go as they are. */
export interface Codec {
  /**
   * @param name what the bytes are, so that they can not be put in another's place: `people.json` (its `.bak` too),
   * `checkins-2026-01.ndjson` for each of its lines, `thumbnails/s_4f2a.jpg`
   */
  encode(plain: Uint8Array, name: string): Uint8Array;
  /**
   * @throws when the bytes are not what `encode` made under that name: a LintelError (a wrong key, say) goes to the caller
   * as it is and nothing on disk is touched; anything else the store takes for damage.
   */
  decode(stored: Uint8Array, name: string): Uint8Array;
  /** A journal line that was written without a codec is then damage: else anyone could slip one in. */
  readonly refusesPlain?: boolean;
}

export const plain: Codec = { encode: (bytes) => bytes, decode: (bytes) => bytes };
