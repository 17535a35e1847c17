import type { Mutation } from './actions.js';
import type { Verb, WaitOptions } from './verb.js';

export type TriggerOperation = 'redeploy' | 'scaleUp';

/** A URL that does one thing when it is called, without credentials. Oracle calls it a webhook. */
export interface Trigger {
  readonly id: string;
  readonly name: string;
  readonly operation: TriggerOperation;
  /** `web.voting-app` for a service of a stack, else the name of the stack or service. */
  readonly target: string;
  /** Absolute. Whoever knows it can call it. */
  readonly url: string;
  readonly enabled: boolean;
  /** How many containers are restarted at a time; null is all. */
  readonly parallelism: number | null;
  /** Pause between them; null is none. */
  readonly intervalMs: number | null;
}

/** Whose triggers: a service's or a stack's. Names or ids. */
export type TriggerTarget = { readonly service: string } | { readonly stack: string };

export interface TriggerRef {
  readonly target: TriggerTarget;
  /** Id, prefix of one, or name. */
  readonly trigger: string;
}

/** What to change; what is absent stays. */
export interface TriggerChange extends TriggerRef {
  readonly enabled?: boolean;
  readonly parallelism?: number | null;
  readonly intervalMs?: number | null;
}

export interface TriggerCallOptions extends WaitOptions {
  /** How many containers `scaleUp` adds (>= 1). Default 1. */
  readonly count?: number;
  /** Given to the containers it makes, as text. */
  readonly body?: string;
}

export interface TriggersFacet {
  /** By name. */
  list?: Verb<{ readonly target: TriggerTarget }, object, AsyncIterable<Trigger>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<TriggerRef, object, Promise<Trigger>>;
  /** Default operation `redeploy`. */
  create?: Verb<
    { readonly target: TriggerTarget; readonly name?: string; readonly operation?: TriggerOperation },
    object,
    Promise<Trigger>
  >;
  update?: Verb<TriggerChange, object, Promise<Trigger>>;
  remove?: Verb<TriggerRef, object, Promise<void>>;
  call?: Verb<TriggerRef, TriggerCallOptions, Promise<Mutation<Trigger>>>;
}
