/**
 * How a service, or a stack of them, stands after it was changed. `converged`: all replicas run as they should;
 * `completed`: its replicas have done their work once; `stopped`: none is wanted, and none runs; `failing`: it keeps
 * ending with the same error, or cannot be started; `unplaceable`: no node takes it; `paused` and `rolled_back`: what the
 * engine made of an update that failed; `timed_out`: the time to wait was up; `waiting`: not there yet.
 */
export type RolloutOutcome =
  | 'converged'
  | 'completed'
  | 'stopped'
  | 'failing'
  | 'unplaceable'
  | 'paused'
  | 'rolled_back'
  | 'timed_out'
  | 'waiting';

/** The replica that tells why. */
export interface VerdictTask {
  readonly container: string;
  readonly node: string | null;
  readonly exitCode: number | null;
  /** The engine's own words. */
  readonly message: string | null;
  readonly restarts: number;
  /** Its last log lines, oldest first; empty where there are none. */
  readonly logs: readonly string[];
}

export interface ServiceVerdict {
  /** Name within its stack. */
  readonly service: string;
  readonly outcome: RolloutOutcome;
  /** The same in a few words, for people: `running (2 of 2)`, `keeps exiting (with code 1, 3 restarts)`. */
  readonly status: string;
  /** Replicas that are as they should be, and how many there should be. */
  readonly ready: number;
  readonly desired: number;
  /** Null where nothing has gone wrong with one. */
  readonly task: VerdictTask | null;
}

/** How a stack stands, and each service that was waited for. */
export interface Verdict {
  readonly stack: string;
  /** The worst of the services. */
  readonly outcome: RolloutOutcome;
  /** By name. */
  readonly services: readonly ServiceVerdict[];
}
