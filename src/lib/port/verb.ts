import type { Action } from './actions.js';
import type { PlannedStep } from './plan.js';

/** What a running verb tells about its progress. Rendered on stderr, never on stdout. */
export interface ProgressEvent {
  /** What the event is about: kind and name, as the user wrote it. */
  readonly kind: PlannedStep['kind'];
  readonly name: string;
  /** `working`: it goes on; `done` and `failed`: it has ended; `note`: a sentence that the user should know. */
  readonly phase: 'working' | 'done' | 'failed' | 'note';
  /** What is being done or was reached, in a few words: `starting (1 of 2 running)`. */
  readonly status: string;
  /** Replicas that are as they should be, and how many there should be, where that is counted. */
  readonly ready?: number;
  readonly desired?: number;
}

/** What every call takes besides its request: how to stop it and where to report. */
export interface CallContext {
  readonly signal: AbortSignal;
  readonly progress?: (event: ProgressEvent) => void;
  /** Called at most once, with the steps about to be executed, before the first of them. */
  readonly planned?: (steps: readonly PlannedStep[]) => void;
  /** Called at most once, with the action that was made for the call, before the first step. */
  readonly accepted?: (action: Action) => void;
}

/**
 * One verb of a facet: a function and the names of the options it honours. A command passes the options the user gave;
 * the gate refuses those that are not declared, so that no flag is ever parsed and ignored.
 */
export interface Verb<Request, Options extends object, Result> {
  (request: Request, options: Options, context: CallContext): Result;
  readonly options: readonly (keyof Options & string)[];
}

/** Declares a verb. `options` lists the option names that `run` honours; all others are refused by the gate. */
export function verb<Request, Options extends object, Result>(
  options: readonly (keyof Options & string)[],
  run: (request: Request, options: Options, context: CallContext) => Result,
): Verb<Request, Options, Result> {
  return Object.assign(
    (request: Request, given: Options, context: CallContext): Result => run(request, given, context),
    { options },
  );
}

/** Options of every verb whose work takes time. */
export interface WaitOptions {
  /** Wait until what runs is what was asked for. Default true. False returns as soon as the work is accepted. */
  readonly wait?: boolean;
  /** How long to wait, in milliseconds (> 0). The work goes on when the time is up. */
  readonly timeoutMs?: number;
}

/** Options of every verb that changes something. */
export interface MutationOptions extends WaitOptions {
  /** Only compute the plan: nothing is sent or changed. */
  readonly dryRun?: boolean;
  /**
   * How long to wait for somebody else who is changing the same stack, in milliseconds (>= 0; 0 refuses at once).
   * Default 60,000.
   */
  readonly lockTimeoutMs?: number;
}
