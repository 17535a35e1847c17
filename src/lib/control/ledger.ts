import type { Project } from '../compose/project.js';
import type { Overlays, ReleaseOverlays } from '../plan/overlays.js';
import type { EngineResource, StackScope } from '../plan/resources.js';
import type { ReleaseBody } from '../plan/steps.js';
import type { ProcessIdentity } from './processes.js';

/** A stack as everyone who reaches its engine must agree on it. */
export interface StackRecord {
  /** uuid v4. A stack that is made again after it was terminated has another. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  /** True: it is only the shell of one service that stands alone. */
  readonly standalone: boolean;
  /** Version of its newest release, counted from 1 without gaps. */
  readonly release: number;
  /** Those of the newest release, with the scale overlay. */
  readonly definition: Project;
  readonly overlays: Overlays;
  readonly engineKind: 'sandbox' | 'docker' | 'swarm';
  /** True from the start of `terminate` until the stack is gone or brought up again. */
  readonly terminating: boolean;
  /**
   * Hashes of the networks, volumes, secrets and configs that were applied, by `<kind> <name>`: engines do not tell how
   * they made one.
   */
  readonly applied: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339; null before the first deployment that converged. */
  readonly deployedAt: string | null;
}

/** A numbered state of a stack. It never changes, but for what became of it. */
export interface ReleaseRecord {
  /** Id of the stack. */
  readonly stackId: string;
  readonly version: number;
  /** Who made it. */
  readonly user: string;
  /** What changed, one line. */
  readonly summary: string;
  readonly definition: Project;
  readonly overlays: ReleaseOverlays;
  /** The version it was made from again; null for a new one. */
  readonly rollbackOf: number | null;
  /** `stored`: it was never waited for. */
  readonly state: 'stored' | 'deployed' | 'failed';
  /** RFC 3339. */
  readonly createdAt: string;
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

/**
 * The right to change a stack, for a while. The epoch grows with every claim of the stack's lock, over the life of the
 * ledger: changes that come with an older one are refused.
 */
export interface Lease {
  readonly scope: StackScope;
  readonly epoch: number;
}

/** What became of an attempt to lock a stack. */
export type Claim =
  | {
      readonly claimed: true;
      readonly lease: Lease;
      /** The holder that had died, or had not renewed its lease, with the lock in its hand. */
      readonly displaced: LockHolder | null;
    }
  | { readonly claimed: false; readonly holder: LockHolder };

/** How long a lease holds without being renewed, in milliseconds. */
export const leaseMs = 30_000;

/** Names an applied resource in `StackRecord.applied`. */
export function appliedKey(kind: EngineResource['kind'], name: string): string {
  return `${kind} ${name}`;
}

/**
 * What lives with an engine, and not with the user: definitions, releases, overlays and the lock of a stack. Every method
 * is all or nothing. Changes take the lease of the stack's lock, and throw ConflictError when its epoch is over.
 */
export interface Ledger {
  /** By name. */
  list(namespace: string): Promise<readonly StackRecord[]>;
  get(scope: StackScope): Promise<StackRecord | null>;
  /**
   * Newest first, at most `limit` (>= 1). Of a stack that was terminated those of the last one of that name; none where
   * there was none. The last 100 of a stack are kept.
   */
  releases(scope: StackScope, limit?: number): Promise<readonly ReleaseRecord[]>;
  /** Null where there is none, or it is not kept any more. */
  releaseOf(scope: StackScope, version: number): Promise<ReleaseRecord | null>;
  /**
   * Makes a release: of a new stack, or the next of the one that is there, whose id it keeps. Ends `terminating`.
   *
   * @param key names the change: where the newest release was made with the same key, it is not made again. An older one
   *   with that key does not count: somebody else has changed the stack since.
   */
  commit(lease: Lease, release: NewRelease, key: string): Promise<StackRecord>;
  /** Throws NotFoundError when there is no such stack, as all the following do. */
  markTerminating(lease: Lease): Promise<void>;
  /** The newest release, and the stack. `at`: RFC 3339. */
  markDeployed(lease: Lease, at: string): Promise<void>;
  /** The newest release. */
  markFailed(lease: Lease): Promise<void>;
  /** `hash` null: the resource is gone. */
  markApplied(lease: Lease, key: string, hash: string | null): Promise<void>;
  /** Sets the replicas of the services named, and of no other; null takes the overlay away. */
  setScale(lease: Lease, replicas: Readonly<Record<string, number | null>>): Promise<void>;
  /** Removes the stack and its scale overlay; its releases are kept. No error when it is gone already. */
  forget(lease: Lease): Promise<void>;
  /**
   * Takes the lock of a stack, which need not exist, for `leaseMs`. A holder of this host that has died loses it, and one
   * that has not renewed its lease in time.
   *
   * @param takesOver take it from a present holder of the same action, who hands it over. Default false.
   */
  claim(scope: StackScope, holder: LockHolder, takesOver?: boolean): Promise<Claim>;
  /** Holds it for another `leaseMs`. False when the epoch is over. */
  renew(lease: Lease): Promise<boolean>;
  /** Gives the lock back. Nothing happens when the epoch is over. */
  unlock(lease: Lease): Promise<void>;
}

/** What `commit` is given: the body of a step, and who and what makes it. */
export interface NewRelease extends Omit<ReleaseBody, 'do'> {
  readonly user: string;
  readonly engineKind: StackRecord['engineKind'];
  /** RFC 3339. */
  readonly createdAt: string;
}
