/** The child's side of [Note: the vision process]: messages in, calls on an in-process vision, answers out. */
import { LintelError, reportOf } from '../../shared/errors.ts';
import type { VisionReply, VisionRequest } from './messages.ts';
import { openVision } from './open.ts';
import type { Vision } from './vision.ts';

/** Answers one request at a time, in the order of arrival. `reply` must not throw. */
export function serveVision(reply: (message: VisionReply) => void): (request: VisionRequest) => void {
  let vision: Vision | null = null;
  let last: Promise<void> = Promise.resolve();

  const run = async (request: VisionRequest): Promise<unknown> => {
    if (request.kind === 'open') {
      vision = await openVision(request.models, request.threads === null ? {} : { threads: request.threads });
      return null;
    }
    if (vision === null)
      throw new LintelError('internal', 'The vision process was asked before its models were loaded.');
    switch (request.kind) {
      case 'analyze':
        return vision.analyze(request.frame, request.options);
      case 'picture':
        return vision.analyzePicture(request.bytes, request.options);
      case 'aligned':
        return vision.embedAligned(request.pictures, { mirror: request.mirror });
    }
  };

  return (request) => {
    last = last.then(async () => {
      try {
        reply({ id: request.id, ok: true, value: await run(request) });
      } catch (error) {
        reply({ id: request.id, ok: false, error: reportOf(error) });
      }
    });
  };
}
