/** A child that enrolls, extends, removes, checks in and changes the PIN through the real stores, and tells each thing once it is durable. */
import { randomBytes } from 'node:crypto';
import { CheckInLog } from '../../src/main/attendance/log.ts';
import { Gallery } from '../../src/main/gallery/gallery.ts';
import { type NewSample, PeopleRepository } from '../../src/main/people/repository.ts';
import { Operator } from '../../src/main/server/operator.ts';
import { LintelError } from '../../src/shared/errors.ts';
import { GOOD_QUALITY } from './quality.ts';

/** Vectors of no model: the store does not care where they come from. */
export const TEST_MODEL = { id: 'random-vectors', sha256: '0'.repeat(64) };

/**
 * A kill in the middle of a try leaves it counted as a wrong one, as it should. By this clock the longest wait that follows,
 * five minutes, is over in 15 ms, and a try takes longer: every one is looked at.
 */
export const fastWall = (): number => (Date.now() - Date.UTC(2026, 0, 1)) * 20_000;

/** Is it the PIN? */
export const isPin = (operator: Operator, pin: string): Promise<boolean> =>
  operator.check(pin).then(
    () => true,
    (error: unknown) =>
      error instanceof LintelError && /^pin-(wrong|wait)$/.test(error.code) ? false : Promise.reject(error),
  );

/** The PIN goes from one to the other and back. */
export const PINS = ['1111', '22222222'] as const;

export type Told =
  | { readonly told: 'ready' }
  | { readonly told: 'saved'; readonly personId: string; readonly name: string; readonly samples: number }
  | { readonly told: 'removing'; readonly personId: string; readonly name: string }
  | { readonly told: 'removed'; readonly personId: string }
  | { readonly told: 'changing-pin' | 'changed-pin'; readonly pin: string }
  | { readonly told: 'checked-in'; readonly id: string; readonly personId: string };

/** A random unit vector of 512 numbers, and pictures of some bytes. */
function sample(): NewSample {
  const vector = Float32Array.from({ length: 512 }, () => Math.random() - 0.5);
  const length = Math.hypot(...vector);
  return {
    source: 'camera',
    pose: null,
    quality: GOOD_QUALITY,
    pictureSha256: null,
    embedding: vector.map((x) => x / length),
    pictures: { aligned: randomBytes(3000), portrait: randomBytes(3000) },
  };
}

const tell = (message: Told): void => void process.send?.(message);

async function work(folder: string): Promise<void> {
  const people = await PeopleRepository.open({ folder, gallery: new Gallery(), model: TEST_MODEL });
  const checkIns = await CheckInLog.open({ folder });
  const operator = await Operator.open({ folder, wall: fastWall });
  tell({ told: 'ready' });
  const enrolling = async (): Promise<void> => {
    for (;;) {
      const dice = Math.random();
      const all = people.all();
      const someone = all[Math.floor(Math.random() * all.length)];
      if (someone !== undefined && (dice < 0.25 || all.length > 40)) {
        tell({ told: 'removing', personId: someone.id, name: someone.name });
        await people.remove(someone.id);
        tell({ told: 'removed', personId: someone.id });
      } else {
        const samples = [sample(), sample()];
        const name = `Person ${randomBytes(6).toString('hex')}`;
        const [saved] = await people.save([
          someone !== undefined && dice < 0.5
            ? { kind: 'extend', personId: someone.id, samples }
            : { kind: 'add', name, externalId: null, group: null, consentAt: 1, samples },
        ]);
        if (saved !== undefined)
          tell({ told: 'saved', personId: saved.id, name: saved.name, samples: saved.samples.length });
      }
    }
  };
  const checkingIn = async (): Promise<void> => {
    for (let i = 0; ; i++) {
      const { checkIn } = await checkIns.record(
        { personId: `p_${i % 7}`, name: 'Somebody', similarity: 0.7, threshold: 0.5, model: TEST_MODEL.id },
        { cooldownMs: 0, direction: 'alternate', kiosk: 'Front door' },
      );
      tell({ told: 'checked-in', id: checkIn.id, personId: checkIn.personId });
    }
  };
  const changingPin = async (): Promise<void> => {
    if (!operator.pinSet) await operator.create(PINS[0]);
    // What the last kill left: the wrong one of the two costs one try, which the right one gives back.
    let now = (await isPin(operator, PINS[0])) || !(await isPin(operator, PINS[1])) ? 0 : 1;
    for (; ; now = 1 - now) {
      const pin = PINS[1 - now] ?? '';
      tell({ told: 'changing-pin', pin });
      await operator.change(PINS[now] ?? '', pin);
      tell({ told: 'changed-pin', pin });
    }
  };
  await Promise.all([enrolling(), checkingIn(), changingPin()]);
}

if (process.argv[2] === 'kiosk-work') await work(process.argv[3] ?? '');
