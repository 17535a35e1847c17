/** A point in time as exact as it was given: engines tell nanoseconds, which a number of milliseconds cannot hold. */
interface Moment {
  /** Milliseconds since 1970, whole; NaN where the text is no time. */
  readonly ms: number;
  /** Decimals of a millisecond, without zeros at the end. */
  readonly rest: string;
}

/** True for an RFC 3339 time. Those in UTC are not looked at closely: this is asked for every line of a log. */
export function isTime(text: string | null): text is string {
  return text !== null && (looksLikeUtc(text) || !Number.isNaN(millisecondsOf(text)));
}

/** Milliseconds since 1970, rounded down; NaN where the text is no time. */
export function millisecondsOf(text: string): number {
  return readMoment(text).ms;
}

/** Less than 0 when `a` is earlier, 0 at the same time, more than 0 when it is later. Exact to the last decimal. */
export function compareTimes(a: string, b: string): number {
  if (a === b) return 0;
  // Times written alike are in the order of their texts.
  if (a.length === b.length && looksLikeUtc(a) && looksLikeUtc(b)) return a < b ? -1 : 1;
  const [one, other] = [readMoment(a), readMoment(b)];
  if (one.ms !== other.ms) return one.ms - other.ms;
  return one.rest < other.rest ? -1 : one.rest > other.rest ? 1 : 0;
}

function readMoment(text: string): Moment {
  // Date.parse rounds, one way or the other, what is finer than milliseconds: it is not shown that.
  const [, coarse, rest, zone] = (text.length > 24 ? /^(.{19}\.\d{3})(\d+)(.*)$/.exec(text) : null) ?? [];
  const ms = Date.parse(coarse === undefined || zone === undefined ? text : coarse + zone);
  return { ms, rest: rest?.replace(/0+$/, '') ?? '' };
}

function looksLikeUtc(text: string): boolean {
  return text.length >= 20 && text[4] === '-' && text[10] === 'T' && text.endsWith('Z');
}
