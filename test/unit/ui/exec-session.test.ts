import { type ChildProcess, spawn } from 'node:child_process';
import path from 'node:path';
import { PassThrough, Readable, Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { ExecSession } from '../../../src/lib/port/containers.js';
import { attach, type AttachOptions } from '../../../src/lib/ui/exec-session.js';
import { Sink } from '../../../src/lib/ui/sink.js';
import { hasPty, outcome, printed } from '../../e2e/support/berth.js';

type Chunk = readonly [stream: 'stdout' | 'stderr', data: Uint8Array | string];

/** A stream that keeps what is written. */
class Recorder extends Writable {
  readonly chunks: Buffer[] = [];
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk);
    done();
  }
  get bytes(): Buffer {
    return Buffer.concat(this.chunks);
  }
}

/** A command that prints what is given, and keeps what it reads. */
function command(chunks: readonly Chunk[], exitCode: Promise<number | null> = Promise.resolve(0)) {
  const read: Buffer[] = [];
  let ended = false;
  const session: ExecSession = {
    output: (async function* () {
      for (const [stream, data] of chunks) yield { stream, data: Buffer.from(data) };
    })(),
    write: async (data) => {
      read.push(Buffer.from(data));
    },
    end: async () => {
      ended = true;
    },
    exitCode,
  };
  return { session, input: () => Buffer.concat(read).toString(), ended: () => ended };
}

/** A command that goes on until `finish`; `output` gives what was pushed. */
function running(read: (data: Uint8Array) => Promise<void> = async () => undefined) {
  let finish: (exitCode: number) => void = () => undefined;
  const exitCode = new Promise<number>((resolve) => (finish = resolve));
  const ended: string[] = [];
  const session: ExecSession = {
    output: (async function* () {
      await exitCode;
      yield { stream: 'stdout' as const, data: Buffer.from('bye\n') };
    })(),
    write: read,
    end: async () => {
      ended.push('end');
    },
    exitCode,
  };
  return { session, finish, ended };
}

function options(more: Partial<AttachOptions> = {}): AttachOptions {
  return {
    stdin: Readable.from([]),
    stdout: new Sink(new Recorder()),
    stderr: new Sink(new Recorder()),
    interactive: false,
    tty: false,
    json: false,
    signal: new AbortController().signal,
    ...more,
  };
}

describe('output', () => {
  it('byte for byte, each stream to its own, and the exit code', async () => {
    const stdout = new Recorder();
    const stderr = new Recorder();
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const { session } = command(
      [
        ['stdout', bytes],
        ['stderr', '\u001b[31mno\u001b[0m\r\n'],
        ['stdout', 'é'],
      ],
      Promise.resolve(3),
    );
    expect(await attach(session, options({ stdout: new Sink(stdout), stderr: new Sink(stderr) }))).toBe(3);
    expect(stdout.bytes).toEqual(Buffer.concat([bytes, Buffer.from('é')]));
    expect(stderr.bytes.toString()).toBe('\u001b[31mno\u001b[0m\r\n');
  });

  it('null where the platform does not tell the exit code', async () => {
    expect(await attach(command([], Promise.resolve(null)).session, options())).toBeNull();
  });

  it('waits for a slow reader', async () => {
    let taken = 0;
    const session: ExecSession = {
      ...command([]).session,
      output: (async function* () {
        for (; taken < 1000; taken++) yield { stream: 'stdout' as const, data: Buffer.alloc(10_000, 'x') };
      })(),
    };
    const slow = new PassThrough();
    const done = attach(session, options({ stdout: new Sink(slow) }));
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(taken).toBeLessThan(20);
    let length = 0;
    slow.on('data', (chunk: Buffer) => (length += chunk.length));
    expect(await done).toBe(0);
    expect(length).toBe(10_000_000);
  });

  it('--json: an object a chunk, characters whole', async () => {
    const stdout = new Recorder();
    const euro = Buffer.from('€');
    const { session } = command([
      ['stdout', euro.subarray(0, 1)],
      ['stderr', 'oh\n'],
      ['stdout', euro.subarray(1)],
      ['stdout', Buffer.from([0xe2])],
    ]);
    expect(await attach(session, options({ stdout: new Sink(stdout), json: true }))).toBe(0);
    expect(stdout.bytes.toString()).toBe(
      '{"stream":"stderr","text":"oh\\n"}\n{"stream":"stdout","text":"€"}\n{"stream":"stdout","text":"�"}\n',
    );
  });

  it('what the session fails with is thrown', async () => {
    const lost = new Error('connection lost');
    const session: ExecSession = {
      ...command([]).session,
      output: (async function* (): AsyncGenerator<never> {
        throw lost;
      })(),
      exitCode: Promise.reject(lost),
    };
    await expect(attach(session, options())).rejects.toBe(lost);
  });
});

