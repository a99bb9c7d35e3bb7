/**
 * `vault.json`: how far encryption has come, and the data keys, wrapped.
 *
 * [Note: wrapping] A data key is wrapped by AES-256-GCM under the KEK, and the tag also covers everything else that
 * `vault.json` says. So nobody without the secret can turn an `encrypted` vault back into one in which plain files are
 * taken, or swap its keys; they can only put back an older `vault.json`, which opens nothing that is newer.
 */
import { join } from 'node:path';
import * as z from 'zod';
import { LintelError } from '../../shared/errors.ts';
import { type DataLayout, LINTEL_LAYOUT, strangers } from './data-layout.ts';
import { DurableFile } from './durable-file.ts';
import { codecOf, type DataKey, keyIdOf, newDataKey, openSealed, readingCodec, sealBytes } from './encrypted-codec.ts';
import type { Codec } from './envelope.ts';
import { storeFailure } from './failure.ts';
import { codeOf, type FileOps, realOps, removeIfThere, writeDurably } from './file-ops.ts';
import {
  kekOf,
  type Method,
  needs,
  newKek,
  type Recipe,
  recipeSchema,
  SCRYPT_COST,
  type ScryptCost,
  type Secret,
} from './secret.ts';
import { migrate, type Migration, type Plan, survey } from './vault-rewrite.ts';

const VAULT_FILE = 'vault.json';

/** `encrypting`, `rotating` and `decrypting` last until every file was written again; an interrupted one goes on. */
const VAULT_STATES = ['plain', 'encrypting', 'encrypted', 'rotating', 'decrypting'] as const;
export type VaultState = (typeof VAULT_STATES)[number];

const vaultFileSchema = z.object({
  state: z.enum(VAULT_STATES),
  recipe: recipeSchema.nullable(),
  /** The key new bytes are sealed with; null: none. */
  active: z.string().nullable(),
  keys: z.array(z.object({ id: z.string().regex(/^[0-9a-f]{16}$/), wrapped: z.string() })).max(4),
  /** The generation before this one holds a wrapping that must not stay: write once more. */
  eraseBackup: z.boolean().default(false),
});
type VaultFile = z.infer<typeof vaultFileSchema>;

const PLAIN_VAULT: VaultFile = { state: 'plain', recipe: null, active: null, keys: [], eraseBackup: false };

/** What a vault file says once the KEK is there. */
interface OpenVaultFile {
  readonly state: VaultState;
  readonly recipe: Recipe;
  readonly kek: Buffer;
  readonly keys: readonly DataKey[];
  readonly active: string | null;
}

/** Whatever the KEK is for, its wraps look alike: this is the id they carry. */
const KEK_ID = '00'.repeat(8);

