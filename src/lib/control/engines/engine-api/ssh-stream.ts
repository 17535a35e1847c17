import type { ChildProcessByStdio } from 'node:child_process';
import { Duplex, type Readable, type Writable } from 'node:stream';

/** ssh, or what it ran, ended with an error. */
export class SshFailure extends Error {
  /** What was written to its stderr, without the end of the last line. */
  readonly words: string;

  constructor(message: string, words: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.words = words;
  }
}

type SshProcess = ChildProcessByStdio<Writable, Readable, Readable>;

const wordsLimit = 4_000;

/** A background connection of ssh (ControlPersist) can keep stderr open for long after the process has ended. */
const lastWordsMs = 200;

/**
 * A connection that is a process: what is written goes to its stdin, what it prints is read, and ending the writing side
 * ends its stdin alone. Destroying it kills the process. An error exit destroys it with `SshFailure`.
 */
export class SshStream extends Duplex {
  readonly #process: SshProcess;
  #words = '';
  #printed = false;
  /** Null while it runs. */
  #exit: { readonly code: number | null; readonly signal: string | null } | null = null;

  constructor(process: SshProcess) {
    super({ allowHalfOpen: false });
    this.#process = process;
    process.stdout.on('data', (chunk: Buffer) => {
      if (!this.push(chunk)) process.stdout.pause();
    });
    process.stdout.once('end', () => {
      this.#printed = true;
      this.#settle();
    });
    process.stderr.on('data', (chunk: Buffer) => {
      this.#words = (this.#words + chunk.toString('utf8')).slice(-wordsLimit);
    });
    process.once('exit', (code, signal) => {
      this.#exit = { code, signal };
      this.#settle();
    });
    process.once('error', (cause) => this.destroy(new SshFailure('ssh cannot be started', cause.message, cause)));
    // A broken pipe says less than the exit that follows it.
    process.stdin.on('error', () => undefined);
  }

  override _read(): void {
    this.#process.stdout.resume();
  }

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#process.stdin.write(chunk, () => done());
  }

  override _final(done: () => void): void {
    this.#process.stdin.end(() => done());
  }

  override _destroy(error: Error | null, done: (error: Error | null) => void): void {
    const { stdin, stdout, stderr } = this.#process;
    for (const stream of [stdin, stdout, stderr]) stream.destroy();
    if (this.#exit === null) this.#process.kill();
    done(error);
  }

  // What node:http asks of the sockets it keeps, beyond what a Duplex has.
  setKeepAlive(): this {
    return this;
  }

  setNoDelay(): this {
    return this;
  }

  setTimeout(): this {
    return this;
  }

  ref(): this {
    this.#eachHandle('ref');
    return this;
  }

  unref(): this {
    this.#eachHandle('unref');
    return this;
  }

  #eachHandle(method: 'ref' | 'unref'): void {
    this.#process[method]();
    const { stdin, stdout, stderr } = this.#process;
    for (const stream of [stdin, stdout, stderr]) {
      // At run time these are sockets.
      const handle: unknown = Reflect.get(stream, method);
      if (typeof handle === 'function') Reflect.apply(handle, stream, []);
    }
  }

  /** Ends the readable side once everything was read and the exit is known. */
  #settle(): void {
    if (!this.#printed || this.#exit === null || this.destroyed) return;
    const { code, signal } = this.#exit;
    if (code === 0) {
      this.push(null);
      return;
    }
    const { stderr } = this.#process;
    const fail = (): void => {
      clearTimeout(timer);
      const how = code === null ? `was ended by ${signal ?? 'a signal'}` : `ended with status ${code}`;
      this.destroy(new SshFailure(`ssh ${how}`, this.#words.trim()));
    };
    const timer = setTimeout(fail, lastWordsMs);
    if (stderr.readableEnded) fail();
    else stderr.once('end', fail);
  }
}
