/*
 * Ages, sizes and durations in words. No Intl: its first use costs more than a whole table (reference/cli/PERF.md).
 */

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;

/** From how many milliseconds on a unit is used, the largest first. The limits keep at least two digits of precision. */
const ageUnits: readonly (readonly [from: number, unit: number, name: string, short: string])[] = [
  [730 * day, 365 * day, 'year', 'y'],
  [60 * day, 30 * day, 'month', 'mo'],
  [14 * day, 7 * day, 'week', 'w'],
  [2 * day, day, 'day', 'd'],
  [hour, hour, 'hour', 'h'],
  [minute, minute, 'minute', 'm'],
  [second, second, 'second', 's'],
];

/**
 * How long ago a moment was: `3 seconds ago`, `2 days ago`, `in 5 minutes`, `just now`; short `3s ago`, `in 5m`.
 *
 * @param at RFC 3339; text that is no date comes back as it is.
 * @param now milliseconds since the epoch.
 */
export function age(at: string, now: number, length: 'long' | 'short' = 'long'): string {
  const then = Date.parse(at);
  if (Number.isNaN(then)) return at;
  const distance = Math.abs(now - then);
  const found = ageUnits.find(([from]) => distance >= from);
  if (found === undefined) return 'just now';
  const [, unit, name, short] = found;
  const count = Math.floor(distance / unit);
  const words = length === 'short' ? `${count}${short}` : `${count} ${name}${count === 1 ? '' : 's'}`;
  return then <= now ? `${words} ago` : `in ${words}`;
}

/** A number of bytes (>= 0) in powers of 1000, three digits: `512 B`, `1.5 kB`, `23 MB`. */
export function bytes(count: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB', 'PB'];
  let value = count;
  let unit = 0;
  // 999.5 would be shown as 1000 of the smaller unit.
  while (value >= (unit === 0 ? 1000 : 999.5) && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${shortNumber(value, unit > 0)} ${units[unit] ?? ''}`;
}

function shortNumber(value: number, fractions: boolean): string {
  return fractions && value < 9.95 ? value.toFixed(1).replace(/\.0$/, '') : String(Math.round(value));
}

/** A duration (milliseconds, >= 0) in its two largest units: `850 ms`, `3.2 s`, `2 min 5 s`, `1 h 3 min`, `2 d 4 h`. */
export function duration(ms: number): string {
  if (ms < second) return `${Math.floor(ms)} ms`;
  if (ms < 10 * second) return `${(Math.floor(ms / 100) / 10).toFixed(1).replace(/\.0$/, '')} s`;
  if (ms < minute) return `${Math.floor(ms / second)} s`;
  if (ms < hour) return twoUnits(ms, minute, 'min', second, 's');
  if (ms < day) return twoUnits(ms, hour, 'h', minute, 'min');
  return twoUnits(ms, day, 'd', hour, 'h');
}

function twoUnits(ms: number, large: number, largeName: string, small: number, smallName: string): string {
  const rest = Math.floor((ms % large) / small);
  const first = `${Math.floor(ms / large)} ${largeName}`;
  return rest === 0 ? first : `${first} ${rest} ${smallName}`;
}
