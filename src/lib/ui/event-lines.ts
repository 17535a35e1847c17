import { Writable } from 'node:stream';
import { jsonLine } from './document.js';
import type { Ending } from './result.js';
import { Sink } from './sink.js';

/** One event as a line of JSON, with its line end. `atMs`: milliseconds since 1970. */
export function eventLine(atMs: number, event: string, fields: object): string {
  return jsonLine({ at: new Date(atMs).toISOString(), event, ...fields });
}

/** How changes ended as lines of JSON: what became of the action, then how what was waited for stands. */
export function endingLines(atMs: number, endings: readonly Ending[]): string {
  return endings
    .map(({ action, verdict }) => {
      const ended = action === null ? '' : eventLine(atMs, 'action', action);
      return verdict === undefined ? ended : `${ended}${eventLine(atMs, 'verdict', verdict)}`;
    })
    .join('');
}

/**
 * A sink for words that turns each line into an event of its own on `sink`: a `warning` where the line says that it is
 * one, else a `notice`. Each write must be of whole lines.
 */
export function eventSink(sink: Sink, now: () => number): Sink {
  return new Sink(
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        const events = chunk
          .toString()
          .split('\n')
          .filter((line) => line.trim() !== '')
          .map((line) => asEvent(now(), line));
        sink.write(events.join('')).then(() => {
          done();
        }, done);
      },
    }),
  );
}

function asEvent(atMs: number, line: string): string {
  const [, warning] = /^warning: (.*)$/.exec(line) ?? [];
  return warning === undefined
    ? eventLine(atMs, 'notice', { message: line })
    : eventLine(atMs, 'warning', { message: warning });
}

/** A sink that takes everything and shows nothing. */
export function silentSink(): Sink {
  return new Sink(
    new Writable({
      write(_chunk, _encoding, done) {
        done();
      },
    }),
  );
}