describe('input', () => {
  it('is passed on to its end, and then ended', async () => {
    const { session, finish, ended } = running();
    const got: Buffer[] = [];
    const spied = { ...session, write: async (data: Uint8Array) => void got.push(Buffer.from(data)) };
    const stdin = new PassThrough();
    const done = attach(spied, options({ stdin, interactive: true }));
    stdin.write('one\n');
    stdin.end('two\n');
    while (ended.length === 0) await new Promise((resolve) => setImmediate(resolve));
    finish(0);
    expect(await done).toBe(0);
    expect(Buffer.concat(got).toString()).toBe('one\ntwo\n');
    expect(ended).toEqual(['end']);
  });

  it('is not touched without --interactive', async () => {
    const stdin = Readable.from(['secret']);
    const { session, input, ended } = command([['stdout', 'x']]);
    await attach(session, options({ stdin }));
    expect(input()).toBe('');
    expect(ended()).toBe(false);
    expect(stdin.readableFlowing).toBeNull();
  });

  it('is held while the command does not read', async () => {
    let release: () => void = () => undefined;
    const { session, finish } = running(
      () =>
        new Promise((resolve) => {
          release = resolve;
        }),
    );
    let given = 0;
    const stdin = new Readable({
      highWaterMark: 1024,
      read() {
        given++;
        this.push(Buffer.alloc(1024, 'x'));
      },
    });
    const done = attach(session, options({ stdin, interactive: true }));
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    expect(given).toBeLessThan(5);
    release();
    finish(0);
    await done;
    expect(stdin.isPaused()).toBe(true);
    expect(stdin.listenerCount('data')).toBe(0);
  });

  it('that goes on does not keep a command that has ended', async () => {
    const { session, finish } = running(() => Promise.reject(new Error('the command has ended')));
    const stdin = new PassThrough();
    stdin.write('never read\n');
    const done = attach(session, options({ stdin, interactive: true }));
    finish(9);
    expect(await done).toBe(9);
    expect(stdin.listenerCount('data')).toBe(0);
  });
});

describe('being stopped', () => {
  it('ends with the reason of the signal, although the command goes on', async () => {
    const stop = new AbortController();
    const stdin = new PassThrough();
    const done = attach(running().session, options({ stdin, interactive: true, signal: stop.signal }));
    const reason = new Error('interrupted by SIGTERM');
    stop.abort(reason);
    await expect(done).rejects.toBe(reason);
    expect(stdin.listenerCount('data')).toBe(0);
  });

  it('tells the reason, not how the session took it', async () => {
    const stop = new AbortController();
    const reason = new Error('interrupted by SIGINT');
    const session: ExecSession = {
      ...command([]).session,
      output: (async function* (): AsyncGenerator<never> {
        stop.abort(reason);
        throw new Error('aborted');
      })(),
    };
    await expect(attach(session, options({ signal: stop.signal }))).rejects.toBe(reason);
  });
});

