import type { Project } from '../compose/project.js';
import type { EngineResource, StackScope } from '../plan/resources.js';
import type { ProcessIdentity } from './processes.js';

/** A stack as everyone who reaches its engine must agree on it. */
export interface StackRecord {
  /** uuid v4. A stack that is made again after it was terminated has another. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  /** Counted from 1; one more with every new definition. */
  readonly version: number;
  readonly definition: Project;
  readonly engineKind: 'sandbox' | 'docker' | 'swarm';
  /** True from the start of `terminate` until the stack is gone or brought up again. */
  readonly terminating: boolean;
  /**
   * Hashes of the networks, volumes, secrets and configs that were applied, by `<kind> <name>`: engines do not tell how
   * they made one.
   */
  readonly applied: Readonly<Record<string, string>>;
  /** Replicas set by `scale`, by service: laid over the definition. */
  readonly scale: Readonly<Record<string, number>>;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339; null before the first deployment that converged. */
  readonly deployedAt: string | null;
}

/** Who is changing a stack. */
export interface LockHolder {
  readonly actionId: string;
  readonly process: ProcessIdentity;
  readonly user: string;
  /** The operation in words: `Stack Up`. */
  readonly command: string;
  /** RFC 3339. */
  readonly since: string;
}

/** What became of an attempt to lock a stack. */
export type Claim =
  | {
      readonly claimed: true;
      /** The holder that had died with the lock in its hand. */
      readonly displaced: LockHolder | null;
    }
  | { readonly claimed: false; readonly holder: LockHolder };

/** Names an applied resource in `StackRecord.applied`. */
export function appliedKey(kind: EngineResource['kind'], name: string): string {
  return `${kind} ${name}`;
}

/**
 * What lives with an engine, and not with the user: definitions, overlays and the lock of a stack. Every method is all
 * or nothing. Changes are made by the holder of the stack's lock.
 */
export interface Ledger {
  /** By name. */
  list(namespace: string): Promise<readonly StackRecord[]>;
  get(scope: StackScope): Promise<StackRecord | null>;
  /**
   * Stores the definition: a new stack with that id, or a new version of the one that is there, whose id it keeps.
   * Ends `terminating`.
   */
  define(scope: StackScope, definition: Project, fresh: FreshStack): Promise<StackRecord>;
  /** Throws NotFoundError when there is no such stack, as all the following do. */
  markTerminating(scope: StackScope): Promise<void>;
  markDeployed(scope: StackScope, at: string): Promise<void>;
  /** `hash` null: the resource is gone. */
  markApplied(scope: StackScope, key: string, hash: string | null): Promise<void>;
  /** Sets the replicas of the services named, and of no other. */
  setScale(scope: StackScope, replicas: Readonly<Record<string, number>>): Promise<void>;
  /** Removes the stack and what is laid over it. No error when it is gone already. */
  forget(scope: StackScope): Promise<void>;
  /**
   * Takes the lock of a stack, which need not exist. A holder of this host that has died loses it; whoever comes with
   * the action of the present holder takes it over.
   */
  claim(scope: StackScope, holder: LockHolder): Promise<Claim>;
  /** Gives the lock back if that action holds it by that process. */
  release(scope: StackScope, holder: LockHolder): Promise<void>;
}

/** What a stack gets when it is stored for the first time. */
export interface FreshStack {
  readonly id: string;
  readonly engineKind: StackRecord['engineKind'];
  /** RFC 3339. */
  readonly createdAt: string;
}
