/** Bytes on their way to and from the disk. Encryption at rest is a codec; without one they go as they are. */
export interface Codec {
  encode(plain: Uint8Array): Uint8Array;
  /**
   * @throws when the bytes are not what `encode` made: a LintelError (a wrong key, say) goes to the caller as it is and
   * nothing on disk is touched; anything else the store takes for damage.
   */
  decode(stored: Uint8Array): Uint8Array;
}

export const plain: Codec = { encode: (bytes) => bytes, decode: (bytes) => bytes };
