/** The security area's words: every line of the journal, every restore, in both languages; and what a passphrase is worth. */
import type { TFunction } from 'i18next';
import { beforeAll, describe, expect, it } from 'vitest';
import { auditEventSchema } from '../../src/main/storage/audit-journal.ts';
import { EVERY_HOURS, everyWords } from '../../src/renderer/admin/security/BackupTab.tsx';
import { restoreLines } from '../../src/renderer/admin/security/RestoreTab.tsx';
import { auditProblemWords, auditWords, hashGroups, notedLink } from '../../src/renderer/admin/security/audit-words.ts';
import { differs, readyPassphrase, strengthOf } from '../../src/renderer/admin/security/security-text.tsx';
import { bytesWords } from '../../src/renderer/components/format.ts';
import { dataWords } from '../../src/renderer/data/data-words.ts';
import { settingsSchema } from '../../src/shared/domain.ts';
import { type AuditEntry, auditReportSchema, dataStateSchema, type RestoreOutcome } from '../../src/shared/security.ts';
import { type Language, spoken } from '../support/spoken.ts';

const LANGUAGES = ['en', 'vi'] as const;
const words = {} as Record<Language, TFunction>;
beforeAll(async () => {
  for (const language of LANGUAGES) words[language] = await spoken(language);
});

