import type { ActionObject } from './actions.js';
import type { Verb } from './verb.js';

/** How bad. `cleared`: an earlier error is over. */
export type Severity = 'cleared' | 'debug' | 'info' | 'warning' | 'error' | 'critical';

/** A record that something happened. It never changes. */
export interface Event {
  readonly id: string;
  /** RFC 3339. */
  readonly at: string;
  /** What happened, in the platform's word: `create`, `update`, `die`, `plugin_docker_health_check`. */
  readonly verb: string;
  readonly object: ActionObject;
  /** What the object belongs to, nearest first: its service, its stack, its node. Of an action: what it applies to too. */
  readonly parents: readonly ActionObject[];
  /** State of the object after it; null where it has none. */
  readonly state: string | null;
  /** `info` where the platform does not grade. */
  readonly severity: Severity;
  /** One sentence; null where the platform has none. */
  readonly message: string | null;
  readonly details: Readonly<Record<string, string>>;
}

export interface EventListOptions {
  /** Go on with new ones until the signal aborts. */
  readonly follow?: boolean;
  /** RFC 3339; earlier ones are left out. */
  readonly since?: string;
  /** RFC 3339; those at or after it are left out. */
  readonly until?: string;
  /** No more than the last N that have happened already (>= 0). */
  readonly tail?: number;
  readonly kind?: ActionObject['kind'] | 'action';
  /** Id of the object. */
  readonly object?: string;
  /** Id of one of its parents. */
  readonly parent?: string;
  /** At least this bad. */
  readonly severity?: Severity;
}

export interface EventsFacet {
  /** Oldest first, so that `follow` goes on where the past ends. */
  list?: Verb<object, EventListOptions, AsyncIterable<Event>>;
}
