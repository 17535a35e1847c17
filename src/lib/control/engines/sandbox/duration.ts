import { DurationError, parseDurationMs } from '../../../compose/duration.js';

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
