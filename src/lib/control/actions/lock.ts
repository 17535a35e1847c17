import { setTimeout } from 'node:timers/promises';
import type { StackScope } from '../../plan/resources.js';
import { ConflictError, type Holder, InterruptedError } from '../../port/errors.js';
import type { CallContext } from '../../port/verb.js';
import { type Lease, leaseMs, type Ledger, type LockHolder } from '../ledger.js';
import { describeAbort } from './describe.js';
import { lockLost } from './perform.js';
import type { ActionRecords } from './records.js';

export interface LockParts {
  readonly ledger: Ledger;
  readonly actions: ActionRecords;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** Between two attempts. */
  readonly pollMs: number;
}

export interface LockRequest {
  readonly scope: StackScope;
  readonly holder: LockHolder;
  readonly context: CallContext;
  /** Until when somebody else is waited for, in milliseconds since 1970. */
  readonly deadlineMs: number;
  /** Take it over from the process that holds it for the same action. Default false. */
  readonly takesOver?: boolean;
}

/** The lock of a stack while it is held. */
export interface HeldLock {
  readonly lease: Lease;
  /** Who had died, or fallen silent, with it in his hand. */
  readonly displaced: LockHolder | null;
  /** Aborts, with a ConflictError, when somebody else has taken the lock. */
  readonly signal: AbortSignal;
  /** Another process has taken it over with the same action: it is his to give back. */
  leave(): void;
}

/**
 * Does the work while holding the stack's lock, and gives it back however that went. The lease is renewed meanwhile.
 *
 * @throws ConflictError when somebody else holds it until the time is up; InterruptedError; what the work threw.
 */
export async function underLock<T>(
  parts: LockParts,
  request: LockRequest,
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const { scope, context } = request;
  const { lease, displaced, waited } = await claim(parts, request);
  const lost = new AbortController();
  const keeper = setInterval(() => void keep(parts.ledger, lease, lost), leaseMs / 3);
  const own = { held: true };
  try {
    // The action of a holder that has died must not look as if it were still running.
    await parts.actions.failAbandoned(scope.namespace);
    if (displaced !== null) await endDisplaced(parts.actions, displaced);
    if (waited) context.progress?.({ kind: 'stack', name: scope.stack, phase: 'done', status: 'free again' });
    return await work({
      lease,
      displaced,
      signal: lost.signal,
      leave: () => {
        own.held = false;
      },
    });
  } finally {
    clearInterval(keeper);
    if (own.held) await unlock(parts, request, lease);
  }
}

/** Whether the process of another host or container lives cannot be seen from here: that its lease has run out can. */
async function endDisplaced(actions: ActionRecords, { actionId }: LockHolder): Promise<void> {
  const action = await actions.get(actionId);
  if (action === null || action.endedAt !== null) return;
  await actions.log(action.id, action.epoch, 'interrupted: another process has taken the stack over');
  await actions.end(action.id, action.epoch, 'Failed', 'interrupted');
}

/** A ledger that cannot be reached now may be reached by the next renewal; the epoch keeps everybody safe until then. */
async function keep(ledger: Ledger, lease: Lease, lost: AbortController): Promise<void> {
  const renewed = await ledger.renew(lease).catch(() => true);
  if (renewed) return;
  lost.abort(lockLost(lease));
}

/** How the work went is what counts. A lock that stays is free when this process ends. */
async function unlock({ ledger }: LockParts, { scope, context }: LockRequest, lease: Lease): Promise<void> {
  try {
    await ledger.unlock(lease);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    const status = `could not be unlocked: ${reason}`;
    context.progress?.({ kind: 'stack', name: scope.stack, phase: 'note', status });
  }
}

interface Claimed {
  readonly lease: Lease;
  readonly displaced: LockHolder | null;
  readonly waited: boolean;
}

async function claim(parts: LockParts, request: LockRequest): Promise<Claimed> {
  const { scope, holder, context, deadlineMs, takesOver } = request;
  for (let waited = false; ; waited = true) {
    const claimed = await parts.ledger.claim(scope, holder, takesOver);
    if (claimed.claimed) return { lease: claimed.lease, displaced: claimed.displaced, waited };
    if (parts.now() >= deadlineMs) throw heldError(scope, claimed.holder, parts.now());
    if (!waited) {
      const status = `waiting for ${describeHolder(claimed.holder, parts.now())}`;
      context.progress?.({ kind: 'stack', name: scope.stack, phase: 'working', status });
    }
    try {
      await setTimeout(parts.pollMs, undefined, { signal: context.signal });
    } catch {
      throw new InterruptedError(describeAbort(context.signal), { hint: 'Nothing was changed.' });
    }
  }
}

function heldError(scope: StackScope, present: LockHolder, nowMs: number): ConflictError {
  const { actionId, user, command, process, since } = present;
  const holder: Holder = { action: actionId, user, host: process.host, pid: process.pid, command, since };
  const follow = `berth action logs ${actionId.slice(0, 8)} --follow`;
  return new ConflictError(`stack ${scope.stack} is being changed by ${describeHolder(present, nowMs)}`, {
    hint: `Nothing was changed. Follow it with \`${follow}\`, or wait longer with --lock-timeout.`,
    data: { holder },
  });
}

/** `ann (Stack Up, process 4711 on host, for 12 seconds)`. */
export function describeHolder({ user, command, process, since }: LockHolder, nowMs: number): string {
  const seconds = Math.max(0, Math.round((nowMs - Date.parse(since)) / 1000));
  const age = seconds < 120 ? count(seconds, 'second') : count(Math.round(seconds / 60), 'minute');
  return `${user} (${command}, process ${process.pid} on ${process.host}, for ${age})`;
}

function count(number: number, unit: string): string {
  return `${number} ${unit}${number === 1 ? '' : 's'}`;
}
