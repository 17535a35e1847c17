/**
 * Sizes in bytes: `64m`, `1.5 GiB`, `512` (reference/compose/SPEC.md A82). All units are powers of 1024.
 */
const pattern = /^(-?\d+(?:\.\d+)?|\.\d+) ?(?:([kmgtp])?i?b?)$/i;
const powers = 'kmgtp';

/** Bytes, whole; -1 (no limit) passes. Throws `SizeError`. */
export function parseSizeBytes(text: string): number {
  const [whole, number = '', unit = ''] = pattern.exec(text) ?? [];
  if (whole === undefined || /^[^kmgtp]*ib?$/i.test(text)) throw new SizeError(`invalid size: '${text}'`);
  const power = unit === '' ? 0 : powers.indexOf(unit.toLowerCase()) + 1;
  return Math.trunc(Number(number) * 1024 ** power);
}

/** A text is no size. */
class SizeError extends Error {}
