/** The vision process with recorded eyes: the real messages, the real check of the model files, no models run. */
import sharp from 'sharp';
import type { VisionReply, VisionRequest } from '../../src/main/vision/process.ts';
import { readModel } from '../../src/main/models/file.ts';
import type { Vision } from '../../src/main/vision/vision.ts';
import { reportOf } from '../../src/shared/errors.ts';
import { drawnRecording, recordedVision } from './recorded-vision.ts';

/** People whose frames this child knows. */
export const RECORDED_PEOPLE = 40;

async function serve(): Promise<void> {
  const picture = await sharp({ create: { width: 112, height: 112, channels: 3, background: '#987' } })
    .jpeg()
    .toBuffer();
  let vision: Vision | null = null;
  const answer = async (request: VisionRequest): Promise<unknown> => {
    if (request.kind === 'open') {
      await readModel(request.models.detector!);
      await readModel(request.models.embedder);
      vision = recordedVision(request.models, drawnRecording(RECORDED_PEOPLE), new Uint8Array(picture));
      return null;
    }
    if (vision === null) throw new Error('asked before it was opened');
    if (request.kind === 'analyze') return vision.analyze(request.frame, request.options);
    if (request.kind === 'picture') return vision.analyzePicture(request.bytes, request.options);
    return vision.embedAligned(request.pictures, { mirror: request.mirror });
  };
  process.on('message', (message) => {
    const request = message as VisionRequest;
    const reply = (said: VisionReply): void => void process.send?.(said, undefined, undefined, () => undefined);
    answer(request).then(
      (value) => reply({ id: request.id, ok: true, value }),
      (error: unknown) => reply({ id: request.id, ok: false, error: reportOf(error) }),
    );
  });
  process.on('disconnect', () => process.exit(0));
}

if (process.send !== undefined && process.argv[1]?.includes('recorded-vision-child') === true) await serve();
