/** Documents and comments name files that are there, and documents link to pages that are. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { projectRoot } from '../support/data.ts';

const pages = [
  ...readdirSync(projectRoot).filter((name) => name.endsWith('.md')),
  ...['docs', 'models', 'scripts/pad'].flatMap((folder) =>
    readdirSync(join(projectRoot, folder))
      .filter((name) => name.endsWith('.md'))
      .map((name) => join(folder, name)),
  ),
];

it.each(pages)('%s', (page) => {
  const text = readFileSync(join(projectRoot, page), 'utf8');
  const paths = [...text.matchAll(/\b(?:src|tests|scripts|docs|resources)\/[\w./-]+\.(?:tsx?|mjs|md|json|png|css)\b/g)];
  const links = [...text.matchAll(/\]\((?!https?:|#)([^)#\s]+)/g)];
  const missing = [
    ...paths.map(([path]) => resolve(projectRoot, path)),
    ...links.map(([, link]) => resolve(projectRoot, dirname(page), link!)),
  ].filter((path) => !existsSync(path));
  expect(missing.map((path) => path.slice(projectRoot.length))).toEqual([]);
});

it('comments name files that are there', () => {
  const files = ['src', 'tests', 'scripts'].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile()),
  );
  const names = new Set([...files.map(({ name }) => name), 'electron.vite.config.ts', 'vitest.config.ts']);
  const gone = files
    .filter(({ name, parentPath }) => /\.(tsx?|mjs)$/.test(name) && !parentPath.includes('pictures'))
    .flatMap(({ name, parentPath }) => {
      const text = readFileSync(join(parentPath, name), 'utf8');
      const comments = text.match(/\/\*[\s\S]*?\*\/|(?<=^|[\s;{(,])\/\/ .*$/gm) ?? [];
      return comments
        .flatMap((comment) => [...comment.matchAll(/(?<![\w/.-])[\w-]+\.(?:tsx?|mjs)\b/g)])
        .filter(([file]) => !names.has(file))
        .map(([file]) => `${name}: ${file}`);
    });
  expect(gone).toEqual([]);
});
