/**
 * Durations in Go's syntax plus `d` and `w`: `1h30m`, `1.5s`, `-2m` (reference/compose/SPEC.md A81).
 */

const unitNs: ReadonlyMap<string, bigint> = new Map([
  ['ns', 1n],
  ['us', 1_000n],
  ['µs', 1_000n],
  ['μs', 1_000n],
  ['ms', 1_000_000n],
  ['s', 1_000_000_000n],
  ['m', 60_000_000_000n],
  ['h', 3_600_000_000_000n],
  ['d', 86_400_000_000_000n],
  ['w', 604_800_000_000_000n],
]);

/** A text is no duration; the message is the reference's. */
export class DurationError extends Error {}

/** Nanoseconds of a duration. Throws `DurationError` with the reason. */
export function parseDurationNs(text: string): bigint {
  const [, sign = '', body = ''] = /^([+-]?)(.*)$/s.exec(text) ?? [];
  if (body === '0') return 0n;
  let at = 0;
  let total = 0n;
  while (at < body.length) {
    const [whole, integer = '', fraction = '', unit = ''] = /^(\d*)(?:\.(\d*))?([^\d.]*)/.exec(body.slice(at)) ?? [];
    if (whole === undefined || integer + fraction === '') throw new DurationError(`invalid duration "${text}"`);
    if (unit === '') throw new DurationError(`missing unit in duration "${text}"`);
    const size = unitNs.get(unit);
    if (size === undefined) throw new DurationError(`unknown unit "${unit}" in duration "${text}"`);
    total += BigInt(integer === '' ? 0 : integer) * size;
    if (fraction !== '') total += (BigInt(fraction) * size) / 10n ** BigInt(fraction.length);
    at += whole.length;
  }
  if (at === 0) throw new DurationError(`invalid duration "${text}"`);
  return sign === '-' ? -total : total;
}

/** Milliseconds (may have a fraction) of a duration, for example of `1m30s`. Throws `DurationError`. */
export function parseDurationMs(text: string): number {
  return Number(parseDurationNs(text)) / 1e6;
}

/** The Go form of a number of nanoseconds: `1m30s`, `24h0m0s`, `1.5ms`, `0s`. */
export function formatDurationNs(ns: bigint): string {
  const sign = ns < 0n ? '-' : '';
  const size = ns < 0n ? -ns : ns;
  if (size === 0n) return '0s';
  if (size < 1_000n) return `${sign}${size}ns`;
  if (size < 1_000_000n) return `${sign}${decimal(size, 1_000n)}µs`;
  if (size < 1_000_000_000n) return `${sign}${decimal(size, 1_000_000n)}ms`;
  const minutes = size / 60_000_000_000n;
  const seconds = `${decimal(size % 60_000_000_000n, 1_000_000_000n)}s`;
  if (minutes === 0n) return sign + seconds;
  return minutes < 60n ? `${sign}${minutes}m${seconds}` : `${sign}${minutes / 60n}h${minutes % 60n}m${seconds}`;
}

/** The Go form of milliseconds. */
export function formatDurationMs(ms: number): string {
  return formatDurationNs(BigInt(Math.round(ms * 1e6)));
}

function decimal(value: bigint, unit: bigint): string {
  const rest = value % unit;
  if (rest === 0n) return String(value / unit);
  const digits = String(rest).padStart(String(unit).length - 1, '0');
  return `${value / unit}.${digits.replace(/0+$/, '')}`;
}