function wrapVault(open: OpenVaultFile, eraseBackup: boolean): VaultFile {
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
function unwrapVault(file: VaultFile, kek: Buffer): OpenVaultFile {
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
  return new LintelError(method === 'passphrase' ? 'passphrase-wrong' : 'passphrase-wrong.key', undefined, { cause });
}

/*
 * Encryption at rest of one data folder. The store knows nothing of it but a `Codec`.
 *
 * Data are sealed with a random 256-bit data key, which stands in `vault.json` wrapped by a key that comes from a
 * passphrase, a key file or the system's key store ([Note: wrapping]). Turning encryption on or off and rotating the data
 * key write every file again and go on after any interruption ([Note: migration]).
 *
 * Whoever opens a vault to write must hold the folder's lock (`FolderLock`), and open the stores after it: a codec given
 * out before `turnOn`, `rotate` or `turnOff` is of no use after it.
 */

export interface VaultOptions {
  readonly folder: string;
  /** Asked only when the folder is encrypted, with the kind of secret that opens it. Null: there is none to give. */
  readonly unlock?: (method: Method) => Promise<Secret | null>;
  /** Touch nothing: for reading beside a running kiosk. An interrupted migration is then left as it is. */
  readonly readOnly?: boolean;
  /** Refuse a folder that is not encrypted: for an installation where it always is. */
  readonly mustBeEncrypted?: boolean;
  readonly layout?: DataLayout;
  readonly onProgress?: (progress: VaultProgress) => void;
  readonly scryptCost?: ScryptCost;
  readonly ops?: FileOps;
}

export interface VaultProgress {
  readonly state: VaultState;
  /** Files. */
  readonly done: number;
  readonly total: number;
}

const PLAN_FILE = 'vault.plan';

/** How far encryption of `folder` has come, without any secret. @throws LintelError `store-damaged`, `store-newer` */
export async function vaultStatus(
  folder: string,
  ops: FileOps = realOps,
): Promise<{ readonly state: VaultState; readonly method: Method | null }> {
  const said = (await vaultFileAt(folder, ops, true).read()) ?? PLAIN_VAULT;
  return { state: said.state, method: said.recipe?.method ?? null };
}

export class Vault {
  readonly #options: VaultOptions;
  readonly #ops: FileOps;
  readonly #layout: DataLayout;
  readonly #file: DurableFile<VaultFile>;
  /** Null: plain. */
  #open: OpenVaultFile | null = null;

  private constructor(options: VaultOptions) {
    this.#options = options;
    this.#ops = options.ops ?? realOps;
    this.#layout = options.layout ?? LINTEL_LAYOUT;
    this.#file = vaultFileAt(options.folder, this.#ops, options.readOnly ?? false);
  }

  /**
   * Opens the vault of a data folder, which may have none, and finishes what was interrupted.
   * @throws LintelError `vault-locked` (no secret, or of the wrong kind), `passphrase-wrong`, `vault-broken`, `store-*`,
   * `disk-full`; with a wrong secret nothing has been touched
   */
  static async open(options: VaultOptions): Promise<Vault> {
    const vault = new Vault(options);
    const said = (await vault.#file.read()) ?? PLAIN_VAULT;
    if (said.state === 'plain') {
      await vault.#refuseSealed();
      if (options.mustBeEncrypted) throw notEncrypted();
      if (options.readOnly) return vault;
      if (said.eraseBackup) await vault.#file.write(PLAIN_VAULT);
      // Left by a `turnOn` that was cut short before it began.
      await removeIfThere(vault.#ops, vault.#path(PLAN_FILE)).catch(() => undefined);
      return vault;
    }
    const method = said.recipe?.method ?? 'passphrase';
    const secret = (await options.unlock?.(method)) ?? null;
    if (secret === null) throw needs(method);
    if (said.recipe === null) throw needs(method);
    vault.#open = unwrapVault(said, await kekOf(secret, said.recipe));
    if (options.readOnly) return vault;
    if (said.eraseBackup) await vault.#file.write(wrapVault(vault.#open, false));
    await vault.resume();
    await removeIfThere(vault.#ops, vault.#path(PLAN_FILE)).catch(() => undefined);
    return vault;
  }

  /** What became of `vault.json`, for the operator. */
  get notices(): readonly LintelError[] {
    return this.#file.notices;
  }

  get readOnly(): boolean {
    return this.#options.readOnly ?? false;
  }

  get state(): VaultState {
    return this.#open?.state ?? 'plain';
  }

  /** What opens it; null when plain. */
  get method(): Method | null {
    return this.#open?.recipe.method ?? null;
  }

  /**
   * For every file of the layout; undefined when data are plain.
   * @throws LintelError `vault-broken` while a migration is unfinished (unless read-only)
   */
  get codec(): Codec | undefined {
    const open = this.#open;
    if (open === null) return undefined;
    if (this.#options.readOnly)
      return readingCodec(keysOf(open), open.state === 'encrypting' || open.state === 'decrypting');
    const active = open.keys.find((key) => key.id === open.active);
    if (open.state !== 'encrypted' || active === undefined) throw unfinished();
    return codecOf(active);
  }

  /**
   * Encrypts everything there is. Nothing is lost whenever it is cut short; it is finished at the next `open`.
   * @returns names of files in the folder that look like data and are not encrypted, because they are in no layout
   * @throws LintelError `encryption-on` when it is encrypted already or the secret is of no use; `vault-broken`, `disk-full` ...
   */
  async turnOn(secret: Secret): Promise<string[]> {
    if (this.#open !== null) throw new LintelError('encryption-on');
    const { folder, scryptCost = SCRYPT_COST } = this.#options;
    const { kek, recipe } = await newKek(secret, folder, scryptCost);
    const key = newDataKey();
    const next: OpenVaultFile = { state: 'encrypting', recipe, kek, keys: [key], active: key.id };
    const plan = await survey(this.#migration(next, 'any'));
    await this.#writePlan(plan, key);
    await this.#say(next);
    await this.#finish(plan);
    return strangers(this.#ops, folder, this.#layout);
  }

  /** Takes a new data key and writes everything again under it. Cut short, it is finished at the next `open`. */
  async rotate(): Promise<void> {
    const open = this.#encrypted();
    await survey(this.#migration(open, {}));
    const key = newDataKey();
    await this.#say({ ...open, state: 'rotating', keys: [...open.keys, key], active: key.id });
    await this.#finish({});
  }

  /** Writes everything plain again. Cut short, it is finished at the next `open`. */
  async turnOff(): Promise<void> {
    const open = this.#encrypted();
    await survey(this.#migration(open, {}));
    await this.#say({ ...open, state: 'decrypting', active: null });
    await this.#finish({});
  }

  /**
   * Another passphrase, or another kind of secret: wraps the data key again, and touches no data. Whoever has an older
   * copy of `vault.json` and the secret of then still has the data key: against them, `rotate` as well.
   */
  async changeSecret(secret: Secret): Promise<void> {
    const open = this.#encrypted();
    const { folder, scryptCost = SCRYPT_COST } = this.#options;
    const { kek, recipe } = await newKek(secret, folder, scryptCost);
    await this.#say({ ...open, kek, recipe }, 'erase');
  }

  /** Goes on with a migration that was interrupted; does nothing when there is none. */
  async resume(): Promise<void> {
    if (this.#open === null || this.#open.state === 'encrypted') return;
    await this.#finish(this.#open.state === 'encrypting' ? await this.#readPlan(this.#open) : {});
  }

  /** Forgets the keys, as far as JavaScript can. The codecs given out stop working. */
  close(): void {
    for (const key of this.#open?.keys ?? []) key.bytes.fill(0);
    this.#open?.kek.fill(0);
    this.#open = null;
  }

  async #finish(plan: Plan): Promise<void> {
    const open = this.#open;
    if (open === null) return;
    const { state } = open;
    await migrate(this.#migration(open, state === 'decrypting' ? 'any' : plan));
    if (state === 'decrypting') {
      // The keys are of no more use to anybody; the copy in `.bak` goes with the second write.
      await this.#file.write({ ...PLAIN_VAULT, eraseBackup: true });
      await this.#file.write(PLAIN_VAULT);
      this.#open = null;
      return;
    }
    const keys = open.keys.filter((key) => key.id === open.active);
    await this.#say({ ...open, state: 'encrypted', keys }, 'erase');
    for (const key of open.keys) if (!keys.includes(key)) key.bytes.fill(0);
    await removeIfThere(this.#ops, this.#path(PLAN_FILE)).catch(() => undefined);
  }

  /** Writes `vault.json`, and only then is it so in memory. */
  async #say(next: OpenVaultFile, backup: 'keep' | 'erase' = 'keep'): Promise<void> {
    await this.#file.write(wrapVault(next, backup === 'erase'));
    this.#open = next;
    if (backup === 'erase') await this.#file.write(wrapVault(next, false));
  }

  #migration(open: OpenVaultFile, plain: 'any' | Plan): Migration {
    const { folder, onProgress } = this.#options;
    const target = open.keys.find((key) => key.id === open.active) ?? null;
    const progress = (done: number, total: number): void => onProgress?.({ state: open.state, done, total });
    return { folder, layout: this.#layout, ops: this.#ops, keys: keysOf(open), target, plain, onProgress: progress };
  }

  #encrypted(): OpenVaultFile {
    if (this.#options.readOnly)
      throw storeFailure(Object.assign(new Error('read-only'), { code: 'EROFS' }), VAULT_FILE);
    if (this.#open === null) throw new LintelError('encryption-off');
    if (this.#open.state !== 'encrypted') throw unfinished();
    return this.#open;
  }

  /** Sealed files and no key to them: `vault.json` was lost, and to go on as if there were no data would lose them. */
  async #refuseSealed(): Promise<void> {
    for (const name of this.#layout.files) {
      for (const path of [name, `${name}.bak`]) {
        let file;
        try {
          file = await this.#ops.open(this.#path(path), 'read');
        } catch (error) {
          if (codeOf(error) === 'ENOENT') continue;
          throw storeFailure(error, path);
        }
        try {
          const front = Buffer.alloc(16);
          await file.read(front, 0);
          if (keyIdOf(front) === null) continue;
        } finally {
          await file.close();
        }
        throw new LintelError('vault-broken.no-key', { file: path });
      }
    }
  }

  async #writePlan(plan: Plan, key: DataKey): Promise<void> {
    const path = this.#path(PLAN_FILE);
    try {
      await writeDurably(this.#ops, `${path}.tmp`, sealBytes(Buffer.from(JSON.stringify(plan)), key, PLAN_FILE));
      await this.#ops.rename(`${path}.tmp`, path);
      await this.#ops.syncFolder(this.#options.folder);
    } catch (error) {
      throw storeFailure(error, PLAN_FILE);
    }
  }

  /** Without a plan (the folder was put together from several copies, say) no plain file is taken. */
  async #readPlan(open: OpenVaultFile): Promise<Plan> {
    const key = open.keys.find((one) => one.id === open.active);
    if (key === undefined) return {};
    try {
      const stored = await this.#ops.readFile(this.#path(PLAN_FILE));
      return JSON.parse(Buffer.from(openSealed(stored, key, PLAN_FILE)).toString('utf8')) as Plan;
    } catch {
      return {};
    }
  }

  #path(name: string): string {
    return join(this.#options.folder, name);
  }
}

const keysOf = (open: OpenVaultFile): ReadonlyMap<string, DataKey> => new Map(open.keys.map((key) => [key.id, key]));

function vaultFileAt(folder: string, ops: FileOps, readOnly: boolean): DurableFile<VaultFile> {
  const path = join(folder, VAULT_FILE);
  return new DurableFile<VaultFile>({ path, schema: vaultFileSchema, schemaVersion: 1, ops, readOnly });
}

const unfinished = (): LintelError => new LintelError('vault-broken.interrupted');

const notEncrypted = (): LintelError => new LintelError('vault-broken.plain');
