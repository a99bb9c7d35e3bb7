/** `lintel models`, `lintel models download [ID...]` */
import { join } from 'node:path';
import { LintelError } from '../../../shared/errors.ts';
import { downloadModel } from '../../models/download.ts';
import type { FoundModels } from '../../models/find.ts';
import { type Answer, note, startProgress, type Terminal } from './terminal.ts';

export function listModels(found: FoundModels): Answer {
  const models = found.models.map(({ entry, state, path }) => ({
    id: entry.id,
    kind: entry.kind,
    state,
    path,
    licence: entry.licence,
    download: entry.download?.url ?? null,
  }));
  return {
    json: { models },
    text: models.map(({ id, kind, state, path, licence, download }) => {
      const where = path ?? (download === null ? '' : 'can be downloaded');
      return `${state.padEnd(8)} ${kind.padEnd(10)} ${id}  ${licence}  ${where}`;
    }),
  };
}

/**
 * Downloads models into the data folder's `models/`, each checked by size and SHA-256.
 * @param ids none: one model of every kind of which none is here
 */
export async function downloadModels(
  found: FoundModels,
  ids: readonly string[],
  dataDir: string,
  terminal: Terminal,
): Promise<Answer> {
  const wanted =
    ids.length > 0
      ? ids.map((id) => found.models.find(({ entry }) => entry.id === id)?.entry ?? unknown(id, found))
      : (['detector', 'embedder', 'landmarker'] as const).flatMap((kind) => {
          const ofKind = found.models.filter(({ entry }) => entry.kind === kind);
          if (ofKind.some(({ state }) => state === 'ready')) return [];
          return ofKind
            .filter(({ entry }) => entry.download !== undefined)
            .map(({ entry }) => entry)
            .slice(0, 1);
        });
  const downloaded: { id: string; path: string; licence: string }[] = [];
  for (const entry of wanted) {
    note(terminal, `downloading ${entry.file} (${entry.licence}) ...`);
    const progress = startProgress(terminal, 'percent', 100);
    let percent = 0;
    try {
      const path = await downloadModel(entry, join(dataDir, 'models'), {
        signal: terminal.interrupted,
        onProgress: (have, total) => {
          for (; percent < Math.floor((have / total) * 100); percent++) progress.step();
        },
      });
      downloaded.push({ id: entry.id, path, licence: entry.licence });
    } finally {
      progress.stop();
    }
  }
  return {
    json: { downloaded },
    text: downloaded.length === 0 ? ['Nothing to download.'] : downloaded.map(({ id, path }) => `${id}: ${path}`),
  };
}

function unknown(id: string, found: FoundModels): never {
  throw new LintelError('not-found.model', {
    model: id,
    present: found.models.map(({ entry }) => entry.id).join(', '),
  });
}
