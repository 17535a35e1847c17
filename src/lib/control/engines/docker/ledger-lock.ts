import type { StackScope } from '../../../plan/resources.js';
import { ConflictError } from '../../../port/errors.js';
import { type Claim, type Lease, leaseMs, type LockHolder } from '../../ledger.js';
import { type Processes, sameProcess } from '../../processes.js';
import type { StackState } from './ledger-state.js';

/** A lease with more left than this is not renewed, since every renewal is a volume. In milliseconds. */
const renewBelowMs = leaseMs - 10_000;

/** What a change makes of a state: what is to be written (null: nothing), and what it gives. */
export interface Change<T> {
  readonly next: StackState | null;
  readonly result: T;
}

export interface ClaimRequest {
  readonly scope: StackScope;
  readonly holder: LockHolder;
  readonly takesOver: boolean;
}

export interface ClaimFacts {
  readonly processes: Processes;
  /** Milliseconds since 1970 by the daemon's clock. */
  readonly nowMs: number;
}

/** As `Ledger.claim`. */
export function claimLock(state: StackState, request: ClaimRequest, { processes, nowMs }: ClaimFacts): Change<Claim> {
  const { scope, holder, takesOver } = request;
  const { lock } = state;
  const sameAction = lock?.holder.actionId === holder.actionId;
  if (lock !== null && !(sameAction && takesOver)) {
    const isOver = nowMs >= lock.expiresAtMs || processes.fate(lock.holder.process) === 'dead';
    if (!isOver) return { next: null, result: { claimed: false, holder: lock.holder } };
  }
  const epoch = state.epoch + 1;
  const own = lock === null || sameAction || sameProcess(lock.holder.process, holder.process);
  return {
    next: { ...state, epoch, lock: { holder, expiresAtMs: nowMs + leaseMs } },
    result: { claimed: true, lease: { scope, epoch }, displaced: own ? null : lock.holder },
  };
}

/** As `Ledger.renew`. */
export function renewLock(state: StackState, { epoch }: Lease, nowMs: number): Change<boolean> {
  const { lock } = state;
  if (lock === null || state.epoch !== epoch) return { next: null, result: false };
  if (lock.expiresAtMs - nowMs > renewBelowMs) return { next: null, result: true };
  return { next: { ...state, lock: { ...lock, expiresAtMs: nowMs + leaseMs } }, result: true };
}

/** As `Ledger.unlock`. The epoch stays. */
export function releaseLock(state: StackState, { epoch }: Lease): Change<void> {
  const held = state.lock !== null && state.epoch === epoch;
  return { next: held ? { ...state, lock: null } : null, result: undefined };
}

/**
 * One that has run out and that nobody has taken still holds.
 *
 * @throws ConflictError when somebody else has claimed the lock since, or it was given back.
 */
export function fenceLock({ epoch: present, lock }: StackState, { scope, epoch }: Lease): void {
  if (present === epoch && lock !== null) return;
  const hint = 'What was done before stays. Run the command again when nobody else is changing the stack.';
  if (lock === null) {
    throw new ConflictError(`the lock on stack ${scope.stack} is not held any more: nothing more was changed`, {
      hint,
    });
  }
  const { actionId, user, process, command, since } = lock.holder;
  throw new ConflictError(
    `stack ${scope.stack} was taken over by ${user} (${command}, process ${process.pid} on ${process.host}): nothing more was changed`,
    { hint, data: { holder: { action: actionId, user, host: process.host, pid: process.pid, command, since } } },
  );
}
