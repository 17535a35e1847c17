import { expect, it } from 'vitest';
import { Snapshots } from '../../../../../src/lib/control/engines/docker/snapshot.js';
import type { EngineApi } from '../../../../../src/lib/control/engines/engine-api/api.js';
import type { FakeAnswer, FakeDaemon } from '../engine-api/fake-daemon.js';
import { eventually, never, openFake } from '../engine-api/open-fake.js';
import { inspected, type InspectedOptions, listed } from './view-facts.js';

const scope = { namespace: 'default', stack: 'shop' };

/** A daemon whose containers change when the test says so, and which tells of it when the test says so. */
class World {
  readonly containers = new Map<string, InspectedOptions>();
  readonly #streams = new Set<(line: string) => void>();

  set(id: string, options: InspectedOptions = {}): void {
    this.containers.set(id, { ...options, id });
  }

  tell(id: string, action = 'die'): void {
    const line = `${JSON.stringify({ Type: 'container', Action: action, Actor: { ID: id } })}\n`;
    for (const push of this.#streams) push(line);
  }

  /** How many streams of events stand. */
  get listeners(): number {
    return this.#streams.size;
  }

  routes(): Record<string, (request: { parameters: Readonly<Record<string, string>> }) => FakeAnswer> {
    return {
      'GET /containers/json': () => ({ json: [...this.containers.values()].map((one) => listed(one)) }),
      'GET /containers/:id/json': ({ parameters }) => {
        const found = this.containers.get(parameters['id'] ?? '');
        return found === undefined
          ? { status: 404, json: { message: 'No such container' } }
          : { json: inspected(found) };
      },
      'GET /events': () => ({ stream: this.#events() }),
    };
  }

  async *#events(): AsyncGenerator<string> {
    const lines: string[] = [];
    let wake = (): void => undefined;
    const push = (line: string): void => {
      lines.push(line);
      wake();
    };
    this.#streams.add(push);
    try {
      for (;;) {
        const line = lines.shift();
        if (line !== undefined) yield line;
        else await new Promise<void>((resolve) => (wake = resolve));
      }
    } finally {
      this.#streams.delete(push);
    }
  }
}

async function open(world: World): Promise<{ api: EngineApi; daemon: FakeDaemon; snapshots: Snapshots }> {
  const { api, daemon } = await openFake({ routes: world.routes() });
  return { api, daemon, snapshots: new Snapshots(api) };
}

/** How often each container was asked about, and the list. */
function asked({ requests }: FakeDaemon): string[] {
  return requests.map(({ path }) => path).filter((path) => path.startsWith('/containers'));
}

async function statesOf(snapshots: Snapshots): Promise<string[]> {
  const { containers } = await snapshots.take(scope, [], never);
  return containers.map(({ id, state }) => `${id} ${state}`);
}

/** Looks until it holds. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error('it did not come to pass within 10 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

it('asks about every container of the stack once, and about nobody else’s', async () => {
  const world = new World();
  world.set('a');
  world.set('b');
  world.set('other', { labels: { 'berth.stack': 'else' } });
  world.set('theirs', { onlyLabels: { 'com.docker.compose.project': 'shop' } });
  world.set('taken', { onlyLabels: { 'com.docker.compose.project': 'shop' } });
  const { daemon, snapshots } = await open(world);
  const { containers, foreign } = await snapshots.take(scope, ['taken'], never);
  expect(containers.map(({ id }) => id)).toEqual(['a', 'b', 'taken']);
  expect(foreign.map(({ name }) => name)).toEqual(['shop-theirs']);
  expect(asked(daemon).sort()).toEqual([
    '/containers/a/json',
    '/containers/b/json',
    '/containers/json',
    '/containers/taken/json',
  ]);
  const filters = daemon.requests.find(({ path }) => path === '/containers/json')?.query.get('filters');
  expect(JSON.parse(filters ?? '')).toEqual({ label: ['com.docker.compose.project=shop'] });
});

it('leaves out a container that goes between list and look', async () => {
  const world = new World();
  world.set('a');
  const routes = world.routes();
  const { api } = await openFake({
    routes: { ...routes, 'GET /containers/json': () => ({ json: [listed({ id: 'a' }), listed({ id: 'gone' })] }) },
  });
  expect(await statesOf(new Snapshots(api))).toEqual(['a running']);
});

it('asks again only about what an event tells of', async () => {
  const world = new World();
  world.set('a');
  world.set('b');
  const { daemon, snapshots } = await open(world);
  snapshots.inform(scope);
  await eventually(() => world.listeners === 1);
  expect(await statesOf(snapshots)).toEqual(['a running', 'b running']);
  const before = asked(daemon).length;
  world.set('b', { state: { Status: 'exited' } });
  expect(await statesOf(snapshots)).toEqual(['a running', 'b running']);
  expect(asked(daemon).length).toBe(before);
  world.tell('b', 'exec_start: true');
  world.tell('b');
  await until(async () => (await statesOf(snapshots)).includes('b exited'));
  const again = asked(daemon).slice(before);
  // The list is asked for every two seconds, which a busy machine may reach here.
  expect(again.filter((path) => path !== '/containers/json')).toEqual(['/containers/b/json']);
  await snapshots.close();
});

it('sees at the next look what was touched, before any event', async () => {
  const world = new World();
  world.set('a');
  const { snapshots } = await open(world);
  snapshots.inform(scope);
  expect(await statesOf(snapshots)).toEqual(['a running']);
  world.set('a', { state: { Status: 'paused' } });
  snapshots.touch('a');
  expect(await statesOf(snapshots)).toEqual(['a paused']);
  world.containers.delete('a');
  world.set('b');
  snapshots.touchAll(scope);
  expect(await statesOf(snapshots)).toEqual(['b running']);
  await snapshots.close();
});

it('asks once more about a container that changes while it is asked about', async () => {
  const world = new World();
  world.set('a');
  const routes = world.routes();
  let during: (() => void) | undefined;
  const { api } = await openFake({
    routes: {
      ...routes,
      'GET /containers/:id/json': async (request) => {
        const answer = routes['GET /containers/:id/json']?.(request) ?? { drop: true };
        during?.();
        during = undefined;
        return answer;
      },
    },
  });
  const snapshots = new Snapshots(api);
  snapshots.inform(scope);
  // The answer under way is of before the change.
  during = () => {
    world.set('a', { state: { Status: 'exited' } });
    snapshots.touch('a');
  };
  expect(await statesOf(snapshots)).toEqual(['a running']);
  expect(await statesOf(snapshots)).toEqual(['a exited']);
  await snapshots.close();
});

it('asks about everything while the stream of events is broken, and is told again when it stands', async () => {
  const world = new World();
  world.set('a');
  const { daemon, snapshots } = await open(world);
  snapshots.inform(scope);
  await eventually(() => world.listeners === 1);
  await statesOf(snapshots);
  daemon.dropConnections();
  world.set('a', { state: { Status: 'exited' } });
  await until(async () => (await statesOf(snapshots)).includes('a exited'));
  await eventually(() => daemon.requests.filter(({ path }) => path === '/events').length >= 2);
  await snapshots.close();
});

it('stops when the signal aborts, and goes on afterwards', async () => {
  const world = new World();
  world.set('a');
  const { snapshots } = await open(world);
  snapshots.inform(scope);
  const reason = new Error('stopped');
  await expect(snapshots.take(scope, [], AbortSignal.abort(reason))).rejects.toBe(reason);
  expect(await statesOf(snapshots)).toEqual(['a running']);
  await snapshots.close();
});

it('in brief asks only about those that do not simply run, and finds how they stand all the same', async () => {
  const health = { Health: { Status: 'unhealthy', Log: [] } };
  const bound = { '80/tcp': [{ HostIp: '0.0.0.0', HostPort: '8080' }], '90/udp': null };
  const inspects: Record<string, unknown> = {
    up: inspected({ id: 'up', ports: bound }),
    sick: inspected({ id: 'sick', state: health }),
    gone: inspected({ id: 'gone', state: { Status: 'exited', ExitCode: 3 } }),
  };
  const ports = [
    { IP: '0.0.0.0', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    { IP: '::', PrivatePort: 80, PublicPort: 8080, Type: 'tcp' },
    { PrivatePort: 90, Type: 'udp' },
  ];
  const list = [
    { ...listed({ id: 'up' }), Image: 'sha256:1', Created: 1_767_225_600, Ports: ports },
    { ...listed({ id: 'sick' }, 'running', 'Up 2 minutes (unhealthy)'), Image: 'sha256:1', Created: 1_767_225_600 },
    listed({ id: 'gone' }, 'exited', 'Exited (3) 2 minutes ago'),
  ];
  const { api, daemon } = await openFake({
    routes: {
      'GET /containers/json': () => ({ json: list }),
      'GET /containers/:id/json': ({ parameters }) => ({ json: inspects[parameters['id'] ?? ''] }),
    },
  });
  const standing = async (brief: boolean): Promise<unknown[]> => {
    const { containers } = await new Snapshots(api).take(scope, [], never, brief);
    return containers.map(({ id, name, labels, image, state, health: well, exitCode, error, ports: open }) => {
      return { id, name, labels, image, state, well, exitCode, error, open };
    });
  };
  const brief = await standing(true);
  expect(asked(daemon)).toEqual(['/containers/json', '/containers/gone/json']);
  expect(brief).toEqual(await standing(false));
});
