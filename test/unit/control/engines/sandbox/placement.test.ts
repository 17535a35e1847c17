import { describe, expect, it } from 'vitest';
import type { Deploy } from '../../../../../src/lib/compose/project.js';
import { lab, type Lab } from './lab.js';

async function nodesOf({ tasks }: Lab, service: string): Promise<(string | null)[]> {
  return (await tasks({ service })).map(({ node }) => node);
}

const zones = 'a:zone=east,disk=ssd;b:zone=west;c:zone=west';

describe('placement', () => {
  it('spreads a service over the nodes, then takes the one with fewest containers', async () => {
    const it = lab();
    await it.up('one');
    await it.up('web', { image: 'app:1' }, { replicas: 4 });
    expect(await nodesOf(it, 'one')).toEqual(['sandbox-1']);
    expect(await nodesOf(it, 'web')).toEqual(['sandbox-2', 'sandbox-3', 'sandbox-1', 'sandbox-2']);
  });

  it.each<[string, Deploy, (string | null)[]]>([
    ['hostname', { placement: { constraints: ['node.hostname==b'] } }, ['b', 'b']],
    ['role', { placement: { constraints: ['node.role != manager'] } }, ['b', 'c']],
    ['label', { placement: { constraints: ['node.labels.zone==west', 'node.hostname!=b'] } }, ['c', 'c']],
    ['label, any case', { placement: { constraints: ['node.labels.disk==SSD'] } }, ['a', 'a']],
    ['spread', { placement: { preferences: [{ spread: 'node.labels.zone' }] } }, ['a', 'b']],
    ['platform', { placement: { constraints: ['node.platform.os==linux'] } }, ['a', 'b']],
    ['global', { mode: 'global' }, ['a', 'b', 'c']],
    ['global with constraint', { mode: 'global', placement: { constraints: ['node.labels.zone==west'] } }, ['b', 'c']],
  ])('obeys %s', async (_, deploy, expected) => {
    const it = lab({ BERTH_SANDBOX_NODES: zones });
    await it.up('web', { image: 'app:1', deploy }, { replicas: 2 });
    expect(await nodesOf(it, 'web')).toEqual(expected);
  });

  it.each<[string, Deploy, string]>([
    ['no label', { placement: { constraints: ['node.labels.disk==tape'] } }, 'no node matches node.labels.disk==tape'],
    [
      'two constraints',
      { placement: { constraints: ['node.labels.zone==east', 'node.role==worker'] } },
      'no node matches node.labels.zone==east and node.role==worker',
    ],
    [
      'a global service without a node',
      { mode: 'global', placement: { constraints: ['node.hostname==z'] } },
      'no node matches node.hostname==z',
    ],
  ])('says why it cannot: %s', async (_, deploy, message) => {
    const { up, pass, tasks, events } = lab({ BERTH_SANDBOX_NODES: zones });
    await up('web', { image: 'app:1', deploy });
    pass(10);
    expect(await tasks()).toMatchObject([{ state: 'Init', unplaceable: true, message, node: null }]);
    expect((await events()).filter((event) => event.includes('unplaceable'))).toEqual([
      `container web-1 unplaceable (${message})`,
    ]);
  });

  it('puts no more than max_replicas_per_node on a node', async () => {
    const { up, pass, tasks } = lab({ BERTH_SANDBOX_NODES: '2' });
    await up('web', { image: 'app:1', deploy: { placement: { max_replicas_per_node: 1 } } }, { replicas: 3 });
    pass(10);
    expect((await tasks()).map(({ node, unplaceable, message }) => [node, unplaceable, message])).toEqual([
      ['sandbox-1', false, null],
      ['sandbox-2', false, null],
      [null, true, 'max_replicas_per_node: 1 is reached on every node that matches'],
    ]);
  });

  it('places what could not be placed when a node comes that fits', async () => {
    const before = lab({ BERTH_SANDBOX_NODES: 'a' });
    const definition = { image: 'app:1', deploy: { placement: { constraints: ['node.labels.disk==ssd'] } } };
    await before.up('web', definition);
    expect((await before.tasks())[0]?.unplaceable).toBe(true);
    const after = before.again({ BERTH_SANDBOX_NODES: 'a;b:disk=ssd' });
    await after.up('web', definition);
    expect((await after.tasks())[0]).toMatchObject({ unplaceable: false, node: 'b', message: 'pulling app:1' });
  });

  it('refuses a constraint that nobody can read, and writes nothing down', async () => {
    const { up, journal } = lab();
    const definition = { image: 'a', deploy: { placement: { constraints: ['node.colour==red'] } } };
    await expect(up('web', definition)).rejects.toMatchObject({
      code: 'refused',
      message: 'services.web.deploy.placement.constraints[0]: the constraint "node.colour==red" cannot be understood',
    });
    await expect(up('web', { image: 'a' }, { replicas: -1 })).rejects.toMatchObject({ code: 'usage' });
    await expect(up('web', { image: 'a' }, { replicas: 1e9 })).rejects.toMatchObject({ code: 'refused' });
    await expect(up('web', { image: 'a', 'x-berth': { sandbox: 'burn' } })).rejects.toMatchObject({ code: 'usage' });
    expect(journal.inputs).toEqual([]);
  });
});

