import type { Writable } from 'node:stream';
import { BerthError } from '../port/errors.js';

/** The reader is gone: `| head -1` ended, the terminal was closed. */
const goneCodes: ReadonlySet<string> = new Set([
  'EPIPE',
  'ECONNRESET',
  'ERR_STREAM_DESTROYED',
  'ERR_STREAM_WRITE_AFTER_END',
]);

/**
 * The only way to a stream: writes wait for a slow reader, a reader that went away is no error, and `flush` tells when
 * everything is with the operating system, so that a process that exits after it loses nothing.
 */
export class Sink {
  readonly #stream: Writable;
  readonly #closeCallbacks: (() => void)[] = [];
  /** Those that wait for room, or for the last write; released together. */
  #drainWaiters: (() => void)[] = [];
  #flushWaiters: (() => void)[] = [];
  #pendingWrites = 0;
  #closed = false;
  #failure: BerthError | undefined;

  constructor(stream: Writable) {
    this.#stream = stream;
    stream.on('error', (error) => {
      this.#end(error);
    });
    stream.on('close', () => {
      this.#end(undefined);
    });
    stream.on('drain', () => {
      this.#releaseDrain();
    });
  }

  /** True once nobody reads any more; what is written then is dropped. */
  get closed(): boolean {
    return this.#closed;
  }

  /** The stream itself, for what draws on a terminal by itself (the spinner). Everything else calls `write`. */
  get stream(): Writable {
    return this.#stream;
  }

  /** Calls back once when the reader goes away, or at once if it has. */
  onClose(callback: () => void): void {
    if (this.#closed) callback();
    else this.#closeCallbacks.push(callback);
  }

  /**
   * Writes text; resolves when there is room for more. Does nothing once closed.
   *
   * @throws BerthError when the stream fails for another reason than a reader that went away: a full disk.
   */
  async write(text: string): Promise<void> {
    if (this.#closed || text === '') {
      this.#throwFailure();
      return;
    }
    this.#pendingWrites++;
    const room = this.#stream.write(text, (error) => {
      this.#pendingWrites--;
      if (error) this.#end(error);
      if (this.#pendingWrites === 0) this.#releaseFlush();
    });
    if (!room) {
      await new Promise<void>((resolve) => {
        this.#drainWaiters.push(resolve);
      });
      this.#throwFailure();
    }
  }

  /**
   * Resolves when everything written was handed to the operating system, or nobody reads any more.
   *
   * @throws BerthError like `write`.
   */
  async flush(): Promise<void> {
    if (!this.#closed && this.#pendingWrites > 0) {
      await new Promise<void>((resolve) => {
        this.#flushWaiters.push(resolve);
      });
    }
    this.#throwFailure();
  }

  #end(error: Error | undefined): void {
    if (error !== undefined && this.#failure === undefined && !isGone(error)) {
      this.#failure = new BerthError('internal', `cannot write the output: ${error.message}`, { cause: error });
    }
    if (!this.#closed) {
      this.#closed = true;
      for (const callback of this.#closeCallbacks.splice(0)) callback();
    }
    this.#releaseDrain();
    this.#releaseFlush();
  }

  #releaseDrain(): void {
    const waiters = this.#drainWaiters;
    this.#drainWaiters = [];
    for (const release of waiters) release();
  }

  #releaseFlush(): void {
    const waiters = this.#flushWaiters;
    this.#flushWaiters = [];
    for (const release of waiters) release();
  }

  #throwFailure(): void {
    if (this.#failure !== undefined) throw this.#failure;
  }
}

function isGone(error: Error): boolean {
  return 'code' in error && typeof error.code === 'string' && goneCodes.has(error.code);
}