describe('the size of the terminal', () => {
  it('is told at the start and when it changes, until the end', async () => {
    const screen = Object.assign(new Recorder(), { columns: 100, rows: 30 });
    const told: (readonly [number, number])[] = [];
    const { session, finish } = running();
    const sized: ExecSession = {
      ...session,
      resize: async (columns, rows) => {
        told.push([columns, rows]);
      },
    };
    const done = attach(sized, options({ stdout: new Sink(screen), tty: true }));
    screen.columns = 80;
    screen.emit('resize');
    finish(0);
    await done;
    screen.emit('resize');
    expect(told).toEqual([
      [100, 30],
      [80, 30],
    ]);
  });
});

it('keys are sent as they are only where they are passed on, and until the command ends', async () => {
  const modes: string[] = [];
  const keyboard = (): Readable =>
    Object.assign(new PassThrough(), { isRaw: false, setRawMode: (mode: boolean) => modes.push(String(mode)) });
  for (const [tty, interactive] of [
    [true, true],
    [true, false],
    [false, true],
  ] as const) {
    modes.push(`tty ${tty}, interactive ${interactive}:`);
    await attach(command([]).session, options({ stdin: keyboard(), tty, interactive }));
  }
  expect(modes).toEqual([
    'tty true, interactive true:',
    'true',
    'false',
    'tty true, interactive false:',
    'tty false, interactive true:',
  ]);
});

const childCommand = [
  process.execPath,
  '--import',
  path.resolve(import.meta.dirname, '../../../node_modules/tsx/dist/loader.mjs'),
  fileURLToPath(new URL('exec-child.ts', import.meta.url)),
] as const;

it('a pipe that nobody closes does not keep the process once the command has ended', async () => {
  const [node, ...args] = childCommand;
  const child = spawn(node, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = outcome(child);
  child.stdin.write('abq');
  expect(await ended).toMatchObject({ stdout: 'got 61,62,71 then exit 7\r\n', exitCode: 7 });
});

/** Attaches to exec-child.ts on a terminal, and then prints what it exited with and how the terminal is set. */
function onTerminal(): ChildProcess {
  const run = childCommand.map((word) => JSON.stringify(word)).join(' ');
  const line = `stty cols 90 rows 20; ${run}; echo code $?; stty -a`;
  const terminal = spawn('script', ['-qec', line, '/dev/null'], { stdio: ['pipe', 'pipe', 'pipe'] });
  onTestFinished(() => void terminal.kill('SIGKILL'));
  return terminal;
}

/** The terminal edits lines, makes signals of keys, and echoes. */
const asBefore = /[^-]isig icanon [^]*[^-]echo /;

describe.skipIf(!hasPty)('on a terminal (skipped where there is no util-linux script(1) to make one)', () => {
  it.each([
    ['Ctrl-C and Ctrl-D reach the command', '\u0003\u0004', 'got 03,04 then exit 7'],
    ['a command that ends by itself', 'q', 'got 71 then exit 7'],
  ])('%s; the terminal is given back', async (_what, keys, expected) => {
    const terminal = onTerminal();
    const ended = outcome(terminal);
    await printed(terminal, /ready 90x20 /);
    terminal.stdin?.write(keys);
    const { stdout } = await ended;
    expect(stdout).toContain(expected);
    expect(stdout).toContain('code 7');
    expect(stdout).toContain('raw false');
    expect(stdout).toMatch(asBefore);
  });

  it('SIGTERM: the terminal is given back', async () => {
    const terminal = onTerminal();
    const ended = outcome(terminal);
    const [, pid] = /pid (\d+)\./.exec(await printed(terminal, /pid \d+\./)) ?? [];
    process.kill(Number(pid), 'SIGTERM');
    const { stdout } = await ended;
    expect(stdout).toContain('interrupted by SIGTERM');
    expect(stdout).toContain('code 130');
    expect(stdout).toContain('raw false');
    expect(stdout).toMatch(asBefore);
  });
});
