/** `lintel backup FILE`, `lintel backup verify FILE`, `lintel backup plan`, `lintel restore FILE` */
import { verifyBackup } from '../../backup/create.ts';
import type { Manifest } from '../../backup/archive.ts';
import type { RestorePreview } from '../../backup/restore.ts';
import {
  backUp,
  backupStatus,
  lookAtBackup,
  planBackups,
  restore,
  type ClosedFolder,
  type RestoreRequest,
} from '../../kiosk/closed-folder.ts';
import type { BackupPlanSettings, BackupStatus } from '../../../shared/trust.ts';
import { note, type Answer, type Terminal } from './terminal.ts';

const day = (at: number | null): string => (at === null ? '-' : new Date(at).toISOString().slice(0, 10));

/** How many of what; not the list of files, which is long. */
function summary({ createdAt, lintel, kiosk, counts, files }: Manifest) {
  return { createdAt, lintel, kiosk, counts, files: files.length };
}

function inWords({ createdAt, counts }: Manifest): string[] {
  const { people, samples, pictures, checkIns, firstCheckIn, lastCheckIn, auditLines, unreadable } = counts;
  return [
    `Made ${new Date(createdAt).toISOString()}: ${people} people with ${samples} samples and ${pictures} pictures,`,
    `${checkIns} check-ins (${day(firstCheckIn)} to ${day(lastCheckIn)}), ${auditLines} lines of the audit journal.`,
    ...(unreadable === 0 ? [] : [`${unreadable} damaged lines or pictures could not be taken along.`]),
  ];
}

export async function backupCommand(
  terminal: Terminal,
  on: ClosedFolder,
  request: { readonly to: string; readonly passphrase: string; readonly lintel: string },
): Promise<Answer> {
  let said = '';
  const { value, notWrittenDown } = await backUp(on, {
    ...request,
    signal: terminal.interrupted,
    onBytes: (phase) => {
      if (phase !== said) note(terminal, phase === 'writing' ? 'writing the backup ...' : 'reading it back ...');
      said = phase;
    },
  });
  const { manifest, bytes } = value;
  return {
    json: { file: request.to, bytes, ...summary(manifest), ...(notWrittenDown === null ? {} : { notWrittenDown }) },
    text: [
      ...inWords(manifest),
      `${bytes.toLocaleString('en')} bytes, read back whole. Nobody can open it without its passphrase, you neither.`,
      ...(notWrittenDown === null ? [] : [notWrittenDown]),
    ],
  };
}

export async function verifyBackupCommand(file: string, passphrase: string): Promise<Answer> {
  const manifest = await verifyBackup(file, { passphrase });
  return { json: { file, ...summary(manifest) }, text: ['The backup is whole.', ...inWords(manifest)] };
}

/**
 * @param change what is to be otherwise; null: only say how it is
 * @param passphrase asked only when one is given or needed
 */
export async function backupPlanCommand(
  on: ClosedFolder,
  change: Partial<BackupPlanSettings> | null,
  passphrase: (needed: boolean) => Promise<string | null>,
): Promise<Answer> {
  const now = await backupStatus(on);
  if (change === null) return { json: planJson(now), text: planText(now) };
  const plan = { ...now.plan, ...change };
  const given = await passphrase(plan.folder !== null && !now.passphraseSet);
  const { value, notWrittenDown } = await planBackups(on, plan, given);
  return {
    json: { ...planJson(value), ...(notWrittenDown === null ? {} : { notWrittenDown }) },
    text: [...planText(value), ...(notWrittenDown === null ? [] : [notWrittenDown])],
  };
}

const planJson = ({ plan, passphraseSet, last, files, places }: BackupStatus) => ({
  plan,
  passphraseSet,
  last,
  files,
  places,
});

function planText({ plan, last, files, places }: BackupStatus): string[] {
  const { folder, everyHours, keep, forgetDeleted } = plan;
  return [
    folder === null
      ? 'The kiosk makes no backups by itself.'
      : `While it runs, the kiosk makes a backup every ${everyHours} hours into ${folder}, and keeps ${keep}.`,
    ...(folder === null || forgetDeleted ? [] : ['Backups from before somebody was deleted are kept.']),
    last === null ? 'It has made none yet.' : `The last: ${new Date(last.at).toISOString()}, ${last.people} people.`,
    ...files.map(({ name, bytes }) => `  ${name}  ${bytes.toLocaleString('en')} bytes`),
    ...(folder !== null || places.length === 0 ? [] : [`Plugged in and writable: ${places.join(', ')}`]),
  ];
}

export async function restoreCommand(on: ClosedFolder, request: RestoreRequest, preview: boolean): Promise<Answer> {
  if (preview) {
    const found = await lookAtBackup(on, request);
    return { json: { restored: false, ...previewJson(found) }, text: [...previewText(found), 'Nothing was changed.'] };
  }
  const { value, notWrittenDown } = await restore(on, request);
  return {
    json: { restored: true, ...previewJson(value), ...(notWrittenDown === null ? {} : { notWrittenDown }) },
    text: [...previewText(value), 'Done.', ...(notWrittenDown === null ? [] : [notWrittenDown])],
  };
}

const previewJson = ({ manifest, ...found }: RestorePreview) => ({ ...found, backup: summary(manifest) });

function previewText({ how, manifest, people, checkIns, settings, pin, audit }: RestorePreview): string[] {
  const { added, newerInBackup, newerHere, same, onlyHere, leftOut, sameName } = people;
  const merging = how === 'merge';
  return [
    ...inWords(manifest),
    merging ? 'Merged with what is here:' : 'In place of what is here:',
    `  people who come: ${added}${sameName === 0 ? '' : `, ${sameName} of them under a name that is here already`}`,
    `  people changed later in the backup, who are taken from it: ${newerInBackup}`,
    `  people changed later here, who ${merging ? 'stay' : 'GO BACK'}: ${newerHere}`,
    `  people who are the same: ${same}`,
    `  people only here, who ${merging ? 'stay' : 'GO'}: ${onlyHere}`,
    ...(leftOut === 0 ? [] : [`  people deleted here since, who do not come back: ${leftOut}`]),
    `  check-ins that come: ${checkIns.added}; only here, which ${merging ? 'stay' : 'GO'}: ${checkIns.onlyHere}`,
    `  settings: ${settings === 'keep' ? "this kiosk's" : "the backup's"}; PIN: ${pin === 'keep' ? "this kiosk's" : "the backup's"}; ` +
      `audit journal: ${audit === 'keep' ? "this kiosk's" : "the backup's"}`,
  ];
}
