import type { LogLine } from '../../../port/logs.js';
import { type BerthError, isBerthError } from '../../../port/errors.js';
import { reconnecting } from '../../streams/reconnect.js';
import { isDaemonError } from '../engine-api/daemon-error.js';
import type { EngineApi } from '../engine-api/api.js';
import { type LineReader, type LoggedContainer, lineReader } from './logs-decode.js';
import { engineTime } from './logs-time.js';

export interface ContainerLogOptions {
  readonly follow: boolean;
  /** No more than so many of those that are there already. */
  readonly tail: number | undefined;
  /** As the API takes them: seconds and nanoseconds. `until` is included. */
  readonly since: string | undefined;
  readonly until: string | undefined;
  readonly onLost: (error: BerthError, waitMs: number) => void;
}

/**
 * The log of one container, read as often as it is started again or a connection is lost: no line is lost and none comes
 * twice.
 */
export class ContainerLog {
  readonly #api: EngineApi;
  readonly #options: ContainerLogOptions;
  /** Time of the last line given, and the lines of that time. */
  #since: string | undefined;
  #latest: LogLine[] = [];
  /** When it was opened first, by the daemon's clock, in seconds since 1970. */
  #openedAt: number | undefined;

  constructor(api: EngineApi, options: ContainerLogOptions) {
    this.#api = api;
    this.#options = options;
  }

  /**
   * Lines in batches, in the order in which the daemon keeps them. Followed, until the container ends. An abort ends it
   * without an error, and so does the container's removal.
   *
   * @throws DaemonError, also where its logs are not kept (`isUnreadable`); UnreachableError when the connection does not
   *   come back.
   */
  read(container: LoggedContainer, signal: AbortSignal): AsyncIterable<LogLine[]> {
    return reconnecting({
      open: () => this.#open(container, signal),
      isNew: (lines) => lines.length > 0,
      canResume: () => this.#options.follow,
      signal,
      onLost: this.#options.onLost,
    });
  }

  async *#open(container: LoggedContainer, signal: AbortSignal): AsyncGenerator<LogLine[]> {
    const { follow, tail, until } = this.#options;
    const again = this.#openedAt !== undefined;
    const since = this.#sinceWhen();
    const filter = this.#repeated();
    // Docker counts the last lines before it looks at the end that is asked for.
    const counted = !follow && tail !== undefined && until !== undefined;
    const query = {
      ...{ stdout: true, stderr: true, timestamps: true, follow },
      ...(tail !== undefined && !counted && !again && { tail }),
      ...(since !== undefined && { since }),
      ...(until !== undefined && { until }),
    };
    const path = `/containers/${container.id}/logs`;
    // Raw in any case: taken apart here, chunk by chunk, it costs a fraction of what a wait for every frame does.
    const chunks = this.#api.output({ method: 'GET', path, query }, true, signal);
    const batches = linesOf(chunks, lineReader(container));
    try {
      for await (const lines of counted ? lastOf(batches, tail) : batches) {
        const fresh = filter === undefined ? lines : lines.filter(filter);
        this.#note(fresh);
        yield fresh;
      }
    } catch (error) {
      if (signal.aborted || isDaemonError(error, 404)) return;
      throw error;
    }
  }

  /** What of the past was to be shown was counted when it was opened first: what comes later is all shown. */
  #sinceWhen(): string | undefined {
    const openedAt = this.#openedAt;
    this.#openedAt ??= Math.floor(this.#api.clockMs() / 1_000);
    if (this.#since !== undefined) return engineTime(this.#since);
    return openedAt === undefined || this.#options.tail === undefined ? this.#options.since : String(openedAt);
  }

  #note(lines: readonly LogLine[]): void {
    const last = lines.at(-1)?.at ?? null;
    if (last === null || (this.#since !== undefined && last < this.#since)) return;
    if (last !== this.#since) this.#latest = [];
    this.#since = last;
    const end = this.#latest.length;
    for (let index = lines.length - 1; lines[index]?.at === last; index--) {
      const line = lines[index];
      if (line !== undefined) this.#latest.splice(end, 0, line);
    }
  }

  /** What leaves out the lines that come again when it is asked from the last time on; undefined at the start. */
  #repeated(): ((line: LogLine) => boolean) | undefined {
    const since = this.#since;
    if (since === undefined) return undefined;
    const awaited = new Map<string, number>();
    for (const { stream, text } of this.#latest) {
      awaited.set(stream + text, (awaited.get(stream + text) ?? 0) + 1);
    }
    return ({ at, stream, text }) => {
      if (at === null || at > since) return true;
      const count = awaited.get(stream + text) ?? 0;
      awaited.set(stream + text, count - 1);
      return at === since && count <= 0;
    };
  }
}

/** True for what the daemon says of a container whose log driver keeps nothing that could be read. */
export function isUnreadable(error: unknown): boolean {
  return isBerthError(error) && isDaemonError(error) && /logging driver|reading logs|log reader/i.test(error.message);
}

async function* linesOf(
  chunks: AsyncIterable<{ readonly data: Buffer }>,
  reader: LineReader,
): AsyncGenerator<LogLine[]> {
  for await (const { data } of chunks) yield reader.push(data);
  yield reader.end();
}

async function* lastOf(batches: AsyncIterable<LogLine[]>, count: number): AsyncGenerator<LogLine[]> {
  let last: LogLine[] = [];
  for await (const lines of batches) {
    for (const line of lines) last.push(line);
    // Not at every line: that would move all of them each time.
    if (last.length > 2 * count + 1_000) last = last.slice(last.length - count);
  }
  yield last.slice(Math.max(0, last.length - count));
}
