import { describe, expect, it } from 'vitest';
import type { LoggedContainer } from '../../../../../src/lib/control/engines/docker/logs-decode.js';
import { readLogs } from '../../../../../src/lib/control/engines/docker/logs.js';
import type { LogLine, LogOptions } from '../../../../../src/lib/port/logs.js';
import { type FakeRequest, type FakeRoute, frame } from '../engine-api/fake-daemon.js';
import { eventually, never, openFake } from '../engine-api/open-fake.js';

function at(second: number, nanoseconds = 0): string {
  return `2026-01-01T00:00:${String(second).padStart(2, '0')}.${String(nanoseconds).padStart(9, '0')}Z`;
}

function one(id: string, more: Partial<LoggedContainer> = {}): LoggedContainer {
  return { id, name: id, service: 'web', stack: 'shop', tty: false, running: true, ...more };
}

/** `12 web-1 text`. */
function told({ at: time, container, text }: LogLine): string {
  return `${time?.slice(17, 19) ?? '-'} ${container ?? ''} ${text}`;
}

/** What a daemon keeps of containers: it heeds `since`, and goes on while it is followed, until the container ends. */
class Kept {
  readonly lines: { readonly id: string; readonly at: string; readonly text: string }[] = [];
  readonly ended = new Set<string>();
  /** Answers under way. */
  reading = 0;
  #wake: (() => void)[] = [];

  say(id: string, time: string, text: string): void {
    this.lines.push({ id, at: time, text });
    this.wake();
  }

