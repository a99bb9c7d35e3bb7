/** HTML and SVG as text, safely. */

/** Text as it may stand between tags and inside quoted attributes. */
export const escapeHtml = (text: string): string => text.replace(/[&<>"']/g, (c) => `&#${c.charCodeAt(0)};`);

/** Markup that is already safe. `html` makes it; plain strings put into `html` are escaped. */
export class Markup {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

type Part = string | number | Markup | readonly Markup[];

/** A template tag: what is filled in is escaped, unless it is `Markup` itself. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const of = (part: Part): string =>
    part instanceof Markup
      ? part.text
      : typeof part === 'object'
        ? part.map((m) => m.text).join('\n')
        : escapeHtml(String(part));
  return new Markup(strings.reduce((text, s, i) => text + of(parts[i - 1]!) + s));
}

/** `{x}` in `words` replaced by `values.x`. */
export const fill = (words: string, values: Readonly<Record<string, string>>): string =>
  words.replace(/\{(\w+)\}/g, (whole, name: string) => values[name] ?? whole);
