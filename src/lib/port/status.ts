import type { ActionObject } from './actions.js';
import type { Severity } from './events.js';
import type { Verb } from './verb.js';

/** A condition and how it is now; unlike an event the row changes, `error` to `cleared` for one. */
export interface StatusRow {
  /** The same for every report on the same condition of the same object. */
  readonly id: string;
  readonly object: ActionObject;
  /** What on that object it is about; null for the object itself. */
  readonly part: ActionObject | null;
  /** Name of the condition: `plugin_docker_health_check`. */
  readonly condition: string;
  readonly severity: Severity;
  readonly summary: string;
  readonly message: string | null;
  /** RFC 3339. */
  readonly firstSeenAt: string | null;
  readonly lastSeenAt: string | null;
  /** How often it was reported; null where the platform does not tell. */
  readonly count: number | null;
  /** Grows with every change of any row. */
  readonly generation: number | null;
  readonly details: Readonly<Record<string, string>>;
}

export interface StatusListOptions {
  /** In the platform's query language: `+severity:>2 actor_label:web`. */
  readonly query?: string;
  /** Rows to leave out at the beginning (>= 0). */
  readonly offset?: number;
  /** No more than this many (>= 1). */
  readonly limit?: number;
  /** Only rows that changed after this generation. */
  readonly after?: number;
  /** Go on with rows that change, until the signal aborts. */
  readonly follow?: boolean;
}

/** The server that answers. */
export interface ServerInfo {
  /** Version of the product; null where it does not tell. */
  readonly version: string | null;
  /** Version of its API; null where it does not tell. */
  readonly apiVersion: string | null;
  /** Names of what it says it can do, sorted. */
  readonly capabilities: readonly string[];
}

export interface StatusFacet {
  /** Last changed first; with `follow`, then each change as it comes. */
  list?: Verb<object, StatusListOptions, AsyncIterable<StatusRow>>;
  /** Also the cheapest question whether the server is there: throws UnreachableError. */
  server?: Verb<object, object, Promise<ServerInfo>>;
}