/** A key that has no words comes back as it went in, and a detail that is missing as a gap. */
const expectWorded = (text: string): void => {
  expect(text).not.toMatch(/security\.\w|data\.|error\.|\{\{|undefined|NaN/);
  expect(text.trim()).not.toBe('');
};

const entry = (kind: string, details: AuditEntry['details'] = {}): AuditEntry => ({
  seq: 7,
  at: 0,
  kind,
  subject: null,
  by: 'operator',
  details,
});

const SAID: readonly AuditEntry[] = [
  entry('enroll', { samples: 1 }),
  entry('edit', { fields: ['name', 'externalId', 'group', 'samples'] }),
  entry('delete', { samples: 3 }),
  entry('merge', { from: 'p_77aa01bc9e' }),
  entry('ambiguous', { with: 'p_77aa01bc9e', times: 2 }),
  entry('consent-given'),
  ...['kept', 'anonymised'].map((attendance) => entry('consent-revoked', { attendance })),
  entry('export', { what: 'attendance', format: 'csv', count: 31 }),
  entry('export', { what: 'people', format: 'folder', count: 2 }),
  entry('settings', { fields: [...Object.keys(settingsSchema.shape), 'calibration', 'backup'] }),
  entry('pin-set'),
  entry('pin-failed', { inARow: 2 }),
  entry('pin-locked', { seconds: 30 }),
  ...['add', 'void', 'retime'].map((what) => entry('correction', { of: 'c_0a1b2c3d4e', what })),
  ...['on', 'off', 'rotated', 'secret-changed'].map((what) => entry('encryption', { what })),
  entry('backup', { people: 7, checkIns: 1840, bytes: 3_400_000 }),
  ...['merge', 'replace'].map((how) => entry('restore', { how, people: 2, checkIns: 31, madeAt: 0 })),
  entry('retention', { pictures: 12, checkIns: 230, people: 1 }),
  ...['head-missing', 'head-behind', 'cut-short'].map((found) => entry('audit', { found, at: 3 })),
];

describe.each(LANGUAGES)('the audit journal in %s', (language) => {
  it('has its own sentence for every kind of line there is', () => {
    const kinds = auditEventSchema.options.map((option) => option.shape.kind.value);
    expect([...new Set(SAID.map(({ kind }) => kind))].sort()).toEqual([...kinds].sort());
    const unknown = auditWords(entry('badge-printed'), words[language], language).words;
    expect(unknown).toContain('badge-printed');
    for (const line of SAID) {
      const said = auditWords(line, words[language], language);
      expectWorded(said.words);
      expectWorded(said.source);
      expect(said.words, line.kind).not.toBe(unknown.replace('badge-printed', line.kind));
    }
    expect(new Set(SAID.map((line) => auditWords(line, words[language], language).words)).size).toBe(SAID.length);
  });
  it('names every setting in words, and leaves those of later versions as they are', () => {
    const fields = Object.keys(settingsSchema.shape);
    for (const field of [...fields, 'backup']) {
      const said = auditWords(entry('settings', { fields: [field] }), words[language], language).words;
      expect(said, field).not.toMatch(/[a-z][A-Z]/);
    }
    expect(auditWords(entry('settings', { fields: ['colourOfDoor'] }), words[language], language).words).toContain(
      'colourOfDoor',
    );
  });
  it('shows a line of a known kind with details of a later version as one it has no words for', () => {
    const said = auditWords(entry('encryption', { what: 'doubled' }), words[language], language);
    expect(said.words).toContain('encryption (');
    expect(auditWords({ ...entry('pin-set'), by: 'robot' }, words[language], language).source).toBe('robot');
  });
  it('words everything a check can find', () => {
    const { kind } = auditReportSchema.shape.problems.element.shape;
    for (const one of kind.options) expectWorded(auditProblemWords({ kind: one }, words[language]));
  });
  it('words every state of the data without being open', () => {
    const [, , working] = dataStateSchema.options;
    for (const what of working.shape.what.options) {
      const said = dataWords({ state: 'working', what, done: 3, total: 9 }, words[language]);
      expectWorded(said.speech);
      expect(said.speech, 'no numbers that change').not.toMatch(/\d/);
    }
    for (const state of [{ state: 'locked', problem: null } as const])
      expectWorded(dataWords(state, words[language]).speech);
  });
  it('words every plan that is offered', () => {
    const offered = EVERY_HOURS.map((hours) => everyWords(hours, words[language]));
    for (const one of [...offered, everyWords(36, words[language])]) expectWorded(one);
    expect(new Set(offered).size).toBe(EVERY_HOURS.length);
  });
});

describe('the audit journal', () => {
  it('says where something is wrong', () => {
    const t = words.en;
    expect(auditProblemWords({ kind: 'removed', seq: 7, toSeq: 9 }, t)).toBe('Entries 7 to 9: missing');
    expect(auditProblemWords({ kind: 'changed', seq: 7, toSeq: 7 }, t)).toBe(
      'Entry 7: was changed after it was written',
    );
    expect(auditProblemWords({ kind: 'damaged', file: 'a.ndjson', line: 4 }, t)).toBe(
      'a.ndjson, line 4: cannot be read',
    );
    expect(auditProblemWords({ kind: 'head-missing' }, t)).toMatch(/^the end mark of the log is missing$/);
  });
  it('takes a note as people write it, and nothing that is none', () => {
    const hash = '0123abcd'.repeat(8);
    expect(notedLink('1,340', hashGroups(hash).toUpperCase())).toEqual({ seq: 1340, hash });
    expect(notedLink('', hash)).toBeNull();
    expect(notedLink('12', hash.slice(1))).toBeNull();
    expect(notedLink('12', `${hash.slice(1)}g`)).toBeNull();
    expect(hashGroups(hash).split(' ')).toHaveLength(8);
  });
  it('marks what should not be', () => {
    expect(SAID.filter((line) => auditWords(line, words.en, 'en').isOdd).map(({ kind }) => kind)).toEqual([
      'pin-failed',
      'pin-locked',
      'audit',
      'audit',
      'audit',
    ]);
  });
});

describe('a restore in words', () => {
  const outcome = (how: RestoreOutcome['how'], n: number): RestoreOutcome => ({
    how,
    backup: { createdAt: 0, kiosk: 'Front door', people: 9, checkIns: 9 },
    people: { added: n, newerInBackup: n, newerHere: n, same: n, onlyHere: n, leftOut: n, sameName: n },
    checkIns: { added: n, same: n, onlyHere: n },
    settings: 'keep',
    pin: 'keep',
  });
  it.each(LANGUAGES)('says every part of it in %s, for one and for many', (language) => {
    for (const how of ['merge', 'replace'] as const)
      for (const n of [1, 1200]) {
        const lines = restoreLines(outcome(how, n), words[language], language);
        expect(lines).toHaveLength(10);
        for (const line of lines) expectWorded(line.words);
        expect(new Set(lines.map((line) => line.words)).size).toBe(10);
        expect(lines[0]?.number).toBe(n === 1 ? '1' : language === 'en' ? '1,200' : '1.200');
      }
  });
  it('erases nothing when it adds, and says what it erases when it goes back', () => {
    const going = (how: RestoreOutcome['how']): string[] =>
      restoreLines(outcome(how, 2), words.en, 'en')
        .filter(({ effect }) => effect === 'go')
        .map(({ key }) => key);
    expect(going('merge')).toEqual([]);
    expect(going('replace')).toEqual(['replaceNewerHere', 'replaceOnlyHere', 'replaceCheckInsOnlyHere']);
  });
  it('leaves out what is about nobody', () => {
    expect(restoreLines(outcome('merge', 0), words.en, 'en')).toEqual([]);
  });
});

describe('a passphrase', () => {
  it('is worth what it is', () => {
    expect(strengthOf('nine char')).toBe('short');
    // Ten letters, each of two code units: characters count, not their encoding.
    expect(strengthOf('😀😁😂😃😄😅😆😇😈')).toBe('short');
    expect(strengthOf('😀😁😂😃😄😅😆😇😈😉')).toBe('fair');
    expect(strengthOf('aaaaaaaaaaaaaaaaaaaaaaaa')).toBe('weak');
    expect(strengthOf('1987 06 05 1234')).toBe('weak');
    expect(strengthOf('wet paper boat')).toBe('fair');
    expect(strengthOf('three blue herons 41')).toBe('strong');
  });
  it('is taken when it was typed the same way twice', () => {
    expect(readyPassphrase({ first: 'wet paper boat', again: 'wet paper boat' })).toBe('wet paper boat');
    expect(readyPassphrase({ first: 'wet paper boat', again: 'wet paper' })).toBeNull();
    expect(readyPassphrase({ first: 'short', again: 'short' })).toBeNull();
  });
  it('is not said to differ while it is still being typed', () => {
    expect(differs({ first: 'wet paper boat', again: 'wet pa' })).toBe(false);
    expect(differs({ first: 'wet paper boat', again: 'wet po' })).toBe(true);
    expect(differs({ first: '', again: '' })).toBe(false);
  });
});

describe('sizes', () => {
  it('are said in the unit that fits', () => {
    expect(bytesWords(0, 'en')).toBe('0 byte');
    expect(bytesWords(999, 'en')).toBe('999 byte');
    expect(bytesWords(3_412_000, 'en')).toBe('3.4 MB');
    expect(bytesWords(2e15, 'en')).toBe('2,000 TB');
  });
});
