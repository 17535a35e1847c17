import { type Making, make, type MoveParts, prepare } from './moves.js';

export interface OneOffMakeParts extends MoveParts {
  /** Told of the work that is left when it was broken off: whoever closes the engine waits for it. */
  readonly onCleanup: (work: Promise<void>) => void;
}

/** How long it may take to be made, and taken away again, when nobody waits for it any more. */
const cleanupLimitMs = 15_000;

/**
 * Makes a container for one command, and does not start it. Gives its id. Broken off, or where only a part of it could be
 * made, none is left: it is made to the end without waiting for it, since a call that is broken off may still be heeded.
 *
 * @throws as `prepare` and `make`, and the signal's reason.
 */
export async function makeOneOff(parts: OneOffMakeParts, making: Making, signal: AbortSignal): Promise<string> {
  const plan = await prepare(parts, making, signal);
  const limit = new AbortController();
  const made = make(parts, plan, limit.signal);
  const aborted = new Promise<never>((_resolve, reject) => {
    signal.addEventListener('abort', () => reject(new Error('it was broken off')), { once: true });
  });
  try {
    signal.throwIfAborted();
    return await Promise.race([made, aborted]);
  } catch (error) {
    parts.onCleanup(takeAway(parts, plan.name, made, limit));
    signal.throwIfAborted();
    throw error;
  }
}

async function takeAway(
  { api }: OneOffMakeParts,
  name: string,
  made: Promise<unknown>,
  limit: AbortController,
): Promise<void> {
  const timer = setTimeout(() => limit.abort(), cleanupLimitMs);
  try {
    await made.catch(() => undefined);
    const path = `/containers/${encodeURIComponent(name)}`;
    await api.call({ method: 'DELETE', path, query: { force: true, v: true } }, limit.signal).catch(() => undefined);
  } finally {
    clearTimeout(timer);
  }
}
