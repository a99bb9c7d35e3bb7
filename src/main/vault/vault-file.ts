/**
 * `vault.json`: how far encryption has come, and the data keys, wrapped.
 *
 * [Note: wrapping] A data key is wrapped by AES-256-GCM under the KEK, and the tag also covers everything else that
 * `vault.json` says. So nobody without the secret can turn an `encrypted` vault back into one in which plain files are
 * taken, or swap its keys; they can only put back an older `vault.json`, which opens nothing that is newer.
 */
import { z } from 'zod';
import { LintelError } from '../../shared/errors.ts';
import { recipeSchema, type Recipe } from './secret.ts';
import { openSealed, sealBytes, type DataKey } from './sealed.ts';

export const VAULT_FILE = 'vault.json';

/** `encrypting`, `rotating` and `decrypting` last until every file was written again; an interrupted one goes on. */
export const VAULT_STATES = ['plain', 'encrypting', 'encrypted', 'rotating', 'decrypting'] as const;
export type VaultState = (typeof VAULT_STATES)[number];

export const vaultFileSchema = z.object({
  state: z.enum(VAULT_STATES),
  recipe: recipeSchema.nullable(),
  /** The key new bytes are sealed with; null: none. */
  active: z.string().nullable(),
  keys: z.array(z.object({ id: z.string().regex(/^[0-9a-f]{16}$/), wrapped: z.string() })).max(4),
  /** The generation before this one holds a wrapping that must not stay: write once more. */
  eraseBackup: z.boolean().default(false),
});
export type VaultFile = z.infer<typeof vaultFileSchema>;

export const PLAIN_VAULT: VaultFile = { state: 'plain', recipe: null, active: null, keys: [], eraseBackup: false };

/** What a vault file says once the KEK is there. */
export interface OpenVaultFile {
  readonly state: VaultState;
  readonly recipe: Recipe;
  readonly kek: Buffer;
  readonly keys: readonly DataKey[];
  readonly active: string | null;
}

/** Whatever the KEK is for, its wraps look alike: this is the id they carry. */
const KEK_ID = '00'.repeat(8);

export function wrapVault(open: OpenVaultFile, eraseBackup: boolean): VaultFile {
  const { state, recipe, active, keys, kek } = open;
  const said = statement(state, recipe, active, keys.map((key) => key.id)); // prettier-ignore
  return {
    state,
    recipe,
    active,
    keys: keys.map(({ id, bytes }) => ({
      id,
      wrapped: Buffer.from(sealBytes(bytes, { id: KEK_ID, bytes: kek }, `${said} ${id}`)).toString('base64'),
    })),
    eraseBackup,
  };
}

/** @throws LintelError `passphrase-wrong` when the KEK is not the right one or the file was changed: which, no one can tell */
export function unwrapVault(file: VaultFile, kek: Buffer): OpenVaultFile {
  const { state, recipe, active } = file;
  if (recipe === null || file.keys.length === 0) throw wrongSecret('passphrase');
  const said = statement(state, recipe, active, file.keys.map((key) => key.id)); // prettier-ignore
  try {
    const keys = file.keys.map(({ id, wrapped }): DataKey => {
      const bytes = openSealed(Buffer.from(wrapped, 'base64'), { id: KEK_ID, bytes: kek }, `${said} ${id}`);
      return { id, bytes: Buffer.from(bytes) };
    });
    return { state, recipe, active, keys, kek };
  } catch (error) {
    throw wrongSecret(recipe.method, error);
  }
}

const statement = (state: VaultState, recipe: Recipe, active: string | null, ids: readonly string[]): string =>
  // Parsed first, so that its keys stand in the schema's order, however it was made.
  JSON.stringify(['lintel vault 1', state, recipeSchema.parse(recipe), active, ids]);

function wrongSecret(method: Recipe['method'], cause?: unknown): LintelError {
  const message =
    method === 'passphrase'
      ? 'That passphrase does not open the encrypted data.'
      : 'This key does not open the encrypted data.';
  return new LintelError('passphrase-wrong', message, {
    kept: 'Nothing was changed.',
    todo:
      method === 'passphrase'
        ? 'Try again. A passphrase that is lost can not be recovered: then only a backup helps.'
        : 'Give the key that was in use when encryption was turned on or last changed.',
    cause,
  });
}
