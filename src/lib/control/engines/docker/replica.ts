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
}

/** Could not be started because somebody else has what only one can have now: it may come later. Docker's words. */
export function isBlocked({ error }: Pick<Replica, 'error'>): boolean {
  return error !== null && /port is already allocated|address already in use|ports are not available/i.test(error);
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
  /** Stopped first where it runs. */
  | { readonly do: 'remove'; readonly id: string; readonly slot: number };
