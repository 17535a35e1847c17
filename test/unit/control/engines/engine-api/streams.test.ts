import type { Duplex } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { demultiplex } from '../../../../../src/lib/control/engines/engine-api/frames.js';
import { progressError } from '../../../../../src/lib/control/engines/engine-api/daemon-error.js';
import { frame, outputHeaders, progressFailure, registryRefusal } from './fake-daemon.js';
import { eventually, never, openFake, readAll } from './open-fake.js';

const logs = { method: 'GET', path: '/containers/a/logs', query: { stdout: true } } as const;
const start = { method: 'POST', path: '/exec/e/start', body: { Detach: false, Tty: false } } as const;

async function* endless(
  piece: string | Uint8Array,
  count: (pieces: number) => void,
): AsyncGenerator<string | Uint8Array> {
  for (let pieces = 1; ; pieces++) {
    count(pieces);
    yield piece;
    if (pieces % 64 === 0) await new Promise((resolve) => setImmediate(resolve));
  }
}

// Before 1.42 and after: the type of the answer changed, its bytes did not.
describe.each(['1.41', '1.44', '1.51'])('with Engine API %s', (apiVersion) => {
  test('output is asked for over HTTP/1.0 and taken out of its frames', async () => {
    const { api, daemon } = await openFake({
      apiVersion,
      routes: {
        'GET /containers/:id/logs': () => ({
          stream: [frame(1, 'out\n'), frame(2, 'err\n'), frame(1, 'x'.repeat(200_000))],
          headers: outputHeaders(apiVersion, false, 'logs'),
        }),
      },
    });
    const read: string[] = [];
    for await (const { stream, data } of api.output(logs, false, never)) read.push(`${stream} ${data.length}`);
    expect(read).toEqual(['stdout 4', 'stderr 4', 'stdout 200000']);
    expect(daemon.requests.at(-1)).toMatchObject({
      httpVersion: '1.0',
      version: apiVersion,
      path: '/containers/a/logs',
    });
    expect(daemon.requests.at(-1)?.query.get('stdout')).toBe('true');
  });

  test('output of a terminal is bytes as they come', async () => {
    const { api } = await openFake({
      apiVersion,
      routes: {
        'GET /containers/:id/logs': () => ({
          stream: ['\u0001 is no header\r\n'],
          headers: outputHeaders(apiVersion, true, 'logs'),
        }),
      },
    });
    const read: string[] = [];
    for await (const { stream, data } of api.output(logs, true, never)) read.push(`${stream} ${data.toString()}`);
    expect(read).toEqual(['stdout \u0001 is no header\r\n']);
  });

  test('a session carries its body there, and bytes both ways until each side ends', async () => {
    const { api, daemon } = await openFake({
      apiVersion,
      routes: {
        'POST /exec/:id/start': () => ({
          headers: outputHeaders(apiVersion, false, 'session'),
          upgrade: async (socket: Duplex) => {
            socket.write(frame(2, 'ready\n'));
            const input = await readAll(socket);
            socket.end(frame(1, `${input.length} bytes\n`));
          },
        }),
      },
    });
    const session = await api.hijack(start, never);
    session.write('x'.repeat(300_000));
    session.end('!');
    const read: string[] = [];
    for await (const { stream, data } of demultiplex(session)) read.push(`${stream} ${data.toString()}`);
    expect(read).toEqual(['stderr ready\n', 'stdout 300001 bytes\n']);
    expect(daemon.requests.at(-1)?.json()).toEqual({ Detach: false, Tty: false });
  });

  test.each([
    ['credentials', 'authentication'],
    ['tag', 'not_found'],
  ] as const)('a pull without %s is told alike', async (kind, code) => {
    const { api, daemon } = await openFake({
      apiVersion,
      routes: { 'POST /images/create': () => registryRefusal(apiVersion, kind) },
    });
    const pull = api.jsonLines({ method: 'POST', path: '/images/create', query: { fromImage: 'web' } }, never);
    const read = async (): Promise<void> => {
      for await (const _ of pull) throw new Error('there was an answer');
    };
    await expect(read()).rejects.toMatchObject({ name: 'DaemonError', code });
    daemon.expectAllUsed();
  });

  test('a pull that fails on its way is told by a line', async () => {
    const { api } = await openFake({
      apiVersion,
      routes: {
        'POST /images/create': () => ({
          stream: [
            '{"status":"Pulling","id":"1"}\r\n{"sta',
            'tus":"Waiting"}\r\n',
            progressFailure(apiVersion, 'no space'),
          ],
          headers: { 'Content-Type': 'application/json' },
        }),
      },
    });
    const lines: unknown[] = [];
    for await (const line of api.jsonLines({ method: 'POST', path: '/images/create' }, never)) lines.push(line);
    expect(lines.slice(0, 2)).toEqual([{ status: 'Pulling', id: '1' }, { status: 'Waiting' }]);
    expect(progressError(lines[2], '/images/create')).toMatchObject({ code: 'refused', message: 'no space' });
  });
});

