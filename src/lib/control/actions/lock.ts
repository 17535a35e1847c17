import { setTimeout } from 'node:timers/promises';
import type { StackScope } from '../../plan/resources.js';
import { ConflictError, InterruptedError } from '../../port/errors.js';
import type { CallContext } from '../../port/verb.js';
import type { Ledger, LockHolder } from '../ledger.js';
import { describeAbort } from './describe.js';
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
}

/** The lock of a stack while it is held. */
export interface HeldLock {
  /** Who had died with it in his hand. */
  readonly displaced: LockHolder | null;
  /** Another process has taken it over with the same action: it is his to give back. */
  leave(): void;
}

/**
 * Does the work while holding the stack's lock, and gives it back however that went.
 *
 * @throws ConflictError when somebody else holds it until the time is up; InterruptedError; what the work threw.
 */
export async function underLock<T>(
  parts: LockParts,
  request: LockRequest,
  work: (lock: HeldLock) => Promise<T>,
): Promise<T> {
  const { scope, context } = request;
  const { displaced, waited } = await claim(parts, request);
  const own = { held: true };
  try {
    // The action of a holder that has died must not look as if it were still running.
    await parts.actions.failAbandoned(scope.namespace);
    if (waited) context.progress?.({ subject: `stack ${scope.stack}`, status: 'free again', done: true });
    return await work({
      displaced,
      leave: () => {
        own.held = false;
      },
    });
  } finally {
    if (own.held) await release(parts, request);
  }
}

/** How the work went is what counts. A lock that stays is free when this process ends. */
async function release({ ledger }: LockParts, { scope, holder, context }: LockRequest): Promise<void> {
  try {
    await ledger.release(scope, holder);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    context.progress?.({ subject: `stack ${scope.stack}`, status: `could not be unlocked: ${reason}`, done: true });
  }
}

async function claim(
  parts: LockParts,
  { scope, holder, context, deadlineMs }: LockRequest,
): Promise<{ readonly displaced: LockHolder | null; readonly waited: boolean }> {
  for (let waited = false; ; waited = true) {
    const claimed = await parts.ledger.claim(scope, holder);
    if (claimed.claimed) return { displaced: claimed.displaced, waited };
    const who = describeHolder(claimed.holder);
    if (parts.now() >= deadlineMs) {
      throw new ConflictError(`stack ${scope.stack} is being changed by ${who}`, {
        hint: `Nothing was changed. Follow it with \`berth action logs ${claimed.holder.actionId.slice(0, 8)} --follow\`, or try again later.`,
      });
    }
    if (!waited) context.progress?.({ subject: `stack ${scope.stack}`, status: `waiting for ${who}`, done: false });
    try {
      await setTimeout(parts.pollMs, undefined, { signal: context.signal });
    } catch {
      throw new InterruptedError(describeAbort(context.signal), { hint: 'Nothing was changed.' });
    }
  }
}

/** `ann (Stack Up, process 4711 on host, since 2026-01-01T00:00:00.000Z)`. */
export function describeHolder({ user, command, process, since }: LockHolder): string {
  return `${user} (${command}, process ${process.pid} on ${process.host}, since ${since})`;
}
