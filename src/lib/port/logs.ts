import type { Verb } from './verb.js';

/** A line a container wrote. */
export interface LogLine {
  /** RFC 3339 with at least milliseconds; null where the platform does not tell. */
  readonly at: string | null;
  readonly stack: string | null;
  readonly service: string | null;
  readonly container: string | null;
  readonly stream: 'stdout' | 'stderr';
  /** Without the line end; control sequences are the container's own and are passed on. */
  readonly text: string;
}

/** Whose lines: exactly one of the three. */
export type LogSource =
  | { readonly stack: string; readonly services?: readonly string[] }
  | { readonly service: string }
  | { readonly container: string };

export interface LogOptions {
  /** Go on until the signal aborts. */
  readonly follow?: boolean;
  /** No more than the last N lines of each container (>= 0). */
  readonly tail?: number;
  /** RFC 3339; lines before it are left out. */
  readonly since?: string;
  /** RFC 3339; lines at or after it are left out. */
  readonly until?: string;
}

export interface LogsFacet {
  /** Lines of all containers of the source, merged by time. */
  read?: Verb<LogSource, LogOptions, AsyncIterable<LogLine>>;
}
