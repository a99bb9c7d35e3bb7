/** Bringing people in and taking them out, as the screens ask for it. */
import { bringIn, everyone, type BringInOptions, type BroughtIn, type PersonToBringIn } from './bring-in.ts';
import type { Handlers } from './handlers.ts';
import { importPlan } from './import-plan.ts';
import type { Kiosk } from './kiosk.ts';
import { filesOf, foldersOf } from './person-export.ts';
import type { ExportedFile } from '../../shared/desk.ts';
import type { PersonRecord } from './person-record.ts';

export class ImportDesk {
  readonly #kiosk: Kiosk;

  constructor(kiosk: Kiosk) {
    this.#kiosk = kiosk;
  }

  /** See `bringIn`; with the kiosk's rooms, and the status told when it is over. */
  async *bringIn(people: Iterable<PersonToBringIn>, options: BringInOptions = {}): AsyncGenerator<BroughtIn, void> {
    const kiosk = this.#kiosk;
    const rooms = {
      people: kiosk.people,
      vision: () => kiosk.ready(),
      watch: <T>(write: () => Promise<T>) => kiosk.disk.watch(write),
    };
    try {
      yield* bringIn(rooms, people, options);
    } finally {
      kiosk.statusChanged();
    }
  }

  /** One page of everybody, in the order in which they were enrolled; see person-export.ts. */
  async export(offset: number, limit: number): Promise<{ total: number; next: number | null; files: ExportedFile[] }> {
    const { people } = this.#kiosk;
    const all = people.all();
    const some = all.slice(offset, offset + limit);
    const files = await filesOf(some, this.#folders(all), people.pictures);
    // Before they leave: an export that nobody knows of is worse than one that was noted and not taken.
    if (some.length > 0)
      await this.#kiosk.audit({
        kind: 'export',
        subject: null,
        details: { what: 'people', format: 'folder', count: some.length },
      });
    const next = offset + limit < all.length ? offset + limit : null;
    return { total: all.length, next, files };
  }

  #all: readonly PersonRecord[] = [];
  #named: ReadonlyMap<string, string> = new Map();

  /** The same for every page while nobody comes or goes. */
  #folders(all: readonly PersonRecord[]): ReadonlyMap<string, string> {
    if (all !== this.#all) [this.#all, this.#named] = [all, foldersOf(all)];
    return this.#named;
  }
}

export const importDesk = ({ imports }: Kiosk) =>
  ({
    planImport: ({ files, csv }) => importPlan(files, csv),
    importPeople: async ({ people, consentAt }) => {
      const readable = people.map(({ name, externalId, group, pictures }) => ({
        name,
        externalId,
        group,
        consentAt,
        pictures: pictures.map((picture) => ({ file: picture.name, read: () => Promise.resolve(picture.bytes) })),
      }));
      const brought = await everyone(imports.bringIn(readable));
      return brought.map((one) => ({ ...one, rejected: [...one.rejected] }));
    },
    exportPeople: ({ offset, limit }) => imports.export(offset, limit),
  }) satisfies Partial<Handlers>;
