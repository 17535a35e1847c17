import { DurationError, parseDurationMs } from '../../compose/duration.js';

/** Milliseconds (>= 0) of a duration such as `1m30s`; undefined when the text is none, or a negative one. */
export function readDuration(text: string): number | undefined {
  try {
    const ms = parseDurationMs(text);
    return ms >= 0 ? ms : undefined;
  } catch (error) {
    if (error instanceof DurationError) return undefined;
    throw error;
  }
}

/** Reads the duration of a file that the compose room has checked; `fallbackMs` where it says nothing. */
export function durationMs(text: string | undefined, fallbackMs: number): number {
  return text === undefined ? fallbackMs : (readDuration(text) ?? fallbackMs);
}
