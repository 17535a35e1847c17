import { UsageError } from '../../../port/errors.js';
import type { EngineEvent } from '../engine.js';
import { isAborted, type SandboxReader } from './reader.js';

const page = 500;

/**
 * Transitions after that cursor, which is the number of one: where retention has dropped those that follow it, reading
 * goes on with the oldest that is kept. With `follow`, until the signal aborts; an abort ends it without an error.
 *
 * @param after null is from the oldest on.
 * @throws UsageError when it is no cursor.
 */
export async function* readEvents(
  reader: SandboxReader,
  after: string | null,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  let last = after === null ? 0 : numberOf(after);
  do {
    if (signal.aborted) return;
    await reader.look();
    for (;;) {
      const transitions = await reader.journal.transitions(last, page);
      for (const { sequence, ...event } of transitions) {
        if (isAborted(signal)) return;
        last = sequence;
        yield { cursor: String(sequence), ...event };
      }
      if (transitions.length < page) break;
    }
  } while (follow && (await reader.pause(signal)));
}

function numberOf(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor);
  throw new UsageError(`"${cursor}" is no place among the sandbox's events`);
}
