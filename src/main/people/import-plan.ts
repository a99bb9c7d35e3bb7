/**
 * Who would be imported from a folder, worked out from the names of its files and what kind each is. Two kinds of folder are understood:
 * one with a `data.csv` of `id,name,group,image` (a row for each picture), and one with a sub-folder of pictures for each
 * person, its name the person's name. What `exportPeople` makes is of the first kind, with a `lintel.json` beside each
 * person's pictures that holds what pictures can not say.
 */
import type { ImportPlan } from '../../shared/admin.ts';
import { unguardText } from '../../shared/csv.ts';
import { nameSchema } from '../../shared/domain.ts';
import { type Refusal, refusal } from '../../shared/errors.ts';
import {
  byName,
  isPictureName,
  isRecord,
  isSystemPath,
  nameOfFolder,
  RECORD_FILE,
  TABLE,
} from '../../shared/people-folder.ts';
import { isRead, type PictureKind } from '../../shared/picture-kinds.ts';
import { parseTable, readText } from './text-encoding.ts';

type Planned = ImportPlan['people'][number];
type Problem = ImportPlan['problems'][number];

/** As many pictures as one person can have in an import; somebody who comes with a record has all of theirs. */
const MOST_PICTURES = 199;

/** What a file is by its content, see `pictureKind`; undefined: nobody has looked. */
export type KindOf = (file: string) => PictureKind | 'unreadable' | null | undefined;

/**
 * Hidden and system files are passed over, unless a row of the table names them; `passedOver` says which these are.
 * @param files paths from inside the folder, with `/` or `\`; an empty folder's ends with one
 * @param csv what `data.csv` holds (bytes: in whatever encoding), or null when there is none
 * @throws LintelError `text-encoding`
 */
export function importPlan(
  files: readonly string[],
  csv: Uint8Array | string | null,
  kindOf: KindOf = () => undefined,
): ImportPlan {
  const problems: Problem[] = [];
  const table = csv === null ? null : readText(csv, TABLE);
  const people = table === null ? fromFolders(files, kindOf, problems) : fromTable(files, table.text, kindOf, problems);
  for (const person of people) {
    if (person.files.some((file) => isRecord(slashes(file)))) continue;
    for (const file of person.files.slice(MOST_PICTURES))
      problems.push({ file, ...refusal('import-too-many', { most: MOST_PICTURES }) });
    person.files = person.files.slice(0, MOST_PICTURES);
  }
  const assumed = table?.assumed ?? null;
  return { people, problems, ...(assumed === null ? {} : { assumed: { ...assumed } }) };
}

const slashes = (path: string): string => path.replaceAll('\\', '/').replace(/^(\.\/)+/, '');
const folderOf = (path: string): string => path.slice(0, path.lastIndexOf('/') + 1);

/** Why a file is no picture that can be imported; null: it is one. */
function notPicture(file: string, kindOf: KindOf): Refusal | null {
  const kind = kindOf(file);
  if (kind === undefined) return isPictureName(file) ? null : refusal('import-not-a-picture.name');
  if (kind === null) return refusal('import-not-a-picture');
  if (kind === 'unreadable') return refusal(file.includes(LOST) ? 'import-name-lost' : 'file-unreadable');
  return isRead(kind) || kind === 'heif' ? null : refusal('picture-unsupported', { kind });
}

const isName = (name: string): boolean => nameSchema.safeParse(name).success;
/** What stands where letters could not be read. */
const LOST = '\ufffd';

function fromFolders(files: readonly string[], kindOf: KindOf, problems: Problem[]): Planned[] {
  const people = new Map<string, Planned>();
  for (const file of files) {
    const parts = slashes(file).split('/');
    const [folder = '', leaf = ''] = parts;
    const name = nameOfFolder(folder);
    const empty = parts.at(-1) === '';
    if (isSystemPath(parts.join('/')) || (empty && parts.length > 2)) continue;
    const why = empty || isRecord(leaf) ? null : notPicture(file, kindOf);
    if (parts.length === 1) {
      problems.push({ file, ...refusal('import-no-folder') });
    } else if (parts.length > 2) {
      problems.push({ file, ...refusal('import-too-deep') });
    } else if (why !== null) {
      problems.push({ file, ...why });
    } else {
      if (!isName(name)) problems.push({ file, ...refusal(name.includes(LOST) ? 'import-name-lost' : 'name-invalid') });
      else {
        const person = people.get(name) ?? { name, externalId: null, group: null, files: [] };
        if (!empty) person.files.push(file);
        people.set(name, person);
      }
    }
  }
  const all = [...people.values()].sort((a, b) => byName(a.name, b.name));
  for (const person of all) person.files.sort(byName);
  return all;
}