describe('output', () => {
  test('is read no faster than it is used, and its connection ends with the loop', async () => {
    let sent = 0;
    const line = frame(1, 'x'.repeat(1_016));
    const { api, daemon } = await openFake({
      routes: { 'GET /containers/:id/logs': () => ({ stream: endless(line, (pieces) => (sent = pieces)) }) },
    });
    let [last, still] = [-1, 0];
    for await (const _ of api.output(logs, false, never)) {
      // The loop stands still: once the buffers between here and there are full, the daemon can send no more.
      await eventually(() => {
        still = sent === last ? still + 1 : 0;
        last = sent;
        return still > 500;
      });
      break;
    }
    expect(sent).toBeLessThan(20_000);
    await eventually(() => daemon.open() === 1);
  });

  test.each([false, true])('that is refused tells why, with a length or without (%s)', async (chunked) => {
    const text = JSON.stringify({ message: 'configured logging driver does not support reading' });
    const { api } = await openFake({
      routes: {
        'GET /containers/:id/logs': () =>
          chunked ? { status: 501, stream: [text.slice(0, 9), text.slice(9)] } : { status: 501, text },
      },
    });
    const read = async (): Promise<void> => {
      for await (const _ of api.output(logs, false, never)) throw new Error('there was output');
    };
    await expect(read()).rejects.toMatchObject({ status: 501, message: expect.stringContaining('logging driver') });
  });

  test('in chunks all the same is not taken for frames', async () => {
    const { api } = await openFake({
      routes: {
        'GET /containers/:id/logs': () => ({ stream: ['x'], headers: { 'Transfer-Encoding': 'chunked' } }),
      },
    });
    const read = async (): Promise<void> => {
      for await (const _ of api.output(logs, true, never)) throw new Error('there was output');
    };
    await expect(read()).rejects.toMatchObject({ code: 'refused', message: expect.stringContaining('chunks') });
  });

  test.each(['output', 'jsonLines'] as const)(
    'as %s ends at once when it is aborted, with the reason',
    async (kind) => {
      const piece = kind === 'output' ? frame(1, 'x') : '1\n';
      async function* one(): AsyncGenerator<string | Uint8Array> {
        yield piece;
        await new Promise(() => undefined);
      }
      const { api, daemon } = await openFake({ routes: { 'GET /containers/:id/logs': () => ({ stream: one() }) } });
      const controller = new AbortController();
      const reason = new Error('enough');
      const read = async (): Promise<void> => {
        const { signal } = controller;
        const stream: AsyncIterable<unknown> =
          kind === 'output' ? api.output(logs, false, signal) : api.jsonLines(logs, signal);
        for await (const _ of stream) setImmediate(() => controller.abort(reason));
      };
      await expect(read()).rejects.toBe(reason);
      await eventually(() => daemon.open() === 1);
    },
  );

  test('that breaks off before it began is told', async () => {
    const { api } = await openFake({ routes: { 'GET /containers/:id/logs': () => ({ drop: true }) } });
    const read = async (): Promise<void> => {
      for await (const _ of api.output(logs, false, never)) throw new Error('there was output');
    };
    await expect(read()).rejects.toMatchObject({ code: 'unreachable' });
  });
});

describe('a session', () => {
  test('that is answered with 200 is one too', async () => {
    const { api } = await openFake({
      routes: {
        'POST /exec/:id/start': () => ({
          status: 200,
          upgrade: async (socket: Duplex) => {
            socket.end(`read ${await readAll(socket)}`);
          },
        }),
      },
    });
    const session = await api.hijack(start, never);
    session.end('this');
    expect(await readAll(session)).toBe('read this');
  });

  test('that is refused tells why', async () => {
    const message = 'Container a is not running';
    const { api } = await openFake({ routes: { 'POST /exec/:id/start': () => ({ status: 409, json: { message } }) } });
    await expect(api.hijack(start, never)).rejects.toMatchObject({ code: 'refused', status: 409, message });
  });

  test('is destroyed by aborting, and by closing', async () => {
    const { api, daemon } = await openFake({
      routes: {
        'POST /exec/:id/start': () => ({ upgrade: (socket) => void socket.resume().once('end', () => socket.end()) }),
      },
    });
    const controller = new AbortController();
    const reason = new Error('enough');
    const aborted = await api.hijack(start, controller.signal);
    const closed = await api.hijack(start, never);
    controller.abort(reason);
    expect(aborted).toMatchObject({ destroyed: true, errored: reason });
    expect(closed.destroyed).toBe(false);
    await api.close();
    expect(closed.destroyed).toBe(true);
    await eventually(() => daemon.open() === 0);
    await expect(api.hijack(start, controller.signal)).rejects.toBe(reason);
  });

  test('can be told apart from silence: aborting ends the opening of one', async () => {
    const { api, daemon } = await openFake({
      routes: { 'POST /exec/:id/start': () => new Promise(() => undefined) },
    });
    const controller = new AbortController();
    const opening = api.hijack(start, controller.signal);
    await eventually(() => daemon.requests.length === 2);
    controller.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
  });
});
