/** A model file is what it was when it was chosen, also when the vision process loads it again hours later. */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { LintelError } from '../../shared/errors.ts';
import type { ModelFile } from './vision.ts';

/**
 * Reads the file and compares its SHA-256 with that of the manifest. A model with altered weights would load, and take
 * strangers for members.
 * @param model with an empty `sha256` when nobody knows what it should be (benches, tests): then nothing is compared
 * @throws LintelError model-damaged, model-missing
 */
export async function refuseDamaged(model: ModelFile): Promise<void> {
  if (model.sha256 === '') return;
  const hash = createHash('sha256');
  try {
    await pipeline(createReadStream(model.path), hash);
  } catch (cause) {
    throw new LintelError('model-missing', `The file of the model "${model.id}" cannot be read any more.`, {
      kept: 'Everything enrolled is untouched.',
      todo: 'Put the file back, then start face recognition again.',
      params: { model: model.id },
      cause,
    });
  }
  if (hash.digest('hex') !== model.sha256)
    throw new LintelError('model-damaged', `The file of the model "${model.id}" has changed since it was chosen.`, {
      kept: 'Everything enrolled is untouched.',
      todo: 'Replace it by a whole copy, then start face recognition again.',
      params: { model: model.id },
    });
}
