import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const beside = resolve(import.meta.dirname, '../shared/models');

export default defineConfig({
  test: {
    include: ['tests/unit/**/*.test.{ts,tsx}', 'tests/integration/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    env: process.env['LINTEL_MODELS_DIR'] === undefined && existsSync(beside) ? { LINTEL_MODELS_DIR: beside } : {},
  },
});
