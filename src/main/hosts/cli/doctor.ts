/** `lintel doctor`: is everything here that a kiosk needs, and what to do where it is not. */
import { accessSync, constants, existsSync, readdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { PersonSummary } from '../../../shared/domain.ts';
import { type ForeignReport, LintelError, reportOf } from '../../../shared/errors.ts';
import type { BackupStatus } from '../../../shared/security.ts';
import { chooseEach, type FoundModels, modelStates } from '../../models/find.ts';
import type { AuditReport } from '../../storage/audit-verify.ts';
import { freeSpace, worded } from '../../storage/failure.ts';
import { vaultStatus } from '../../storage/vault.ts';
import type { Answer, Terminal } from './terminal.ts';

interface Check {
  readonly name: string;
  readonly ok: boolean;
  readonly detail: string;
  /** What to do; null when there is nothing to do. */
  readonly todo: string | null;
}

interface DoctorOptions {
  readonly terminal: Terminal;
  readonly root: string;
  readonly dataDir: string;
  readonly findModels: () => Promise<FoundModels>;
  readonly findBrowser: () => string | null;
  /** Reads the data folder without changing it. */
  readonly readPeople: () => Promise<{
    readonly people: readonly PersonSummary[];
    /** How many have face data, but none of the model in use; whom of them `People.renewable` names. */
    readonly enrollAgain: number;
    readonly renewable: ReadonlySet<string>;
    readonly notices: readonly ForeignReport[];
    readonly backup: BackupStatus;
    readonly audit: AuditReport;
  }>;
}

/** A check whose failure means that no kiosk can open here, not only that something is missing. */
interface Weighed extends Check {
  readonly needed: boolean;
}

const LOW_DISK_BYTES = 500 * 1024 * 1024;
const megabytes = (bytes: number): string => `${Math.floor(bytes / 1024 / 1024).toLocaleString('en')} MB`;

export async function doctor(options: DoctorOptions): Promise<Answer> {
  const checks: Weighed[] = [
    ...(await models(options)),
    ...(await folder(options)),
    await encryption(options),
    await disk(options),
    browser(options),
    electron(options),
    camera(),
  ];
  return {
    json: { checks: checks.map(({ name, ok, detail, todo }) => ({ name, ok, detail, todo })) },
    text: checks.flatMap(({ name, ok, detail, todo }) => [
      `${ok ? 'ok  ' : 'LOOK'}  ${name}: ${detail}`,
      ...(todo === null ? [] : [`      ${todo}`]),
    ]),
    failed: checks.some(({ ok, needed }) => needed && !ok),
  };
}

async function models({ findModels, terminal }: DoctorOptions): Promise<Weighed[]> {
  try {
    const found = await findModels();
    const chosen = chooseEach(found, { env: terminal.env['LINTEL_EMBEDDER'] });
    const { detector, embedder } = chosen;
    const missing = [detector, embedder].filter((one) => one instanceof LintelError);
    const used = [detector, embedder].flatMap((one) => (one instanceof LintelError ? [] : [one.id]));
    const inUse = new Map(modelStates(found, chosen).map((state) => [state.id, state.inUse]));
    return [
      {
        name: 'models',
        ok: missing.length === 0,
        needed: true,
        detail: missing.map(({ message }) => message).join(' ') || `using ${used.join(' and ')}`,
        todo: missing[0]?.todo ?? null,
      },
      ...found.models.map(({ entry, state, path }): Weighed => {
        const hash = `SHA-256 ${entry.sha256}`;
        const use = inUse.get(entry.id) === true ? ', in use' : '';
        // Several can do the same work: one of a kind is enough, but a damaged file is never right.
        const spare = found.models.some((other) => other.entry.kind === entry.kind && other.state === 'ready');
        const optional = entry.kind === 'landmarker';
        const fetched = optional && !spare && entry.download !== undefined;
        return {
          name: `model ${entry.id}`,
          ok: state === 'ready' || (state === 'missing' && (spare || optional)),
          needed: false,
          detail:
            state === 'ready'
              ? `${path ?? entry.file}, ${hash} as expected${use} (${entry.licence})`
              : state === 'damaged'
                ? `${path ?? entry.file} is not the file with ${hash}`
                : `${entry.file} is not here, and ${spare ? 'not needed' : optional ? 'the kiosk works without it: no face outline, and only turns of the head are asked' : 'nothing else does its work'}`,
          todo:
            state === 'ready' || (state === 'missing' && spare)
              ? null
              : state === 'damaged'
                ? 'Replace it by a whole copy.'
                : `${fetched ? 'Nothing: a kiosk with a network downloads it by itself. Without one: put' : 'Put'} it in ${found.searchDirs.join(' or ')}.`,
        };
      }),
    ];
  } catch (error) {
    const { message, todo } = reportOf(worded(error));
    return [{ name: 'models', ok: false, needed: true, detail: message, todo: todo ?? null }];
  }
}

async function folder({ dataDir, readPeople }: DoctorOptions): Promise<Weighed[]> {
  const name = 'data folder';
  let existing = dataDir;
  while (!existsSync(existing) && dirname(existing) !== existing) existing = dirname(existing);
  try {
    accessSync(existing, constants.R_OK | constants.W_OK);
  } catch {
    return [
      {
        name,
        ok: false,
        needed: true,
        detail: `${dataDir} cannot be written to`,
        todo: 'Give this user the right to write there, or choose another folder with --data.',
      },
    ];
  }
  if (existing !== dataDir) {
    return [{ name, ok: true, needed: true, detail: `${dataDir} will be made at first use`, todo: null }];
  }
  try {
    const { people, enrollAgain, renewable, notices, backup, audit } = await readPeople();
    const renewed = people.filter(({ id }) => renewable.has(id)).length;
    const again = enrollAgain - renewed;
    const of = [
      ...(renewed === 0 ? [] : [`${renewed} will be made ready for the model in use at the next start`]),
      ...(again === 0 ? [] : [`${again} must be enrolled again`]),
    ];
    return [
      {
        name,
        ok: notices.length === 0,
        needed: false,
        detail: [
          `${dataDir}, ${people.length} people${of.length === 0 ? '' : `, of whom ${of.join(' and ')}`}`,
          ...notices.map(({ message, kept }) => [message, kept ?? []].flat().join(' ').replace(/\.$/, '')),
        ].join('. '),
        todo: notices.find(({ todo }) => todo !== undefined)?.todo ?? null,
      },
      {
        name: 'audit log',
        ok: audit.ok,
        needed: false,
        detail: audit.ok
          ? `unchanged, ${audit.lines} lines`
          : `not as it was written, ${audit.problems.length} problems`,
        todo: audit.ok ? null : 'Run "lintel audit verify" and look who had access to the data folder.',
      },
      backups(backup, Date.now()),
    ];
  } catch (error) {
    const { message, todo } = reportOf(worded(error));
    return [{ name, ok: false, needed: true, detail: `${dataDir}: ${message}`, todo: todo ?? null }];
  }
}

/** Whether the backups the kiosk is to make by itself are being made. */
function backups({ plan, last }: BackupStatus, now: number): Weighed {
  const name = 'backups';
  const day =
    last === null ? 'none yet' : `the last ${new Date(last.at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  if (plan.folder === null)
    return {
      name,
      ok: false,
      needed: false,
      detail: `automatic backups are off; ${day}`,
      todo: 'Plan them in the Security area of the kiosk, or let a timer of the system run "lintel backup".',
    };
  // A stick may be out for one of them.
  const ok = last !== null && now - last.at < 2 * plan.everyHours * 3_600_000;
  return {
    name,
    ok,
    needed: false,
    detail: `every ${plan.everyHours} hours into ${plan.folder}; ${day}`,
    todo: ok ? null : 'Look whether the folder is there (the stick is in) and can be written to.',
  };
}

async function encryption({ dataDir }: DoctorOptions): Promise<Weighed> {
  const name = 'encryption';
  try {
    const { state, method } = await vaultStatus(dataDir);
    const plain = state === 'plain';
    return {
      name,
      ok: state === 'encrypted',
      needed: false,
      detail: plain
        ? 'the data are NOT encrypted: whoever takes this machine or its disk can read them'
        : `${state}, by ${method ?? ''}`,
      todo: plain
        ? 'Turn it on in the Security area of the kiosk, or by "lintel encrypt on" while it is closed; best before the first person is enrolled.'
        : state === 'encrypted'
          ? null
          : 'It was interrupted: start the kiosk, which goes on with it.',
    };
  } catch (error) {
    const { message, todo } = reportOf(worded(error));
    return { name, ok: false, needed: true, detail: message, todo: todo ?? null };
  }
}

async function disk({ dataDir }: DoctorOptions): Promise<Weighed> {
  try {
    const { free, total } = await freeSpace(dataDir);
    const ok = free >= LOW_DISK_BYTES;
    return {
      name: 'disk',
      ok,
      needed: false,
      detail: `${megabytes(free)} free of ${megabytes(total)}`,
      todo: ok ? null : `Make room: below ${megabytes(LOW_DISK_BYTES)} a long day may fill it.`,
    };
  } catch (error) {
    return { name: 'disk', ok: false, needed: false, detail: reportOf(worded(error)).message, todo: null };
  }
}

function browser({ findBrowser }: DoctorOptions): Weighed {
  const path = findBrowser();
  return {
    name: 'browser',
    ok: path !== null,
    needed: false,
    detail: path ?? 'no Chromium, Chrome or Edge was found',
    todo: path === null ? 'Install one, or name it in LINTEL_CHROMIUM. With Electron it is not needed.' : null,
  };
}

function electron({ root }: DoctorOptions): Weighed {
  const home = join(root, 'node_modules', 'electron');
  if (!existsSync(home)) {
    // The portable bundle (scripts/package.mjs) has none, and cannot get one.
    return {
      name: 'Electron',
      ok: true,
      needed: false,
      detail: 'not part of this bundle: the kiosk opens in the browser',
      todo: null,
    };
  }
  const present = existsSync(join(home, 'path.txt')) && existsSync(join(home, 'dist'));
  return {
    name: 'Electron',
    ok: present,
    needed: false,
    detail: present ? 'installed' : 'its binary is not installed',
    todo: present ? null : 'With a network: npx install-electron. Without it the kiosk opens in the browser.',
  };
}

function camera(): Weighed {
  const name = 'camera';
  if (process.platform !== 'linux') {
    return {
      name,
      ok: true,
      needed: false,
      detail: 'cannot be checked from here',
      todo: 'Open the kiosk: it says when it finds no camera.',
    };
  }
  let devices: string[] = [];
  try {
    devices = readdirSync('/dev').filter((device) => /^video\d+$/.test(device));
  } catch {
    // no /dev, no camera
  }
  const closed = devices.filter((device) => {
    try {
      accessSync(join('/dev', device), constants.R_OK | constants.W_OK);
      return false;
    } catch {
      return true;
    }
  });
  if (devices.length === 0) {
    return { name, ok: false, needed: false, detail: 'no /dev/video* device', todo: 'Plug a camera in.' };
  }
  const ok = closed.length < devices.length;
  return {
    name,
    ok,
    needed: false,
    detail: devices.map((device) => `/dev/${device}`).join(', ') + (ok ? '' : ', but this user may not open it'),
    todo: ok ? null : 'Add this user to the group "video" and log in again.',
  };
}
