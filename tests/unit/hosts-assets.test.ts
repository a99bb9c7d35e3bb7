import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from 'vitest';
import { contentSecurityPolicy, REACT_ARIA_PRESS_STYLE_HASH } from '../../src/main/hosts/assets.ts';
import { projectRoot } from '../support/data.ts';

test("the policy's one style hash is that of react-aria's style element, as installed", () => {
  const source = readFileSync(
    resolve(projectRoot, 'node_modules/react-aria/dist/private/interactions/usePress.mjs'),
    'utf8',
  );
  const text = /style\.textContent = `\n([^`]*)`\.trim\(\)/.exec(source)?.[1];
  const attribute = /PRESSABLE_ATTRIBUTE = '([^']+)'/.exec(source)?.[1];
  const style = text?.trim().replace(/\$\{[^}]+\}/, attribute ?? '') ?? '';
  expect(style).toContain('[data-react-aria-pressable]');
  expect(REACT_ARIA_PRESS_STYLE_HASH).toBe(`sha256-${createHash('sha256').update(style).digest('base64')}`);
});

test('nothing is allowed that is not named', () => {
  const policy = Object.fromEntries(
    contentSecurityPolicy(['ws://127.0.0.1:1'])
      .split('; ')
      .map((line) => [line.split(' ')[0], line.split(' ').slice(1)]),
  );
  expect(policy['default-src']).toEqual(["'none'"]);
  expect(policy['script-src']).toEqual(["'self'", "'wasm-unsafe-eval'"]);
  expect(policy['connect-src']).toEqual(["'self'", 'ws://127.0.0.1:1']);
  for (const name of ['frame-ancestors', 'base-uri', 'form-action']) expect(policy[name]).toEqual(["'none'"]);
  expect(Object.values(policy).flat()).not.toContain("'unsafe-inline'");
  expect(Object.values(policy).flat()).not.toContain("'unsafe-eval'");
});
