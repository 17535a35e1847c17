import { UsageError } from '../port/errors.js';

/** The number of a release from `v2` or `2`. @throws UsageError for anything else. */
export function parseVersion(text: string): number {
  const [, digits] = /^v?(\d+)$/i.exec(text) ?? [];
  const version = Number(digits);
  if (!Number.isSafeInteger(version) || version < 1) {
    throw new UsageError(`${JSON.stringify(text)} is not the number of a release`, { hint: 'Write it as v2 or 2.' });
  }
  return version;
}
