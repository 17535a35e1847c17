import type { EngineEvent } from '../engine.js';
import { isAborted, type SandboxReader } from './reader.js';

const page = 500;

/** Transitions after that number. With `follow`, until the signal aborts; an abort ends it without an error. */
export async function* readEvents(
  reader: SandboxReader,
  after: number,
  follow: boolean,
  signal: AbortSignal,
): AsyncGenerator<EngineEvent> {
  let last = after;
  do {
    if (signal.aborted) return;
    await reader.look();
    for (;;) {
      const events = await reader.journal.transitions(last, page);
      for (const event of events) {
        if (isAborted(signal)) return;
        last = event.sequence;
        yield event;
      }
      if (events.length < page) break;
    }
  } while (follow && (await reader.pause(signal)));
}