describe('published ports', () => {
  const at = (published: string, more = {}) => ({ image: 'app:1', ports: [{ target: 80, published, ...more }] });

  it('are held by one service at a time, and freed when it stops', async () => {
    const { up, pass, tasks } = lab();
    await up('web', at('8080'), { replicas: 2 });
    await up('rival', at('8080'), { stack: 'blog' });
    pass(10);
    expect(await tasks()).toMatchObject([
      { service: 'rival', unplaceable: true, message: 'port 8080/tcp is held by service web of stack shop' },
      { service: 'web', state: 'Running', ports: [{ target: 80, published: 8080, protocol: 'tcp', hostIp: null }] },
      { service: 'web', state: 'Running', ports: [{ published: 8080 }] },
    ]);
    await up('web', at('8080'), { replicas: 0 });
    pass(10);
    expect(await tasks()).toMatchObject([{ service: 'rival', state: 'Running', ports: [{ published: 8080 }] }]);
  });

  it('do not tell of services of another namespace', async () => {
    const { up, tasks } = lab();
    await up('secret', at('8080'), { namespace: 'bob' });
    await up('web', at('8080'));
    expect((await tasks())[0]?.message).toBe('port 8080/tcp is held by a service of another namespace');
  });

  it.each([
    ['another protocol', at('53', { protocol: 'udp' }), at('53'), true],
    ['another address', at('80', { host_ip: '127.0.0.1' }), at('80', { host_ip: '127.0.0.2' }), true],
    ['any address', at('80', { host_ip: '127.0.0.1' }), at('80'), false],
    ['host mode on another node', at('80', { mode: 'host' }), at('80', { mode: 'host' }), true],
    ['host mode against ingress', at('80', { mode: 'host' }), at('80'), false],
  ])('of two services may be the same with %s', async (_, first, second, fits) => {
    const { up, tasks } = lab();
    await up('a', first);
    await up('b', second);
    expect((await tasks({ service: 'b' }))[0]?.unplaceable).toBe(!fits);
  });

  it('in host mode are one a node', async () => {
    const { up, tasks } = lab({ BERTH_SANDBOX_NODES: '2' });
    await up('web', at('80', { mode: 'host' }), { replicas: 3 });
    expect((await tasks()).map(({ node, message }) => [node, message])).toEqual([
      ['sandbox-1', 'pulling app:1'],
      ['sandbox-2', 'pulling app:1'],
      [null, 'port 80/tcp is held by service web of stack shop'],
    ]);
  });

  it('are the first free one of a range', async () => {
    const { up, tasks } = lab();
    for (const name of ['a', 'b', 'c']) await up(name, at('8000-8001'));
    expect((await tasks()).map(({ ports, message }) => ports[0]?.published ?? message)).toEqual([
      8000,
      8001,
      'port 8000/tcp is held by service a of stack shop',
    ]);
  });

  it('are chosen by the seed where none is asked for, and stay', async () => {
    const port = async (seed: string, generation: number, same?: Lab): Promise<number> => {
      const it = same?.again({ BERTH_SANDBOX_SEED: seed }) ?? lab({ BERTH_SANDBOX_SEED: seed });
      await it.up('web', { image: 'app:1', ports: [{ target: 80 }] }, { generation });
      it.pass(60);
      return (await it.tasks())[0]?.ports[0]?.published ?? 0;
    };
    const chosen = await port('x', 1);
    expect(chosen).toBeGreaterThanOrEqual(32768);
    expect(chosen).toBeLessThanOrEqual(60999);
    expect(await port('x', 1)).toBe(chosen);
    expect(await port('y', 1)).not.toBe(chosen);
    const it = lab({ BERTH_SANDBOX_SEED: 'x' });
    await port('x', 1, it);
    expect(await port('y', 2, it)).toBe(chosen);
  });

  it('show what is only exposed without a number', async () => {
    const { up, tasks } = lab();
    await up('web', { image: 'app:1', expose: ['3000', '53/udp'] });
    expect((await tasks())[0]?.ports).toEqual([
      { target: 3000, published: null, hostIp: null, protocol: 'tcp' },
      { target: 53, published: null, hostIp: null, protocol: 'udp' },
    ]);
  });
});

