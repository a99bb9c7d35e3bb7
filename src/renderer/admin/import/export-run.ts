/** Everybody as one zip, made page by page while it is read: pictures are compressed already and only stored. */
import { Zip, ZipDeflate, ZipPassThrough } from 'fflate';
import { create } from 'zustand';
import { download } from '../../components/format.ts';
import { kiosk } from '../../state/kiosk.ts';

const PAGE = 25;

interface ExportRun {
  readonly running: boolean;
  readonly done: number;
  readonly total: number;
  /** The zip was handed over. */
  readonly finished: boolean;
  /** Names of those of whom a picture is damaged, and not in it. */
  readonly damaged: readonly string[];
  readonly error: unknown;
}

const NOTHING: ExportRun = { running: false, done: 0, total: 0, finished: false, damaged: [], error: null };
export const useExport = create<ExportRun>(() => NOTHING);

let stopping = false;
export function stopExport(): void {
  stopping = true;
}

/** The tables of the pages as one: the heading once. */
function joinTables(tables: readonly string[]): string {
  const [first = '', ...others] = tables.map((table) => (table.endsWith('\n') ? table : `${table}\n`));
  return first + others.map((table) => table.slice(table.indexOf('\n') + 1)).join('');
}

/** @param folder the name of the zip and of the folder in it */
export async function exportPeople(folder: string): Promise<void> {
  stopping = false;
  useExport.setState({ ...NOTHING, running: true }, true);
  try {
    const parts: Uint8Array<ArrayBuffer>[] = [];
    const zip = new Zip((error, chunk) => {
      if (error !== null) throw error;
      parts.push(chunk as Uint8Array<ArrayBuffer>);
    });
    const tables: string[] = [];
    let offset: number | null = 0;
    while (offset !== null) {
      const page: Awaited<ReturnType<ReturnType<typeof kiosk>['exportPeople']>> = await kiosk().exportPeople({
        offset,
        limit: PAGE,
      });
      if (stopping) return useExport.setState(NOTHING, true);
      for (const { name, bytes } of page.files) {
        if (name === 'data.csv') tables.push(new TextDecoder().decode(bytes));
        else {
          const entry = /\.jpe?g$|\.png$/i.test(name)
            ? new ZipPassThrough(`${folder}/${name}`)
            : new ZipDeflate(`${folder}/${name}`);
          zip.add(entry);
          entry.push(bytes, true);
        }
      }
      offset = page.next;
      useExport.setState((s) => ({
        done: page.next ?? page.total,
        total: page.total,
        damaged: [...s.damaged, ...page.damaged],
      }));
    }
    if (tables.length > 0) {
      const entry = new ZipDeflate(`${folder}/data.csv`);
      zip.add(entry);
      entry.push(new TextEncoder().encode(joinTables(tables)), true);
    }
    zip.end();
    download(`${folder}.zip`, parts, 'application/zip');
    useExport.setState({ running: false, finished: true });
  } catch (error) {
    useExport.setState({ ...NOTHING, error }, true);
  }
}
