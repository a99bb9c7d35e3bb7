/** Answers of a scripted kiosk about its data as a whole: encryption, backups, restores, the audit journal. */
import type { CallInput } from '../../src/shared/calls.ts';
import { LintelError, reportOf } from '../../src/shared/errors.ts';
import type {
  AuditCheck,
  AuditEntry,
  BackupStatus,
  DataState,
  RestoreOutcome,
  SecurityStatus,
} from '../../src/shared/security.ts';
import type { ScriptedHost } from './scripted-host.ts';

/** Opens the locked data of a scripted kiosk, and its backups. */
export const PASSPHRASE = 'three blue herons 41';
/** What the scripted journal ends with. */
export const LAST = { seq: 340, hash: 'c0ffee12'.repeat(8) } as const;
const DAY_MS = 86_400_000;
const nameOf = (at: number): string => `lintel-${new Date(at).toISOString().replaceAll(/[-:.Z]/g, '')}.lintelbackup`;

/** One of each kind there is, newest first; below them settings, as far down as there are numbers. */
function auditLines(now: number): AuditEntry[] {
  const person = 'p_4f2a9c17d0';
  const some: [string, string | null, AuditEntry['details'], string?][] = [
    ['encryption', null, { what: 'on' }],
    ['backup', null, { people: 7, checkIns: 1840, bytes: 3_400_000 }, 'kiosk'],
    ['restore', null, { how: 'merge', people: 2, checkIns: 31, madeAt: now - 9 * DAY_MS }],
    ['restore', null, { how: 'replace', people: 5, checkIns: 800, madeAt: now - 30 * DAY_MS }, 'terminal'],
    ['enroll', person, { samples: 5 }],
    ['consent-given', person, {}],
    ['edit', person, { fields: ['name', 'group'] }],
    ['delete', person, { samples: 3 }],
    ['merge', person, { from: 'p_77aa01bc9e' }],
    ['consent-revoked', person, { attendance: 'anonymised' }],
    ['export', null, { what: 'attendance', format: 'xlsx', count: 31 }],
    ['export', null, { what: 'people', format: 'folder', count: 7 }],
    ['pin-failed', null, { inARow: 1 }],
    ['pin-failed', null, { inARow: 4 }],
    ['pin-locked', null, { seconds: 30 }],
    ['pin-set', null, {}],
    ['correction', person, { of: 'c_0a1b2c3d4e', what: 'retime' }],
    ['retention', null, { pictures: 12, checkIns: 230, people: 1 }, 'kiosk'],
    ['audit', null, { found: 'head-behind', at: 12 }, 'kiosk'],
    ['badge-printed', person, { colour: 'blue' }],
  ];
  return Array.from({ length: LAST.seq }, (_, i) => {
    const [kind, subject, details, by = 'operator'] = some[i] ?? ['settings', null, { fields: ['language', 'theme'] }];
    return { seq: LAST.seq - i, at: now - i * 1_800_000, kind, subject, by, details };
  });
}

const PREVIEW: Omit<RestoreOutcome, 'how' | 'settings' | 'pin' | 'backup'> = {
  people: { added: 2, newerInBackup: 1, newerHere: 3, same: 41, onlyHere: 1, leftOut: 1, sameName: 1 },
  checkIns: { added: 312, same: 1528, onlyHere: 24 },
};

export interface ScriptedSecurity {
  security: SecurityStatus;
  /** What a check of the journal finds. */
  problems: AuditCheck['problems'];
  /** Goes on with a backup that is being made. */
  finishBackup: () => void;
}

/** Gives `host` answers to every call about its data. @returns what a test may change, and what it may do */
export function answerSecurity(host: ScriptedHost): ScriptedSecurity {
  const now = Date.now();
  const lines = auditLines(now);
  const made = [0, 1, 2].map((back) => now - (back + 0.2) * DAY_MS);
  const state: ScriptedSecurity = {
    security: {
      encryption: { encrypted: true, method: 'passphrase', keyStore: true },
      backup: {
        plan: { folder: '/media/kiosk/STICK', everyHours: 24, keep: 7, forgetDeleted: true },
        passphraseSet: true,
        running: false,
        last: { at: made[0] ?? now, file: nameOf(made[0] ?? now), bytes: 3_412_000, people: 7, checkIns: 1840 },
        problem: null,
        nextAt: now + 0.8 * DAY_MS,
        files: made.map((at, i) => ({ name: nameOf(at), at, bytes: 3_412_000 - i * 41_000 })),
        places: ['/media/kiosk/STICK', '/mnt/archive'],
      },
    },
    problems: [],
    finishBackup: () => undefined,
  };
  const setBackup = (part: Partial<BackupStatus>): BackupStatus =>
    (state.security = { ...state.security, backup: { ...state.security.backup, ...part } }).backup;
  const preview = (asked: CallInput<'previewRestore'>): RestoreOutcome => {
    if (asked.passphrase !== null && asked.passphrase !== PASSPHRASE) throw new LintelError('passphrase-wrong.backup');
    return {
      ...PREVIEW,
      how: asked.how,
      backup: { createdAt: made[0] ?? now, kiosk: 'Front door', people: 48, checkIns: 1840 },
      settings: asked.settings ?? 'keep',
      pin: asked.pin ?? 'keep',
    };
  };
  Object.assign(host.answers, {
    getSecurity: () => state.security,
    changeEncryption: () => null,
    listAudit: ({ before = null, limit = 100 }: CallInput<'listAudit'>) => ({
      total: lines.length,
      lines: lines.filter(({ seq }) => before === null || seq < before).slice(0, limit),
    }),
    verifyAudit: ({ noted = null }: CallInput<'verifyAudit'>): AuditCheck => {
      const differs = noted !== null && noted?.hash !== LAST.hash;
      const problems = differs
        ? [...state.problems, { kind: 'not-as-noted' as const, seq: noted?.seq ?? 0 }]
        : state.problems;
      return { ok: problems.length === 0, lines: lines.length, last: LAST, problems };
    },
    planBackups: ({ passphrase, ...plan }: CallInput<'planBackups'>) => {
      if (plan.folder !== null && !plan.folder.startsWith('/media')) throw new LintelError('not-found.backup-folder');
      return setBackup({ plan, passphraseSet: state.security.backup.passphraseSet || (passphrase ?? null) !== null });
    },
    backUpNow: () =>
      new Promise((resolve) => {
        setBackup({ running: true });
        state.finishBackup = () => {
          const at = Date.now();
          const last = { at, file: nameOf(at), bytes: 3_500_000, people: 8, checkIns: 1851 };
          resolve(setBackup({ running: false, problem: null, last }));
        };
      }),
    previewRestore: preview,
    restoreBackup: preview,
    confirmClock: () => {
      host.show({ notices: host.status.notices.filter(({ code }) => code !== 'clock-doubtful') });
      return null;
    },
    openData: ({ passphrase }: { passphrase: string | null }): DataState => {
      if (passphrase === PASSPHRASE || passphrase === null) host.showData({ state: 'open' });
      else
        host.showData({
          state: 'locked',
          problem: reportOf(new LintelError('passphrase-wrong')),
        });
      return host.data;
    },
  });
  return state;
}
