/** Names, groups and file names are text wherever they come out: tables, SVG, HTML, terminals. */
import fc from 'fast-check';
import sharp from 'sharp';
import { expect, test } from 'vitest';
import { escapeHtml, html } from '../../src/main/evaluation/report.ts';
import { asJson, asText, note, type Terminal } from '../../src/main/hosts/cli/terminal.ts';
import { escapeXml, overlay } from '../../src/main/people/photos.ts';
import { guardText, unguardText } from '../../src/shared/csv.ts';
import { hostileString } from '../fuzz/hostile.ts';

/** What a spreadsheet would take for a formula (OWASP), also in full width as some locales type it. */
const formula = /^[=+\-@＝＋－＠\t\r\n]/;
const text = fc.oneof(
  hostileString.filter((one) => one.length < 500),
  fc
    .tuple(fc.constantFrom('=', '+', '-', '@', '＝', '＋', '－', '＠', '\t', '\r', '\n', "'", "'="), fc.string())
    .map((two) => two.join('')),
);

test('no cell of any table we write begins as a formula, and every text comes back as it was', () => {
  fc.assert(
    fc.property(text, (given) => {
      expect(guardText(given)).not.toMatch(formula);
      expect(unguardText(guardText(given))).toBe(given);
    }),
    { numRuns: 2000 },
  );
});

test('no name becomes markup in the SVG that is drawn on a photo, whatever it is', async () => {
  fc.assert(
    fc.property(text, (given) => {
      expect(escapeXml(given)).not.toMatch(/[<>"']/);
      expect(escapeXml(given)).not.toMatch(/&(?!amp;|lt;|gt;|quot;|#39;)/);
    }),
    { numRuns: 1000 },
  );
  const name = `</text><image href="file:///etc/passwd"/><text>\u0000\ud800&e;`;
  const drawn = overlay(200, 200, [{ box: { x: 20, y: 20, width: 60, height: 60 }, name }]);
  expect(drawn.match(/<[a-z]+/g)).toEqual(['<svg', '<rect', '<rect', '<rect', '<text']);
  // It is XML that the renderer takes.
  expect((await sharp(Buffer.from(drawn)).metadata()).width).toBe(200);
});

test('no name becomes markup in a report', () => {
  fc.assert(
    fc.property(text, (given) => {
      expect(escapeHtml(given)).not.toMatch(/[<>"']/);
      expect(html`<p title="${given}">${given}</p>`.text).toMatch(/^<p title="[^"<>]*">[^<>]*<\/p>$/s);
    }),
    { numRuns: 1000 },
  );
});

test('nothing that is printed moves a cursor, sets a title or turns text around; JSON says the same as before', () => {
  // C0 but the line feeds of our own, DEL, C1 (U+009B is an escape sequence by itself), bidi controls.
  const obeyed = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/;
  let said = '';
  const terminal = { stderr: { write: (part: string) => (said = part) } } as unknown as Terminal;
  fc.assert(
    fc.property(fc.oneof(text, fc.constant('\u009b2J\u001b]0;x\u0007\u202e')), (given) => {
      expect(asText([given, 'next'])).not.toMatch(obeyed);
      expect(asText([given, 'next']).split('\n')).toHaveLength(3);
      const printed = asJson({ name: given });
      expect(printed).not.toMatch(obeyed);
      expect(JSON.parse(printed)).toEqual({ name: given });
      note(terminal, given);
      expect(said).not.toMatch(obeyed);
    }),
    { numRuns: 1000 },
  );
});
