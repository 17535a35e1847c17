import type { PlannedStep } from './plan.js';
import type { Verdict } from './verdict.js';
import type { MutationOptions, Verb, WaitOptions } from './verb.js';

/** States of an action (the vocabulary of reference dockercloud/API.md section 3.2, on every backend). */
export type ActionState = 'Pending' | 'In progress' | 'Canceling' | 'Canceled' | 'Success' | 'Failed';

/** One asynchronous operation: who did what to which object, and how it went. Oracle calls it a task. */
export interface Action {
  readonly id: string;
  /** The operation in words: `Stack Up`, `Service Scale`. */
  readonly name: string;
  readonly state: ActionState;
  readonly object: ActionObject;
  readonly user: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** RFC 3339; null while it runs. */
  readonly endedAt: string | null;
  /** Why it failed: `interrupted`, or the error's message. Null unless Failed or Canceled. */
  readonly reason: string | null;
  readonly canBeCanceled: boolean;
  readonly canBeRetried: boolean;
  /** 0-100, where the platform measures it. */
  readonly percent?: number;
  /** Where the call came from, where the platform tells: IP address, and a place in words. */
  readonly address?: string | null;
  readonly location?: string | null;
  /** False for what the platform did by itself: autoredeploy, autodestroy, self-healing. */
  readonly byUser?: boolean;
}

/** What an action applies to. */
export interface ActionObject {
  readonly kind: 'stack' | 'service' | 'container' | 'node' | 'node cluster' | 'image' | 'app' | 'other';
  readonly id: string;
  /** `voting-app`, or `web.voting-app` for a service of a stack. */
  readonly name: string;
}

/** An action with the steps it executes, each with what became of it. */
export interface ActionDetail extends Action {
  readonly steps: readonly (PlannedStep & { readonly state: 'pending' | 'running' | 'done' | 'failed' | 'skipped' })[];
}

/** A line of an action's log. */
export interface ActionLogLine {
  /** RFC 3339 with milliseconds. */
  readonly at: string;
  readonly text: string;
}

export interface ActionListOptions {
  /** Show no more than this many, the newest first (>= 1). */
  readonly limit?: number;
  readonly state?: ActionState;
  /** Name or id of the stack whose actions are meant, its services' and containers' included. */
  readonly stack?: string;
  /** Id of the object; with `related` also of what it holds and what holds it. */
  readonly object?: string;
  readonly related?: boolean;
  /** RFC 3339; only those started at or after, or before. */
  readonly since?: string;
  readonly until?: string;
}

export interface ActionLogOptions {
  readonly follow?: boolean;
  /** No more than the last N lines (>= 0). */
  readonly tail?: number;
}

/** What a mutating verb gives back. */
export interface Mutation<T> {
  /** The object after the change; null when it is gone or nothing was changed (`dryRun`). */
  readonly subject: T | null;
  /** The action that did it; null where the platform has none, or nothing had to be done. */
  readonly action: Action | null;
  /** The steps: those executed, or with `dryRun` those that would be. Empty when everything is as asked already. */
  readonly plan: readonly PlannedStep[];
  /** How what was waited for stands; absent where nothing was. */
  readonly verdict?: Verdict;
}

export interface ActionsFacet {
  /** Newest first. */
  list?: Verb<object, ActionListOptions, AsyncIterable<Action>>;
  /** Throws NotFoundError or AmbiguousError. `action`: id or prefix of one. */
  get?: Verb<{ readonly action: string }, object, Promise<ActionDetail>>;
  logs?: Verb<{ readonly action: string }, ActionLogOptions, AsyncIterable<ActionLogLine>>;
  /**
   * Allowed while Pending or In progress, else RefusedError. What was done so far stays. Returns when it has ended, or
   * after a few seconds in state `Canceling`.
   */
  cancel?: Verb<{ readonly action: string }, object, Promise<Action>>;
  /**
   * Allowed in Success, Failed or Canceled, else RefusedError. Goes on from the first step that is not done; one that had
   * succeeded, or whose stack somebody else has changed since, is planned again.
   */
  retry?: Verb<{ readonly action: string }, WaitOptions & Pick<MutationOptions, 'lockTimeoutMs'>, Promise<Action>>;
  /** Executes an action that `wait: false` left to a detached runner: for that runner only. */
  run?: Verb<{ readonly action: string }, object, Promise<Action>>;
}
