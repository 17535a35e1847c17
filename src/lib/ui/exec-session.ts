import { spawnSync } from 'node:child_process';
import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ExecSession } from '../port/containers.js';
import { jsonLine } from './document.js';
import type { Sink } from './sink.js';

export interface AttachOptions {
  readonly stdin: Readable;
  readonly stdout: Sink;
  readonly stderr: Sink;
  /** Pass standard input on until it ends, and its end too. */
  readonly interactive: boolean;
  /** The command has a terminal: ours, where there is one, sends every key as it is, and tells its size. */
  readonly tty: boolean;
  /** Write output as `{"stream", "text"}`, an object a line, in place of the bytes. */
  readonly json: boolean;
  /** The one that the session was opened with: aborting it ends the session. */
  readonly signal: AbortSignal;
}

/**
 * Connects a running command to our streams until it ends. Output is written byte for byte, and waits for a slow reader.
 * The terminal is given back as it was in every case.
 *
 * @returns the command's exit code; null where the platform does not tell it.
 * @throws the signal's reason when it aborts; what the session fails with.
 */
export async function attach(session: ExecSession, options: AttachOptions): Promise<number | null> {
  const { signal, stdin, stdout, interactive, tty } = options;
  const releases: (() => void)[] = [];
  try {
    signal.throwIfAborted();
    const aborted = new Promise<null>((resolve) => {
      const onAbort = (): void => {
        resolve(null);
      };
      signal.addEventListener('abort', onAbort);
      releases.push(() => {
        signal.removeEventListener('abort', onAbort);
      });
    });
    if (tty) releases.push(followSize(session, stdout.stream));
    // Without anybody to read the keys, Ctrl-C has to stay with us.
    if (tty && interactive) releases.push(sendEveryKey(stdin));
    if (interactive) releases.push(passInput(session, stdin));
    const exitCode = await Promise.race([receive(session, options), aborted]);
    signal.throwIfAborted();
    return exitCode;
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    for (const release of releases) release();
  }
}

async function receive(session: ExecSession, { stdout, stderr, json, signal }: AttachOptions): Promise<number | null> {
  const { exitCode } = session;
  // Told after the output; until then it is not unhandled.
  exitCode.catch(() => undefined);
  const output = json ? jsonOutput(stdout) : rawOutput(stdout, stderr);
  for await (const { stream, data } of session.output) {
    if (signal.aborted) return null;
    await output.write(stream, data);
  }
  await output.end();
  return exitCode;
}

interface Output {
  write(stream: 'stdout' | 'stderr', data: Uint8Array): Promise<void>;
  end(): Promise<void>;
}

function rawOutput(stdout: Sink, stderr: Sink): Output {
  const bytes = { stdout: new ByteWriter(stdout), stderr: new ByteWriter(stderr) };
  return {
    write: (stream, data) => bytes[stream].write(data),
    end: async () => {
      await Promise.all([bytes.stdout.end(), bytes.stderr.end()]);
    },
  };
}

/** Characters may be cut in two by chunks: each stream is decoded by itself. */
function jsonOutput(stdout: Sink): Output {
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  const tell = async (stream: 'stdout' | 'stderr', text: string): Promise<void> => {
    if (text !== '') await stdout.write(jsonLine({ stream, text }));
  };
  return {
    write: (stream, data) => tell(stream, decoders[stream].write(Buffer.from(data))),
    end: async () => {
      await tell('stdout', decoders.stdout.end());
      await tell('stderr', decoders.stderr.end());
    },
  };
}

/** Bytes to the stream of a sink, which still is who knows that the reader is gone or the disk full. */
class ByteWriter {
  readonly #sink: Sink;
  #wake: () => void = () => undefined;

  constructor(sink: Sink) {
    this.#sink = sink;
    const wake = (): void => {
      this.#wake();
    };
    sink.onClose(wake);
    sink.stream.on('drain', wake);
  }

  /** Resolves when there is room for more; does nothing once nobody reads. */
  async write(data: Uint8Array): Promise<void> {
    if (this.#sink.closed || this.#sink.stream.write(data)) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Resolves when everything written is with the operating system. */
  async end(): Promise<void> {
    if (this.#sink.closed) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      this.#sink.stream.write('', () => {
        resolve();
      });
    });
  }
}

/** Sends standard input to the command. @returns what stops it, so that a process may end although its input goes on. */
function passInput(session: ExecSession, stdin: Readable): () => void {
  let stopped = false;
  const stop = (): void => {
    stopped = true;
    stdin.off('data', onData);
    stdin.off('end', onEnd);
    stdin.pause();
  };
  const onData = (chunk: unknown): void => {
    // One chunk at a time: a command that does not read slows us down.
    stdin.pause();
    session.write(Buffer.isBuffer(chunk) ? chunk : Buffer.from(String(chunk))).then(() => {
      if (!stopped) stdin.resume();
    }, stop);
  };
  const onEnd = (): void => {
    // A command that has ended, or closed its input, wants no more of it: its exit code tells how it went.
    session.end().catch(() => undefined);
  };
  // Not taken off again: a terminal that goes away while the command is being left is no error.
  stdin.on('error', onEnd);
  stdin.on('data', onData);
  stdin.on('end', onEnd);
  if (stdin.readableEnded) onEnd();
  return stop;
}

const sttyLimitMs = 1_000;

interface KeySource {
  readonly isRaw: boolean;
  setRawMode(mode: boolean): unknown;
}

/** Turns the terminal's own keys off, so that Ctrl-C reaches the command. @returns what turns them on again. */
function sendEveryKey(stdin: Readable): () => void {
  if (!isKeySource(stdin)) return () => undefined;
  const before = stdin.isRaw;
  stdin.setRawMode(true);
  keepLineEnds(stdin);
  return () => {
    stdin.setRawMode(before);
  };
}

/**
 * In raw mode Node leaves it to our terminal to put a carriage return before each line feed: a full-screen program means
 * the cursor to go straight down. Setting the mode back sets this back too. It has no call for it but `stty`.
 */
function keepLineEnds(stdin: Readable): void {
  if (!('fd' in stdin) || typeof stdin.fd !== 'number') return;
  spawnSync('stty', ['-opost'], { stdio: [stdin.fd, 'ignore', 'ignore'], timeout: sttyLimitMs });
}

function isKeySource(stream: Readable): stream is Readable & KeySource {
  return 'setRawMode' in stream && typeof stream.setRawMode === 'function';
}

/** Tells the command how large our terminal is, now and whenever that changes. */
function followSize(session: ExecSession, screen: NodeJS.WritableStream): () => void {
  const tell = (): void => {
    const [columns, rows] = sizeOf(screen);
    if (columns > 0 && rows > 0) session.resize?.(columns, rows).catch(() => undefined);
  };
  tell();
  screen.on('resize', tell);
  return () => {
    screen.off('resize', tell);
  };
}

/** Columns and rows; 0 for what is no terminal, or has no size. */
function sizeOf(screen: object): readonly [columns: number, rows: number] {
  const columns = 'columns' in screen && typeof screen.columns === 'number' ? screen.columns : 0;
  const rows = 'rows' in screen && typeof screen.rows === 'number' ? screen.rows : 0;
  return [columns, rows];
}
