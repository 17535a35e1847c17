import { UsageError } from '../../../port/errors.js';
import { millisecondsOf } from '../../streams/time.js';

/**
 * A time as the Engine API 1.41 takes it in `since` and `until`, of logs and events: `seconds.nanoseconds`.
 *
 * @param text RFC 3339.
 * @param lessNanoseconds is taken off it (0 or 1): the API counts `until` in, where berth leaves it out.
 * @throws UsageError when it is no time.
 */
export function engineTime(text: string, lessNanoseconds: 0 | 1 = 0): string {
  const ms = millisecondsOf(text);
  if (Number.isNaN(ms)) throw new UsageError(`${JSON.stringify(text)} is no RFC 3339 time`);
  const [, fraction = ''] = /[.,](\d+)/.exec(text) ?? [];
  const nanoseconds = Number(fraction.slice(0, 9).padEnd(9, '0')) - lessNanoseconds;
  const seconds = Math.floor(ms / 1_000) - (nanoseconds < 0 ? 1 : 0);
  if (seconds < 0) return '0';
  return `${seconds}.${String((nanoseconds + 1_000_000_000) % 1_000_000_000).padStart(9, '0')}`;
}
