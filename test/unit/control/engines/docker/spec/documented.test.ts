import fs from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { heededKeys } from '../../../../../../src/lib/control/engines/docker/spec/heeded-keys.js';

test('every key that may be left unheeded is named in docs/docker.md', () => {
  const file = path.resolve(import.meta.dirname, '../../../../../../docs/docker.md');
  const text = fs.readFileSync(file, 'utf8');
  const [, table = ''] = /^## Compose keys that are not heeded\n([\s\S]*?)^## /m.exec(text) ?? [];
  const keys = Object.entries(heededKeys).flatMap(([pattern, heeded]) =>
    heeded === 'done' ? [] : [pattern.split('.').at(-1) ?? ''],
  );
  expect(keys.length).toBeGreaterThan(20);
  expect(keys.filter((key) => !new RegExp(`\\b${key}\\b`).test(table))).toEqual([]);
});
