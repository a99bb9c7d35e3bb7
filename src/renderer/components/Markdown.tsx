/** The Markdown our own model cards are written in: headings, paragraphs, lists, tables, **bold** and `code`. Nothing else. */
import { Fragment, type ReactNode } from 'react';

type Block =
  | { readonly kind: 'heading' | 'paragraph'; readonly text: string }
  | { readonly kind: 'list'; readonly items: readonly string[] }
  | { readonly kind: 'table'; readonly rows: readonly (readonly string[])[] };

const cells = (line: string): string[] =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split('|')
    .map((cell) => cell.trim());

export function blocksOf(markdown: string): readonly Block[] {
  return markdown
    .split(/\n\s*\n/)
    .map((chunk) => chunk.trim())
    .filter((chunk) => chunk !== '')
    .flatMap((chunk): Block[] => {
      const lines = chunk.split('\n');
      const [first = ''] = lines;
      if (first.startsWith('#')) {
        const rest = lines.slice(1).join('\n');
        return [{ kind: 'heading', text: first.replace(/^#+\s*/, '') }, ...(rest === '' ? [] : blocksOf(rest))];
      }
      if (lines.every((line) => line.startsWith('|')))
        return [
          {
            kind: 'table',
            rows: lines.map(cells).filter((row) => !row.every((cell) => /^:?-+:?$/.test(cell))),
          },
        ];
      if (lines.every((line) => /^[-*] |^ {2}/.test(line)))
        return [{ kind: 'list', items: chunk.split(/\n(?=[-*] )/).map((item) => item.replace(/^[-*] /, '')) }];
      return [{ kind: 'paragraph', text: lines.join(' ') }];
    });
}

/** `**bold**` and `` `code` `` in a line; links keep their words. */
function inline(text: string): ReactNode {
  return text
    .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    .split(/(\*\*[^*]+\*\*|`[^`]+`)/)
    .map((part, i) => {
      if (part.startsWith('**')) return <strong key={i}>{part.slice(2, -2)}</strong>;
      if (part.startsWith('`')) return <code key={i}>{part.slice(1, -1)}</code>;
      return <Fragment key={i}>{part}</Fragment>;
    });
}

export function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown">
      {blocksOf(text).map((block, i) => {
        switch (block.kind) {
          case 'heading':
            return <h3 key={i}>{inline(block.text)}</h3>;
          case 'paragraph':
            return <p key={i}>{inline(block.text)}</p>;
          case 'list':
            return (
              <ul key={i}>
                {block.items.map((item) => (
                  <li key={item}>{inline(item)}</li>
                ))}
              </ul>
            );
          case 'table':
            return (
              <table key={i}>
                <tbody>
                  {block.rows.map((row, r) => (
                    <tr key={r}>
                      {row.map((cell, c) => (
                        <td key={c}>{inline(cell)}</td>
                      ))}
                    </tr>
                  ))}
                </tbody>
              </table>
            );
        }
      })}
    </div>
  );
}