function fromTable(files: readonly string[], csv: string, kindOf: KindOf, problems: Problem[]): Planned[] {
  const { data, firstLine } = parseTable(csv, ['name', 'image'], 'greedy');
  const [head = [], ...body] = data;
  const columns = head.map((title) => title.trim().toLowerCase());
  const [ID, NAME, GROUP, IMAGE] = ['id', 'name', 'group', 'image'].map((title) => columns.indexOf(title)) as [
    number,
    number,
    number,
    number,
  ];
  for (const [at, title] of [
    [NAME, 'name'],
    [IMAGE, 'image'],
  ] as const)
    if (at < 0) problems.push({ file: TABLE, ...refusal('import-column', { column: title }) });
  if (NAME < 0 || IMAGE < 0) return [];

  const there = new FilesThere(files, kindOf);
  const people = new Map<string, Planned>();
  const owner = new Map<string, Planned>();
  const cell = (row: readonly string[], column: number): string => unguardText((row[column] ?? '').trim());
  body.forEach((row, index) => {
    const file = `${TABLE}, row ${index + firstLine + 1}`;
    const refuse = (why: Refusal): void => void problems.push({ file, ...why });
    const [id, name, group] = [cell(row, ID), cell(row, NAME).normalize('NFC'), cell(row, GROUP)];
    if (row.some((text) => text.includes(LOST))) return refuse(refusal('import-text-lost'));
    if (!isName(name)) return refuse(refusal('name-invalid'));
    if (id.length > 100 || group.length > 100) return refuse(refusal('import-field-long'));
    const image = (row[IMAGE] ?? '').trim();
    if (image === '') return refuse(refusal('import-no-picture'));
    const asWritten = there.find(image);
    const found = typeof asWritten === 'string' ? asWritten : there.find(unguardText(image));
    if (typeof found !== 'string') return refuse(found);
    // One person by their id; those without an id by their name. Two people of an export may share both.
    const folder = folderOf(slashes(found).normalize('NFC'));
    const own = there.at(`${folder}${RECORD_FILE}`) === undefined ? '' : folder;
    const key = `${own}\n${id === '' ? `name ${name}` : `id ${id}`}`;
    const person = people.get(key) ?? { name, externalId: id || null, group: group || null, files: [] };
    if (person.name !== name) return refuse(refusal('import-id-twice'));
    const before = owner.get(found);
    if (before !== undefined && before !== person) return refuse(refusal('import-picture-taken'));
    person.group ??= group || null;
    if (before === undefined) person.files.push(found);
    people.set(key, person);
    owner.set(found, person);
  });

  const all = [...people.values()];
  const owners = new Map<string, Set<Planned>>();
  for (const [file, person] of owner) {
    const folder = folderOf(slashes(file));
    owners.set(folder, (owners.get(folder) ?? new Set()).add(person));
  }
  for (const person of all) {
    // The record lies in the person's own folder, in which nobody else has pictures.
    const folders = new Set(person.files.map((file) => folderOf(slashes(file))));
    const [folder = ''] = folders;
    if (folders.size !== 1 || owners.get(folder)?.size !== 1) continue;
    const record = there.at(`${folder}${RECORD_FILE}`);
    if (record === undefined || owner.has(record)) continue;
    person.files.push(record);
    owner.set(record, person);
  }
  for (const file of files)
    if (
      !owner.has(file) &&
      !isSystemPath(slashes(file)) &&
      !isRecord(slashes(file)) &&
      notPicture(file, kindOf) === null
    )
      problems.push({ file, ...refusal('import-unnamed') });
  return all;
}

/** The folder's files as a table may write them: any slashes, any composition of accents, any case if that is clear. */
class FilesThere {
  readonly #exact = new Map<string, string>();
  readonly #loose = new Map<string, string | null>();

  readonly #kindOf: KindOf;

  constructor(files: readonly string[], kindOf: KindOf) {
    this.#kindOf = kindOf;
    for (const file of files) {
      const path = slashes(file).normalize('NFC');
      this.#exact.set(path, file);
      const loose = path.toLowerCase();
      this.#loose.set(loose, this.#loose.has(loose) ? null : file);
    }
  }

  at(path: string): string | undefined {
    return this.#exact.get(path.normalize('NFC'));
  }

  find(image: string): string | Refusal {
    const path = slashes(image).normalize('NFC');
    if (/^([a-z]+:|\/)/i.test(path) || path.split('/').includes('..')) return refusal('import-outside');
    const found = this.#exact.get(path) ?? this.#loose.get(path.toLowerCase());
    if (found === undefined || found === null) return refusal('import-picture-missing');
    return (isRecord(path) ? null : notPicture(found, this.#kindOf)) ?? found;
  }
}
