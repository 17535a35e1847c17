import { describe, expect, it } from 'vitest';
import { type EventParts, readEvents } from '../../../../../src/lib/control/engines/docker/events.js';
import type { EngineEvent } from '../../../../../src/lib/control/engines/engine.js';
import type { FakeRoute } from '../engine-api/fake-daemon.js';
import { eventually, never, openFake } from '../engine-api/open-fake.js';

const labels = { 'berth.namespace': 'default', 'berth.stack': 'shop', 'berth.service': 'web', 'berth.slot': '1' };

/** Nanoseconds since 1970 that JSON can tell exactly. */
const start = 1_795_288_666_000_000_000;

function event(afterMs: number, Action: string, attributes: object = labels, Type = 'container', ID = 'c1'): string {
  return `${JSON.stringify({ Type, Action, Actor: { ID, Attributes: attributes }, timeNano: start + afterMs * 1_000_000 })}\n`;
}

interface Kept {
  readonly lines: string[];
  /** True: a stream that has no end asked for stays open. */
  readonly stays?: boolean;
}

async function open(kept: Kept) {
  const opened = await openFake({
    routes: {
      'GET /info': () => ({ json: { SystemTime: '2026-11-21T19:37:48.123456789Z' } }),
      'GET /events': (request) => ({ stream: read(kept, request.query.has('until')) }),
    } satisfies Record<string, FakeRoute>,
  });
  const parts: EventParts = {
    api: opened.api,
    stacks: async () => [
      { namespace: 'default', stack: 'shop' },
      { namespace: 'default', stack: 'shop_eu' },
      { namespace: 'team', stack: 'shop' },
    ],
    adopted: (id) => (id === 'taken' ? { namespace: 'default', stack: 'old', name: 'db-1' } : null),
  };
  return { ...opened, parts };
}

async function* read({ lines, stays = false }: Kept, ends: boolean): AsyncGenerator<string> {
  yield* lines;
  while (stays && !ends) await new Promise((resolve) => setImmediate(resolve));
}

async function all(parts: EventParts, after: string | null = null): Promise<EngineEvent[]> {
  const events: EngineEvent[] = [];
  for await (const one of readEvents(parts, after, { follow: false }, { signal: never })) events.push(one);
  return events;
}

function told({ kind, namespace, stack, name, verb, message }: EngineEvent): string {
  return `${kind} ${namespace}/${stack}/${name} ${verb}${message === null ? '' : `: ${message}`}`;
}

it('tells what happened to the containers of stacks, in Docker’s words', async () => {
  const { daemon, parts } = await open({
    lines: [
      // JSON tells nanoseconds to the nearest 256.
      event(1.5, 'create'),
      event(2, 'exec_create: wget -q localhost'),
      event(2, 'exec_start: wget -q localhost'),
      event(2, 'exec_die'),
      event(3, 'health_status: healthy'),
      event(4, 'kill', { ...labels, signal: '15' }),
      event(5, 'die', { ...labels, exitCode: '143' }),
      event(6, 'die', { name: 'stranger', exitCode: '1' }),
      event(7, 'start', { name: 'old_db_1' }, 'container', 'taken'),
      event(8, 'start', { ...labels, 'berth.oneoff': 'true', name: 'shop-web-run-1' }),
    ],
  });
  const events = await all(parts);
  expect(events.map(told)).toEqual([
    'container default/shop/web-1 create',
    'container default/shop/web-1 health_status: healthy',
    'container default/shop/web-1 kill: SIGTERM',
    'container default/shop/web-1 die: exit code 143',
    'container default/old/db-1 start',
    'container default/shop/shop-web-run-1 start',
  ]);
  expect(events[0]?.at).toBe('2026-11-21T19:17:46.001Z');
  const query = daemon.requests.find(({ path }) => path === '/events')?.query;
  expect(query?.get('until')).toBe('1795289868.123456789');
});

it('knows networks and volumes by the longest name of a stack', async () => {
  const { parts } = await open({
    lines: [
      event(1, 'create', { name: 'shop_default' }, 'network', 'n1'),
      event(2, 'create', { name: 'shop_eu_default' }, 'network', 'n2'),
      event(3, 'create', { name: 'team_shop_default' }, 'network', 'n3'),
      event(4, 'connect', { name: 'shop_default', container: 'c1' }, 'network', 'n1'),
      event(5, 'create', { driver: 'local' }, 'volume', 'shop_data'),
      event(6, 'create', { driver: 'local' }, 'volume', 'berth_stack_0123_1'),
      event(7, 'destroy', { name: 'bridge2' }, 'network', 'n4'),
    ],
  });
  expect((await all(parts)).map(told)).toEqual([
    'network default/shop/default create',
    'network default/shop_eu/default create',
    'network team/shop/default create',
    'volume default/shop/data create',
  ]);
});

describe('a cursor', () => {
  const lines = [
    event(1, 'create'),
    event(2, 'start'),
    event(2, 'kill'),
    event(2, 'start', labels, 'container', 'c2'),
    event(3, 'die'),
  ];

  it('is where reading goes on, also among events of the same time', async () => {
    const { parts } = await open({ lines });
    const events = await all(parts);
    expect(new Set(events.map(({ cursor }) => cursor)).size).toBe(5);
    for (const [index, { cursor }] of events.entries()) {
      expect(await all(parts, cursor)).toEqual(events.slice(index + 1));
    }
  });

  it('of an event that the daemon has dropped is followed by the next ones it has', async () => {
    const { parts } = await open({ lines });
    const events = await all(parts);
    const { parts: later } = await open({ lines: lines.slice(3) });
    expect(await all(later, events[1]?.cursor)).toEqual(
      (await all(later)).filter(({ verb }) => verb === 'start' || verb === 'die'),
    );
  });

  it('that is none is refused', async () => {
    const { parts } = await open({ lines });
    await expect(all(parts, 'yesterday')).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('followed events', () => {
  it('come until the signal aborts', async () => {
    const { parts, daemon } = await open({ lines: [event(1, 'create')], stays: true });
    const stop = new AbortController();
    const events: EngineEvent[] = [];
    const done = (async () => {
      for await (const one of readEvents(parts, null, { follow: true }, { signal: stop.signal })) events.push(one);
    })();
    await eventually(() => events.length === 1);
    stop.abort();
    await done;
    await eventually(() => daemon.open() <= 1);
  });

  it('are lost with the connection, which can be made again', async () => {
    const { parts } = await open({ lines: [event(1, 'create')] });
    const events = readEvents(parts, null, { follow: true }, { signal: never });
    expect((await events.next()).value).toMatchObject({ verb: 'create' });
    await expect(events.next()).rejects.toMatchObject({ code: 'unreachable' });
  });
});
