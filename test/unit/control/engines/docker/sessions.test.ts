import { type Duplex, PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { oneOffSession } from '../../../../../src/lib/control/engines/docker/one-off.js';
import { StreamSession } from '../../../../../src/lib/control/engines/docker/sessions-stream.js';
import { execSession } from '../../../../../src/lib/control/engines/docker/sessions.js';
import type { ExecSession } from '../../../../../src/lib/port/containers.js';
import { type FakeRoute, frame } from '../engine-api/fake-daemon.js';
import { eventually, never, openFake, readAll } from '../engine-api/open-fake.js';

const context = { signal: never };

/** What the session says, to its end. */
async function said({ output }: ExecSession): Promise<Record<'stdout' | 'stderr', string>> {
  const texts = { stdout: '', stderr: '' };
  for await (const { stream, data } of output) texts[stream] += Buffer.from(data).toString();
  return texts;
}

function execRoutes(upgrade: (socket: Duplex) => void | Promise<void>, exit: object = {}): Record<string, FakeRoute> {
  return {
    'POST /containers/:id/exec': () => ({ status: 201, json: { Id: 'e1' } }),
    'POST /exec/:id/start': () => ({ upgrade }),
    'GET /exec/:id/json': () => ({ json: { ID: 'e1', Running: false, ExitCode: 0, ...exit } }),
  };
}

describe('a command in a container', () => {
  it('is asked for as the options say, and its streams are taken apart', async () => {
    const { api, daemon } = await openFake({
      routes: execRoutes(
        (socket) => {
          const bytes = Buffer.concat([frame(1, 'out'), frame(2, 'err'), frame(1, 'put')]);
          socket.write(bytes.subarray(0, 5));
          socket.end(bytes.subarray(5));
        },
        { ExitCode: 3 },
      ),
    });
    const options = { user: 'web', workingDir: '/srv', env: { A: '1', B: 'x=y' } };
    const session = await execSession(api, 'c1', ['ls', '-l'], options, context);
    expect(await said(session)).toEqual({ stdout: 'output', stderr: 'err' });
    expect(await session.exitCode).toBe(3);
    expect(daemon.requests.find(({ path }) => path === '/containers/c1/exec')?.json()).toEqual({
      AttachStdin: false,
      AttachStdout: true,
      AttachStderr: true,
      Tty: false,
      Cmd: ['ls', '-l'],
      User: 'web',
      WorkingDir: '/srv',
      Env: ['A=1', 'B=x=y'],
    });
    daemon.expectAllUsed();
  });

  it('gets what is written, and the end of it, and still says what it has to', async () => {
    const { api } = await openFake({
      routes: execRoutes(async (socket) => {
        const text = await readAll(socket);
        socket.end(frame(1, `got ${text}`));
      }),
    });
    const session = await execSession(api, 'c1', ['cat'], { interactive: true }, context);
    await session.write(Buffer.from('one '));
    // The end of a pipe may be known before its last words have been written.
    const written = session.write(Buffer.from('two'));
    await session.end();
    await written;
    expect(await said(session)).toEqual({ stdout: 'got one two', stderr: '' });
    expect(await session.exitCode).toBe(0);
    await session.end();
  });

  it('with a terminal has raw output, and its size is told again until it is taken', async () => {
    let asked = 0;
    let finish = (): void => undefined;
    const { api, daemon } = await openFake({
      routes: {
        ...execRoutes((socket) => {
          finish = () => socket.end('\u0001raw\r\n');
        }),
        'POST /exec/:id/resize': () =>
          ++asked < 3 ? { status: 404, json: { message: 'No such exec instance' } } : { status: 201, json: {} },
      },
    });
    const session = await execSession(api, 'c1', ['sh'], { tty: true, interactive: true }, context);
    await session.resize?.(100, 40);
    expect(asked).toBe(3);
    const { query } = daemon.requests.at(-1) ?? {};
    expect([query?.get('w'), query?.get('h')]).toEqual(['100', '40']);
    finish();
    expect(await said(session)).toEqual({ stdout: '\u0001raw\r\n', stderr: '' });
  });

  it('has the size of its terminal that was told last, however long the daemon takes over the one before', async () => {
    const taken: (string | null)[] = [];
    let finish = (): void => undefined;
    let first = true;
    const { api, daemon } = await openFake({
      routes: {
        ...execRoutes((socket) => {
          finish = () => socket.end();
        }),
        'POST /exec/:id/resize': async () => {
          const width = daemon.requests.at(-1)?.query.get('w') ?? null;
          const waits = first;
          first = false;
          if (waits) await new Promise((resolve) => setTimeout(resolve, 100));
          taken.push(width);
          return { status: 201, json: {} };
        },
      },
    });
    const session = await execSession(api, 'c1', ['sh'], { tty: true }, context);
    await Promise.all([session.resize?.(77, 40), session.resize?.(78, 40), session.resize?.(90, 40)]);
    expect(taken.at(-1)).toBe('90');
    finish();
    await said(session);
  });

  it('is asked for its exit code until it has ended', async () => {
    let asked = 0;
    const { api } = await openFake({
      routes: {
        ...execRoutes((socket) => void socket.end()),
        'GET /exec/:id/json': () => ({ json: ++asked < 3 ? { Running: true } : { Running: false, ExitCode: 9 } }),
      },
    });
    const session = await execSession(api, 'c1', ['true'], {}, context);
    await said(session);
    expect(await session.exitCode).toBe(9);
  });

  it('has no exit code when its container is gone', async () => {
    const { api } = await openFake({
      routes: {
        ...execRoutes((socket) => void socket.end()),
        'GET /exec/:id/json': () => ({ status: 404, json: { message: 'No such exec instance' } }),
      },
    });
    const session = await execSession(api, 'c1', ['true'], {}, context);
    await said(session);
    expect(await session.exitCode).toBeNull();
  });

  it.each([
    ['Container c1 is not running', 'the container is not running', 'berth container start'],
    ['Container c1 is paused, unpause the container before exec', 'the container is paused', 'berth container unpause'],
  ])('is refused: %s', async (message, expected, hint) => {
    const { api } = await openFake({
      routes: { 'POST /containers/:id/exec': () => ({ status: 409, json: { message } }) },
    });
    await expect(execSession(api, 'c1', ['true'], {}, context)).rejects.toMatchObject({
      code: 'refused',
      message: expected,
      detail: message,
      hint: expect.stringContaining(hint),
    });
  });

  it('tells that the daemon has gone, and hangs nowhere', async () => {
    const { api, daemon } = await openFake({ routes: execRoutes((socket) => void socket.write(frame(1, 'some'))) });
    const session = await execSession(api, 'c1', ['sleep', '9'], {}, context);
    const chunks = session.output[Symbol.asyncIterator]();
    expect(String((await chunks.next()).value.data)).toBe('some');
    await daemon.stop();
    await expect(Promise.all([chunks.next(), session.exitCode])).rejects.toMatchObject({ code: 'unreachable' });
    await expect(session.exitCode).rejects.toMatchObject({ code: 'unreachable' });
    await expect(session.write(Buffer.from('x'))).rejects.toMatchObject({ code: 'refused' });
  });

  it('is left at once when the signal aborts', async () => {
    const { api, daemon } = await openFake({ routes: execRoutes(() => undefined) });
    const stop = new AbortController();
    const session = await execSession(api, 'c1', ['sleep', '9'], {}, { signal: stop.signal });
    const reading = said(session);
    const reason = new Error('stopped');
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await expect(session.exitCode).rejects.toBe(reason);
    // What is kept alive for the next call stays.
    await eventually(() => daemon.open() <= 2);
  });

  it('keeps what was said before a write found that it has ended', async () => {
    const { api } = await openFake({
      routes: execRoutes((socket) => {
        socket.end(frame(1, 'x'.repeat(100_000)), () => socket.destroy());
      }),
    });
    const session = await execSession(api, 'c1', ['head'], { interactive: true }, context);
    const writing = (async () => {
      for (;;) await session.write(Buffer.alloc(65_536));
    })();
    await expect(writing).rejects.toMatchObject({ code: 'refused' });
    expect((await said(session)).stdout.length).toBe(100_000);
    expect(await session.exitCode).toBe(0);
  });
});

describe('a session whose connection', () => {
  async function endedBy(end: (stream: PassThrough) => void): Promise<{ text: string; limitMs: number }> {
    const { api } = await openFake();
    const stream = new PassThrough();
    let asked = NaN;
    const exitCode = async (limitMs: number): Promise<number> => {
      asked = limitMs;
      return 0;
    };
    const session = new StreamSession(api, {
      stream,
      tty: true,
      signal: never,
      resizePath: '/exec/e1/resize',
      exitCode,
    });
    stream.write('some');
    setImmediate(() => end(stream));
    const { stdout } = await said(session);
    await session.exitCode;
    return { text: stdout, limitMs: asked };
  }

  it('was reset gives what came before, and the command little time to have ended', async () => {
    const lost = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
    const { text, limitMs } = await endedBy((stream) => stream.destroy(lost));
    expect(text).toBe('some');
    expect(limitMs).toBeLessThan(Infinity);
  });

  it('has ended gives the command the time it takes: it may have closed its output', async () => {
    expect(await endedBy((stream) => void stream.end())).toEqual({ text: 'some', limitMs: Infinity });
  });

  it('had broken before anybody read it ends too', async () => {
    const { api } = await openFake();
    const stream = new PassThrough();
    stream.destroy();
    await eventually(() => stream.closed);
    const exitCode = async (): Promise<number> => 7;
    const session = new StreamSession(api, { stream, tty: true, signal: never, resizePath: '/x', exitCode });
    expect(await said(session)).toEqual({ stdout: '', stderr: '' });
    expect(await session.exitCode).toBe(7);
  });
});

interface OneOff {
  readonly routes?: Record<string, FakeRoute>;
  readonly upgrade?: (socket: Duplex) => void;
  readonly signal?: AbortSignal;
}

async function openOneOff({ routes = {}, upgrade = () => undefined, signal = never }: OneOff) {
  const opened = await openFake({
    routes: {
      'POST /containers/:id/attach': () => ({ upgrade }),
      'POST /containers/:id/start': () => ({ status: 204, json: null }),
      'POST /containers/:id/wait': () => ({ json: { StatusCode: 5 } }),
      'POST /containers/:id/stop': () => ({ status: 304, json: null }),
      'DELETE /containers/:id': () => ({ status: 204, json: null }),
      ...routes,
    },
  });
  const cleanups: Promise<void>[] = [];
  const parts = { api: opened.api, onCleanup: (work: Promise<void>) => void cleanups.push(work) };
  const start = (): Promise<ExecSession> => oneOffSession(parts, 'c1', { interactive: true }, { signal });
  const calls = (): string[] =>
    opened.daemon.requests.slice(1).map(({ method, path }) => `${method} ${path.replace('/containers/c1', '')}`.trim());
  return { ...opened, start, calls, cleanups };
}

describe('a container for one command', () => {
  it('is attached before it is started, and removed before its exit code is told', async () => {
    const { start, calls, daemon } = await openOneOff({ upgrade: (socket) => void socket.end(frame(2, 'err')) });
    const session = await start();
    expect(await said(session)).toEqual({ stdout: '', stderr: 'err' });
    expect(await session.exitCode).toBe(5);
    expect(calls()).toEqual(['POST /attach', 'POST /start', 'POST /wait', 'POST /stop', 'DELETE']);
    const query = (path: string): object =>
      Object.fromEntries(daemon.requests.find((request) => request.path.endsWith(path))?.query ?? []);
    expect(query('/attach')).toEqual({ stream: 'true', stdin: 'true', stdout: 'true', stderr: 'true' });
    expect(query('/wait')).toEqual({ condition: 'not-running' });
    expect(query('/c1')).toEqual({ force: 'true', v: 'true' });
  });

  it.each([
    ['exec: "nosuch": executable file not found in $PATH', 127],
    ['exec: "/srv/x": permission denied', 126],
  ])('ends like a shell where its program cannot be run: %s', async (words, exitCode) => {
    const message = `OCI runtime create failed: unable to start container process: ${words}`;
    const { start, calls } = await openOneOff({
      routes: { 'POST /containers/:id/start': () => ({ status: 400, json: { message } }) },
    });
    const session = await start();
    expect(await said(session)).toEqual({ stdout: '', stderr: `${message}\n` });
    expect(await session.exitCode).toBe(exitCode);
    expect(calls()).toContain('DELETE');
  });

  it('is removed where it cannot be started for another reason, which is told', async () => {
    const message = 'driver failed programming external connectivity: port is already allocated';
    const { start, calls } = await openOneOff({
      routes: { 'POST /containers/:id/start': () => ({ status: 500, json: { message } }) },
    });
    await expect(start()).rejects.toMatchObject({ code: 'refused', message });
    expect(calls()).toContain('DELETE');
  });

  it('is stopped and removed when the signal aborts', async () => {
    const stop = new AbortController();
    const { start, calls, cleanups } = await openOneOff({ signal: stop.signal });
    const session = await start();
    const reading = said(session);
    const reason = new Error('stopped');
    stop.abort(reason);
    await expect(reading).rejects.toBe(reason);
    await expect(session.exitCode).rejects.toBe(reason);
    expect(cleanups).toHaveLength(1);
    await Promise.all(cleanups);
    expect(calls().filter((call) => call !== 'POST /attach')).toEqual(['POST /start', 'POST /stop', 'DELETE']);
  });
});