  wake(): void {
    for (const wake of this.#wake.splice(0)) wake();
  }

  readonly route: FakeRoute = (request) => ({ stream: this.#read(request) });

  async *#read({ parameters, query }: FakeRequest): AsyncGenerator<Buffer> {
    this.reading++;
    try {
      const [seconds = '0', nanoseconds = '0'] = (query.get('since') ?? '0.0').split('.');
      const since = `${new Date(Number(seconds) * 1_000).toISOString().slice(0, 19)}.${nanoseconds.padEnd(9, '0')}Z`;
      for (let next = 0; ;) {
        const line = this.lines[next];
        if (line !== undefined) {
          next += 1;
          if (line.id === parameters['id'] && line.at >= since) yield frame(1, `${line.at} ${line.text}\n`);
        } else if (query.get('follow') !== 'true' || this.ended.has(parameters['id'] ?? '')) return;
        else await new Promise<void>((resolve) => this.#wake.push(resolve));
      }
    } finally {
      this.reading--;
    }
  }
}

async function openKept(kept = new Kept()) {
  return { kept, ...(await openFake({ routes: { 'GET /containers/:id/logs': kept.route } })) };
}

/** Reads until there are so many lines, and keeps what there was. */
function reading(lines: AsyncIterable<LogLine>): { readonly texts: string[]; readonly done: Promise<void> } {
  const texts: string[] = [];
  const done = (async () => {
    for await (const line of lines) texts.push(told(line));
  })();
  done.catch(() => undefined);
  return { texts, done };
}

describe('logs that are there', () => {
  it('are merged by time, and asked for as the daemon wants it', async () => {
    const { api, kept, daemon } = await openKept();
    kept.say('web-1', at(1), 'a');
    kept.say('web-2', at(2), 'b');
    kept.say('web-1', at(3), 'c');
    const options: LogOptions = { tail: 5, since: '2026-01-01T00:00:00Z' };
    const containers = async (): Promise<LoggedContainer[]> => [one('web-1'), one('web-2')];
    const { texts, done } = reading(readLogs({ api, containers }, options, { signal: never }));
    await done;
    expect(texts).toEqual(['01 web-1 a', '02 web-2 b', '03 web-1 c']);
    const request = daemon.requests.find(({ path }) => path.endsWith('/logs'));
    expect(Object.fromEntries(request?.query ?? [])).toEqual({
      stdout: 'true',
      stderr: 'true',
      timestamps: 'true',
      follow: 'false',
      tail: '5',
      since: '1767225600.000000000',
    });
    expect(request?.httpVersion).toBe('1.0');
  });

  it('end before `until`, the last of them counted from there', async () => {
    const { api, kept, daemon } = await openKept();
    for (let second = 1; second < 9; second++) kept.say('web-1', at(second), 'x');
    const options = { tail: 2, until: '2026-01-01T00:00:09Z' };
    const containers = async (): Promise<LoggedContainer[]> => [one('web-1')];
    const { texts, done } = reading(readLogs({ api, containers }, options, { signal: never }));
    await done;
    expect(texts).toEqual(['07 web-1 x', '08 web-1 x']);
    const query = daemon.requests.find(({ path }) => path.endsWith('/logs'))?.query;
    expect(query?.get('until')).toBe('1767225608.999999999');
    expect(query?.get('tail')).toBeNull();
  });

  it('are those of the others where one has none to read, and that is told', async () => {
    const kept = new Kept();
    kept.say('web-2', at(1), 'b');
    const message = 'configured logging driver does not support reading';
    const { api } = await openFake({
      routes: {
        'GET /containers/:id/logs': (request) =>
          request.parameters['id'] === 'web-1' ? { status: 501, json: { message } } : kept.route(request),
      },
    });
    const notes: string[] = [];
    const progress = ({ status }: { status: string }): void => void notes.push(status);
    const both = async (): Promise<LoggedContainer[]> => [one('web-1'), one('web-2')];
    const { texts, done } = reading(readLogs({ api, containers: both }, {}, { signal: never, progress }));
    await done;
    expect(texts).toEqual(['01 web-2 b']);
    expect(notes).toEqual([`no logs of web-1: ${message}`]);
    const alone = readLogs({ api, containers: async () => [one('web-1')] }, {}, { signal: never });
    await expect(alone[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'refused', message });
  });

  it('refuse times that are none before anything is asked', async () => {
    const { api, daemon } = await openKept();
    const lines = readLogs({ api, containers: async () => [] }, { since: 'noon' }, { signal: never });
    await expect(lines[Symbol.asyncIterator]().next()).rejects.toMatchObject({ code: 'usage' });
    expect(daemon.requests.map(({ path }) => path)).toEqual(['/_ping']);
  });
});

describe('followed logs', () => {
  it('go on with containers that are made and started later, and lose and repeat nothing', async () => {
    const { api, kept, daemon } = await openKept();
    const stop = new AbortController();
    let present = [one('web-1')];
    kept.say('web-1', at(1), 'a');
    const parts = { api, containers: async () => present, pollMs: 5 };
    const { texts, done } = reading(readLogs(parts, { follow: true, tail: 10 }, { signal: stop.signal }));
    await eventually(() => texts.length === 1);
    // It ends, and is started again: its log is one, and the last time may have another line.
    kept.ended.add('web-1');
    present = [one('web-1', { running: false })];
    kept.wake();
    await eventually(() => kept.reading === 0);
    kept.say('web-1', at(1), 'a');
    kept.say('web-1', at(1), 'b');
    kept.ended.delete('web-1');
    kept.say('web-2', at(2), 'new');
    present = [one('web-1'), one('web-2')];
    await eventually(() => texts.length === 4);
    kept.say('web-2', at(3), 'more');
    kept.say('web-1', at(4), 'last');
    await eventually(() => texts.length === 6);
    stop.abort();
    await done;
    expect(texts.filter((text) => text.includes('web-1'))).toEqual([
      '01 web-1 a',
      '01 web-1 a',
      '01 web-1 b',
      '04 web-1 last',
    ]);
    expect(texts.filter((text) => text.includes('web-2'))).toEqual(['02 web-2 new', '03 web-2 more']);
    await eventually(() => daemon.open() <= 1);
  });

  it('go on over lost connections', async () => {
    const { api, kept, daemon } = await openKept();
    const stop = new AbortController();
    const parts = { api, containers: async () => [one('web-1')], pollMs: 5 };
    const { texts, done } = reading(readLogs(parts, { follow: true }, { signal: stop.signal }));
    kept.say('web-1', at(1), 'a');
    for (let count = 1; count < 5; count++) {
      kept.say('web-1', at(2), `b${count}`);
      await eventually(() => texts.length === count + 1);
      daemon.dropConnections();
    }
    stop.abort();
    await done;
    expect(texts).toEqual(['01 web-1 a', '02 web-1 b1', '02 web-1 b2', '02 web-1 b3', '02 web-1 b4']);
  });

  it('show all that is said after the start, though few of before were asked for', async () => {
    const { api, kept, daemon } = await openKept();
    const stop = new AbortController();
    kept.ended.add('web-1');
    let present = [one('web-1', { running: false })];
    const parts = { api, containers: async () => present, pollMs: 5 };
    const { texts, done } = reading(readLogs(parts, { follow: true, tail: 0 }, { signal: stop.signal }));
    await eventually(() => daemon.requests.some(({ path }) => path.endsWith('/logs')) && kept.reading === 0);
    kept.ended.delete('web-1');
    present = [one('web-1')];
    const later = `${new Date(Date.now() + 60_000).toISOString().slice(0, 23)}000000Z`;
    kept.say('web-1', later, 'first');
    await eventually(() => texts.length === 1);
    stop.abort();
    await done;
    const queries = daemon.requests.filter(({ path }) => path.endsWith('/logs')).map(({ query }) => query.get('tail'));
    expect(queries.slice(0, 2)).toEqual(['0', null]);
  });

  it('end without an error when the signal aborts, also where nothing is said', async () => {
    const { api, kept, daemon } = await openKept();
    const stop = new AbortController();
    const parts = { api, containers: async () => [one('web-1'), one('web-2')] };
    const { texts, done } = reading(readLogs(parts, { follow: true }, { signal: stop.signal }));
    await eventually(() => kept.reading === 2);
    stop.abort();
    await done;
    expect(texts).toEqual([]);
    await eventually(() => daemon.open() <= 1);
  });

  it('end at `until`, also where nothing is said', async () => {
    const { api } = await openKept();
    const parts = { api, containers: async () => [one('web-1')] };
    const { done } = reading(readLogs(parts, { follow: true, until: at(1) }, { signal: never }));
    await done;
  });

  it('close the connection when nobody reads on', async () => {
    const { api, kept, daemon } = await openKept();
    kept.say('web-1', at(1), 'a');
    const all = readLogs({ api, containers: async () => [one('web-1')] }, { follow: true }, { signal: never });
    const lines = all[Symbol.asyncIterator]();
    const { value } = await lines.next();
    expect(value).toMatchObject({ at: at(1), text: 'a' });
    await lines.return?.();
    await eventually(() => daemon.open() <= 1);
  });

  it('fail when the daemon stays away', async () => {
    const { api, kept, daemon } = await openKept();
    const containers = async (signal: AbortSignal): Promise<LoggedContainer[]> => {
      await api.call({ method: 'GET', path: '/_ping' }, signal);
      return [one('web-1')];
    };
    const parts = { api, containers, pollMs: 5, giveUpMs: 100 };
    const { done } = reading(readLogs(parts, { follow: true }, { signal: never }));
    await eventually(() => kept.reading === 1);
    await daemon.stop();
    await expect(done).rejects.toMatchObject({ code: 'unreachable' });
  });
});
