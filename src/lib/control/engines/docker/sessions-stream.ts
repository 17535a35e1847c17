import type { Duplex } from 'node:stream';
import { finished } from 'node:stream/promises';
import { setImmediate as nextTurn, setTimeout as sleepFor } from 'node:timers/promises';
import type { ExecSession } from '../../../port/containers.js';
import { isBerthError, RefusedError, UnreachableError } from '../../../port/errors.js';
import { isDaemonError } from '../engine-api/daemon-error.js';
import type { EngineApi, OutputChunk } from '../engine-api/api.js';
import { SessionOutput } from './sessions-output.js';

export interface StreamSessionOptions {
  /** What a hijacked connection is; the session's to destroy. */
  readonly stream: Duplex;
  readonly tty: boolean;
  readonly signal: AbortSignal;
  readonly resizePath: string;
  /**
   * Asked for once, after the output has ended.
   *
   * @param limitMs how long the command may still run (Infinity where it has closed its output itself). Throws
   *   UnreachableError where it runs on after that: the connection was lost.
   */
  readonly exitCode: (limitMs: number) => Promise<number | null>;
}

/** How long a command may seem to run after it has closed its connection in the middle of its input. */
const brokenLimitMs = 2_000;

/** How long after its start a command may not have its terminal yet. */
const resizeLimitMs = 15_000;

/**
 * A session over a hijacked connection. The output has to be read: the exit code comes when it has ended, whether the
 * command ended, its container was killed, or the daemon went away, which is an UnreachableError of both.
 */
export class StreamSession implements ExecSession {
  readonly output: AsyncIterable<OutputChunk>;
  readonly exitCode: Promise<number | null>;
  readonly #api: EngineApi;
  readonly #options: StreamSessionOptions;
  #size = '';
  #resized: Promise<void> = Promise.resolve();
  #written: Promise<void> = Promise.resolve();
  readonly #output: SessionOutput;

  constructor(api: EngineApi, options: StreamSessionOptions) {
    this.#api = api;
    this.#options = options;
    const { stream, tty } = options;
    this.#output = new SessionOutput(stream, tty);
    this.output = this.#read();
    const closed = new Promise<void>((resolve) => {
      if (stream.closed) resolve();
      else stream.once('close', resolve);
    });
    this.exitCode = closed.then(() => this.#exitCode());
    // Told to whoever asks; until then it is not unhandled.
    this.exitCode.catch(() => undefined);
  }

  /** Resolves when the connection has taken it: a command that does not read its input slows the writer down. */
  write(data: Uint8Array): Promise<void> {
    const written = this.#written.then(() => this.#write(data));
    this.#written = written.catch(() => undefined);
    return written;
  }

  async #write(data: Uint8Array): Promise<void> {
    const { stream } = this.#options;
    // What has come already is read first: a write that fails destroys the connection.
    await nextTurn();
    await new Promise<void>((resolve, reject) => {
      stream.write(data, (error) => {
        if (error == null) resolve();
        else reject(new RefusedError('the command takes no more input', { cause: error }));
      });
    });
  }

  /** Comes after all that is still being written. */
  async end(): Promise<void> {
    const { stream } = this.#options;
    await this.#written;
    if (stream.destroyed || stream.writableEnded) return;
    stream.end();
    await finished(stream, { readable: false }).catch(() => undefined);
  }

  /** Tells the size, again where the command has no terminal yet; not where another size was told meanwhile. */
  resize(columns: number, rows: number): Promise<void> {
    this.#size = `${columns}x${rows}`;
    // One after the other: of two calls under way the older one could come last.
    const told = this.#resized.then(() => this.#tellSize(columns, rows));
    this.#resized = told.catch(() => undefined);
    return told;
  }

  async #tellSize(columns: number, rows: number): Promise<void> {
    const { stream, signal, resizePath } = this.#options;
    const size = `${columns}x${rows}`;
    const limitMs = performance.now() + resizeLimitMs;
    const call = { method: 'POST', path: resizePath, query: { w: columns, h: rows } } as const;
    await keepAsking(signal, async () => {
      if (this.#size !== size || stream.destroyed) return true;
      try {
        await this.#api.call(call, signal);
        return true;
      } catch (error) {
        const isEarly = isDaemonError(error) && performance.now() < limitMs;
        if (isEarly) return undefined;
        throw error;
      }
    });
  }

  async *#read(): AsyncGenerator<OutputChunk, void, undefined> {
    try {
      for await (const chunk of this.#output.read()) yield chunk;
    } catch (error) {
      throw this.#reason(error);
    }
    this.#options.signal.throwIfAborted();
  }

  async #exitCode(): Promise<number | null> {
    const { failure, broken } = this.#output;
    if (failure !== undefined) throw this.#reason(failure.error);
    try {
      return await this.#options.exitCode(broken ? brokenLimitMs : Infinity);
    } catch (error) {
      throw this.#reason(error);
    }
  }

  #reason(error: unknown): unknown {
    const { signal } = this.#options;
    const reason: unknown = signal.reason;
    if (signal.aborted) return reason;
    if (isBerthError(error)) return error;
    return connectionLost(this.#api, error);
  }
}

export function connectionLost(api: EngineApi, cause?: unknown): UnreachableError {
  return new UnreachableError(`the connection with ${api.description} broke off`, { cause });
}

/**
 * Asks until there is an answer, first at once, then more and more seldom.
 *
 * @param ask undefined is not yet.
 * @throws what it throws, and the signal's reason.
 */
export async function keepAsking<T>(signal: AbortSignal, ask: () => Promise<T | undefined>): Promise<T> {
  for (let waitMs = 10; ; waitMs = Math.min(waitMs * 2, 500)) {
    signal.throwIfAborted();
    const answer = await ask();
    if (answer !== undefined) return answer;
    await sleepFor(waitMs, undefined, { signal }).catch(() => undefined);
  }
}