describe('nodes', () => {
  it('are there before anything has happened, as they are asked for', async () => {
    const { engine, context, journal } = lab({ BERTH_SANDBOX_NODES: zones });
    const nodes = await engine.nodes(context);
    expect(nodes).toMatchObject([
      { name: 'a', role: 'manager', state: 'ready', labels: { zone: 'east', disk: 'ssd' } },
      { name: 'b', role: 'worker', labels: { zone: 'west' } },
      { name: 'c', role: 'worker' },
    ]);
    expect(new Set(nodes.map(({ id }) => id)).size).toBe(3);
    expect(journal.written).toEqual([]);
  });

  it('go down and come back by a fault; their containers are made anew elsewhere and stay there', async () => {
    const it = lab({ BERTH_SANDBOX_FAULTS: 'node sandbox-2:down,after=30s,for=30s' });
    await it.up('web', { image: 'app:1' }, { replicas: 3 });
    it.pass(29);
    expect(await nodesOf(it, 'web')).toEqual(['sandbox-1', 'sandbox-2', 'sandbox-3']);
    it.pass(2);
    expect((await it.engine.nodes(it.context)).map(({ state }) => state)).toEqual(['ready', 'down', 'ready']);
    expect(await nodesOf(it, 'web')).toEqual(['sandbox-1', 'sandbox-1', 'sandbox-3']);
    expect((await it.tasks({ all: true }))[1]).toMatchObject({
      state: 'Terminated',
      desired: false,
      message: 'node sandbox-2 is down',
    });
    it.pass(30);
    expect((await it.engine.nodes(it.context))[1]?.state).toBe('ready');
    expect(await nodesOf(it, 'web')).toEqual(['sandbox-1', 'sandbox-1', 'sandbox-3']);
    expect(await it.events()).toEqual(expect.arrayContaining(['node sandbox-2 down', 'node sandbox-2 ready']));
  });

  it('come back when the faults are taken back, and a global service follows', async () => {
    const faulty = lab({ BERTH_SANDBOX_FAULTS: 'node sandbox-3:down' });
    const agent = { image: 'agent', deploy: { mode: 'global' as const } };
    await faulty.up('agent', agent);
    expect(await faulty.states()).toEqual(['agent-1 Starting', 'agent-2 Starting']);
    const mended = faulty.again({ BERTH_SANDBOX_FAULTS: '' });
    await mended.up('agent', agent);
    mended.pass(10);
    expect(await mended.states()).toEqual(['agent-1 Running', 'agent-2 Running', 'agent-3 Running']);
  });

  it('must be there to go down', async () => {
    const { up, journal } = lab({ BERTH_SANDBOX_FAULTS: 'node sandbox-9:down' });
    await expect(up('web')).rejects.toMatchObject({
      code: 'usage',
      message: 'BERTH_SANDBOX_FAULTS: there is no node "sandbox-9"',
      hint: 'Did you mean sandbox-1?',
    });
    expect(journal.inputs).toEqual([]);
  });

  it('that are all down take nothing', async () => {
    const { up, tasks } = lab({ BERTH_SANDBOX_NODES: '1', BERTH_SANDBOX_FAULTS: 'node sandbox-1:down' });
    await up('web');
    await up('agent', { image: 'a', deploy: { mode: 'global' } });
    expect((await tasks()).map(({ message }) => message)).toEqual(['no node is ready', 'no node is ready']);
  });

  it('stay as they are for a command that does not speak of them, and go when one does', async () => {
    const first = lab({ BERTH_SANDBOX_NODES: '4' });
    await first.up('web', { image: 'app:1' }, { replicas: 4 });
    const silent = first.again({});
    await silent.up('other');
    expect(await silent.engine.nodes(silent.context)).toHaveLength(4);
    const fewer = first.again({ BERTH_SANDBOX_NODES: '2' });
    await fewer.up('other');
    expect(await fewer.engine.nodes(fewer.context)).toHaveLength(2);
    expect(await nodesOf(fewer, 'web')).toEqual(['sandbox-1', 'sandbox-2', 'sandbox-2', 'sandbox-1']);
  });
});
