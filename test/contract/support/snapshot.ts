import fs from 'node:fs';
import path from 'node:path';
import { expect } from 'vitest';

/**
 * Compares a value with the reviewed one in `test/contract/<file>`. With `UPDATE_SNAPSHOTS=1` it is written instead, for
 * review in the diff.
 */
export function expectReviewed(file: string, actual: unknown): void {
  const full = path.resolve(import.meta.dirname, '..', file);
  const text = `${JSON.stringify(actual, null, 2)}\n`;
  if (process.env.UPDATE_SNAPSHOTS === '1') fs.writeFileSync(full, text);
  const reviewed = fs.existsSync(full) ? fs.readFileSync(full, 'utf8') : '';
  expect(
    text,
    `test/contract/${file} is not what is there now. If the change is meant, run\n` +
      '  UPDATE_SNAPSHOTS=1 npm test -- --project contract\nand review the difference.',
  ).toBe(reviewed);
}
