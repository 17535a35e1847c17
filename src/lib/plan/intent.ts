import type { Project } from '../compose/project.js';
import type { LimitChange } from '../port/limits.js';
import type { ServiceChanges } from '../port/services.js';
import type { ContainerCommand } from './resources.js';

/**
 * What a mutating verb was asked for, names looked up. JSON: it is saved with the action, so that the steps can be
 * planned again when somebody else has changed the stack in between.
 */
export type Intent =
  | CreateIntent
  | AdoptIntent
  | UpIntent
  | UpdateIntent
  | ChangeIntent
  | ConfigureIntent
  | ScaleIntent
  | RunIntent
  | TerminateIntent
  | RemoveIntent
  | RollbackIntent
  | ContainerIntent;

/** Stores a definition that is not there yet, and runs nothing. */
export interface CreateIntent {
  readonly want: 'create';
  readonly definition: Project;
  /** A service that stands alone: the stack is only its shell. */
  readonly standalone: boolean;
}

/** Takes over what another tool has deployed, as it runs. */
export interface AdoptIntent {
  readonly want: 'adopt';
  /** As read from the containers. */
  readonly definition: Project;
  /** By service. Slots count from 1. */
  readonly containers: Readonly<Record<string, readonly { readonly id: string; readonly slot: number }[]>>;
  /** What of the containers the definition cannot say, and why. */
  readonly unsaid: readonly { readonly path: string; readonly why: string }[];
}

/** Makes what runs be what the definition says. */
export interface UpIntent {
  readonly want: 'up';
  readonly definition: Project;
  readonly standalone: boolean;
  /** Only these and what they depend on; null for all. */
  readonly services: readonly string[] | null;
  readonly prune: boolean;
  readonly resetConfig: boolean;
  readonly resetScale: boolean;
  /** Put what ran before back when the rollout fails. */
  readonly rollbackOnFailure: boolean;
  /** Refuse what is there already. */
  readonly fresh: boolean;
  readonly monitorMs: number;
}

/** Stores a new definition; with `redeploy` also replaces what runs and differs. */
export interface UpdateIntent {
  readonly want: 'update';
  readonly definition: Project;
  readonly redeploy: boolean;
  readonly monitorMs: number;
}

/** Changes attributes of one service of the stored definition. */
export interface ChangeIntent {
  readonly want: 'change';
  readonly service: string;
  readonly changes: ServiceChanges;
  readonly redeploy: boolean;
  readonly monitorMs: number;
}

/** Changes the overlay of environment, limits and placement, as one release. */
export interface ConfigureIntent {
  readonly want: 'configure';
  /** Null for all services of the stack. */
  readonly service: string | null;
  /** Null unsets. */
  readonly values: Readonly<Record<string, string | null>>;
  /** Also unset every variable that `values` does not name. */
  readonly replace: boolean;
  readonly expect: 'new' | 'existing' | null;
  /** By service. */
  readonly limits: Readonly<Record<string, LimitChange>>;
  /** Node labels; null takes one away. */
  readonly placement: Readonly<Record<string, string | null>>;
  /** Replace what runs and differs, in the services it concerns. */
  readonly redeploy: boolean;
  readonly monitorMs: number;
}

/** Sets numbers of replicas, kept over later definitions. */
export interface ScaleIntent {
  readonly want: 'scale';
  readonly replicas: Readonly<Record<string, number>>;
  readonly monitorMs: number;
}

/** Starts, stops, or replaces every replica of, services that are there; null is all of the stack. */
export interface RunIntent {
  readonly want: 'start' | 'stop' | 'redeploy';
  readonly services: readonly string[] | null;
  readonly monitorMs: number;
}

/** Takes the stack down and forgets it; its history is kept. */
export interface TerminateIntent {
  readonly want: 'terminate';
  readonly volumes: boolean;
}

/** Takes one service out of the definition, and down. */
export interface RemoveIntent {
  readonly want: 'remove';
  readonly service: string;
}

/** Runs an earlier release again, as a new one. */
export interface RollbackIntent {
  readonly want: 'rollback';
  readonly version: number;
  readonly monitorMs: number;
}

/** Does something to one container. */
export interface ContainerIntent {
  readonly want: 'container';
  readonly container: string;
  /** `web-1`, for messages. */
  readonly name: string;
  readonly service: string;
  readonly command: ContainerCommand;
  readonly monitorMs: number;
}
