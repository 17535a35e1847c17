/** A container of a service, as the rollout sees it. All times are the daemon's, in milliseconds since 1970. */
export interface Replica {
  readonly id: string;
  /** Counted from 1. */
  readonly slot: number;
  readonly hash: string;
  readonly generation: number;
  /** Docker's words (Engine API 1.41). */
  readonly state: 'created' | 'running' | 'restarting' | 'paused' | 'exited' | 'dead' | 'removing';
  /** Null without a health check. */
  readonly health: 'starting' | 'healthy' | 'unhealthy' | null;
  readonly createdMs: number;
  /** Null before it ran. */
  readonly startedMs: number | null;
  readonly finishedMs: number | null;
  /** Null while it runs, or before. */
  readonly exitCode: number | null;
  /** Why it could not be started; null otherwise. */
  readonly error: string | null;
  /** How often the daemon has started it again. */
  readonly restarts: number;
  /** It has given its name to one that was to take its place. */
  readonly aside: boolean;
}

/** Could not be started because somebody else has what only one can have now: it may come later. Docker's words. */
export function isBlocked({ error }: Pick<Replica, 'error'>): boolean {
  return error !== null && /port is already allocated|address already in use|ports are not available/i.test(error);
}

export function isUp({ state, health }: Pick<Replica, 'state' | 'health'>): boolean {
  return state === 'running' && (health === null || health === 'healthy');
}

/** Up, or frozen by somebody who wants it so. */
export function isReady(replica: Pick<Replica, 'state' | 'health'>): boolean {
  return isUp(replica) || replica.state === 'paused';
}

/** What is done next to the containers of one service. */
export type Move =
  /**
   * A container of the present version, started. `beside`: the old container of the slot, which gets another name and is
   * stopped before the new one starts, but for `startFirst`.
   */
  | { readonly do: 'create'; readonly slot: number; readonly beside: string | null; readonly startFirst: boolean }
  | { readonly do: 'start'; readonly id: string; readonly slot: number }
  | { readonly do: 'stop'; readonly id: string; readonly slot: number }
  /** It gets its name back. */
  | { readonly do: 'rename'; readonly id: string; readonly slot: number }
  /** Stopped first where it runs. */
  | { readonly do: 'remove'; readonly id: string; readonly slot: number };
