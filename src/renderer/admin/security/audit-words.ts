/** Lines of the audit journal as sentences. Pure. What a later version writes is shown as it was written. */
import type { TFunction } from 'i18next';
import type { AuditCheck, AuditEntry } from '../../../shared/security.ts';
import { bytesWords, count as countWords, dayAndTime } from '../../components/format.ts';
import { checkInsWords, peopleWords } from './security-text.tsx';

type Details = AuditEntry['details'];

const FIELDS: readonly string[] = [
  'name',
  'externalId',
  'group',
  'samples',
  'consentAt',
  'camera',
  'risk',
  'votes',
  'cooldownSeconds',
  'direction',
  'liveness',
  'sounds',
  'greeting',
  'language',
  'theme',
  'embedder',
  'embedderNext',
  'fetchModels',
  'kioskName',
  'timeZone',
  'schedules',
  'defaultSchedule',
  'retention',
  'calibration',
  'backup',
];

const numberOf = (details: Details, key: string): number => {
  const value = details[key];
  return typeof value === 'number' ? value : 0;
};

/** The word of a fixed list, in the language; null when this version does not know it. */
const known = <T extends string>(details: Details, key: string, words: readonly T[]): T | null =>
  words.find((word) => word === details[key]) ?? null;

function fieldsOf(details: Details, t: TFunction): string {
  const fields = details['fields'];
  if (!Array.isArray(fields)) return '';
  return fields.map((field) => (FIELDS.includes(field) ? t(`security.audit.field.${field}`) : field)).join(', ');
}

/** The sentence; null: not a line this version can word. */
function sentence({ kind, details }: AuditEntry, t: TFunction, language: string): string | null {
  switch (kind) {
    case 'enroll':
      return t('security.audit.said.enroll', { count: numberOf(details, 'samples') });
    case 'edit':
      return t('security.audit.said.edit', { fields: fieldsOf(details, t) });
    case 'delete':
      return t('security.audit.said.delete', { count: numberOf(details, 'samples') });
    case 'merge':
      return t('security.audit.said.merge', { from: String(details['from'] ?? '') });
    case 'ambiguous':
      return t('security.audit.said.ambiguous', { other: String(details['with'] ?? '') });
    case 'consent-given':
      return t('security.audit.said.consentGiven');
    case 'consent-revoked': {
      const fate = known(details, 'attendance', ['kept', 'anonymised']);
      return fate === null ? null : t(`security.audit.said.revoked.${fate}`);
    }
    case 'export': {
      const what = known(details, 'what', ['attendance', 'people']);
      const count = numberOf(details, 'count');
      return what === null ? null : t(`security.audit.said.export.${what}`, { count });
    }
    case 'settings':
      return t('security.audit.said.settings', { fields: fieldsOf(details, t) });
    case 'pin-set':
      return t('security.audit.said.pinSet');
    case 'pin-failed':
      return t('security.audit.said.pinFailed', { count: numberOf(details, 'inARow') });
    case 'pin-locked':
      return t('security.audit.said.pinLocked', { count: numberOf(details, 'seconds') });
    case 'correction': {
      const what = known(details, 'what', ['add', 'void', 'retime']);
      return what === null ? null : t(`security.audit.said.correction.${what}`);
    }
    case 'encryption': {
      const what = known(details, 'what', ['on', 'off', 'rotated', 'secret-changed']);
      return what === null ? null : t(`security.audit.said.encryption.${what}`);
    }
    case 'backup':
      return t('security.audit.said.backup', {
        people: peopleWords(numberOf(details, 'people'), t, language),
        checkIns: checkInsWords(numberOf(details, 'checkIns'), t, language),
        size: bytesWords(numberOf(details, 'bytes'), language),
      });
    case 'restore': {
      const how = known(details, 'how', ['merge', 'replace']);
      if (how === null) return null;
      return t(`security.audit.said.restore.${how}`, {
        when: dayAndTime(numberOf(details, 'madeAt'), language),
        people: peopleWords(numberOf(details, 'people'), t, language),
        checkIns: checkInsWords(numberOf(details, 'checkIns'), t, language),
      });
    }
    case 'retention':
      return t('security.audit.said.retention', {
        people: countWords(numberOf(details, 'people'), language),
        pictures: countWords(numberOf(details, 'pictures'), language),
        checkIns: countWords(numberOf(details, 'checkIns'), language),
      });
    case 'audit': {
      const found = known(details, 'found', ['head-missing', 'head-behind', 'cut-short']);
      return found === null ? null : t(`security.audit.said.found.${found}`);
    }
    default:
      return null;
  }
}

const SOURCES = ['operator', 'terminal', 'kiosk'] as const;

interface AuditWords {
  readonly words: string;
  readonly source: string;
  /** Something that should not be: a wrong PIN, a journal that was touched. */
  readonly isOdd: boolean;
}

const ODD: readonly string[] = ['pin-failed', 'pin-locked', 'audit'];

export function auditWords(entry: AuditEntry, t: TFunction, language: string): AuditWords {
  const source = SOURCES.find((one) => one === entry.by);
  return {
    words: sentence(entry, t, language) ?? t('security.audit.said.unknown', { kind: entry.kind }),
    source: source === undefined ? entry.by : t(`security.audit.source.${source}`),
    isOdd: ODD.includes(entry.kind),
  };
}

/** What a check found, with the place where there is one: "Lines 7 to 9: lines are missing." */
export function auditProblemWords(problem: AuditCheck['problems'][number], t: TFunction): string {
  const { kind, seq, toSeq, file, line } = problem;
  const words = t(`security.audit.problem.${kind}`);
  const place =
    seq !== undefined && toSeq !== undefined && toSeq !== seq
      ? t('security.audit.lines', { seq, toSeq })
      : seq !== undefined
        ? t('security.audit.line', { seq })
        : file !== undefined && line !== undefined
          ? t('security.audit.fileLine', { file, line })
          : (file ?? null);
  return place === null ? words : `${place}: ${words}`;
}

/** 64 hex digits in groups of eight: they are written down by hand. */
export const hashGroups = (hash: string): string => hash.match(/.{1,8}/g)?.join(' ') ?? hash;

/** What was noted, as it was typed; null as long as it is no number and no hash. */
export function notedLink(seq: string, hash: string): { readonly seq: number; readonly hash: string } | null {
  const digits = hash.replaceAll(/\s/g, '').toLowerCase();
  const number = seq.replaceAll(/[\s.,]/g, '');
  if (!/^[0-9a-f]{64}$/.test(digits) || !/^\d{1,15}$/.test(number)) return null;
  return { seq: Number(number), hash: digits };
}
