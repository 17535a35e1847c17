import { throwRefusal } from './checks.js';
import { decodeInput } from './input.js';
import type { SandboxReader } from './reader.js';
import { refusalOf } from './scheduler/admit.js';
import type { SandboxState } from './state.js';

/**
 * Asks the sandbox for a change.
 *
 * @param check throws when the change must not be made; it is asked before, and again afterwards, since somebody else may
 *   have asked for something in between. The sandbox itself then leaves the change alone.
 * @throws ConflictError when its epoch is over; NotFoundError or RefusedError when a command cannot be done.
 */
export async function ask(
  { journal, now, look }: SandboxReader,
  body: string,
  check: (state: SandboxState) => void = () => undefined,
): Promise<void> {
  const before = await look();
  throwRefusal(refusalOf(before, decodeInput(body)));
  check(before);
  const input = await journal.append(now(), body);
  const after = await look();
  throwRefusal(after.refusals.find((refusal) => refusal.input === input));
  check(after);
}

/** Waits until a container that was told to end has done so. Rejects when the signal aborts: it ends all the same. */
export async function hasEnded({ now, look, pause }: SandboxReader, id: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    const task = (await look()).tasks.find((one) => one.id === id);
    if (task?.phase !== 'stopping') return;
    await pause(signal, Math.max(1, (task.dueMs ?? 0) - now()));
    signal.throwIfAborted();
  }
}
