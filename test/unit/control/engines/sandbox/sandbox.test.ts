import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ResourceRef } from '../../../../../src/lib/plan/resources.js';
import { collect, fence, lab, shop } from './lab.js';

describe('the sandbox as an engine', () => {
  it('has nothing that needs an image', () => {
    const { engine } = lab();
    expect(engine).toMatchObject({ kind: 'sandbox', identity: 'sandbox' });
    expect(Object.keys(engine).sort()).toEqual(
      [
        'apply',
        'check',
        'close',
        'command',
        'events',
        'identity',
        'kind',
        'logs',
        'nodes',
        'observe',
        'remove',
        'tasks',
      ].sort(),
    );
  });

  it('closes as often as anybody likes', async () => {
    const { engine, tasks } = lab();
    await engine.close();
    await engine.close();
    expect(await tasks()).toEqual([]);
  });

  it('names what it will not heed of a project: x-berth keys, but for its own', async () => {
    const { engine, context, journal } = lab();
    const services = {
      web: { image: 'a', 'x-berth': { autodestroy: 'ALWAYS', sandbox: 'crash', roles: ['global'] } },
      db: { image: 'b' },
    };
    expect(await engine.check({ name: 'shop', services }, context)).toEqual([
      { path: 'services.web.x-berth.autodestroy', why: 'not done by the sandbox engine' },
      { path: 'services.web.x-berth.roles', why: 'not done by the sandbox engine' },
    ]);
    const broken = { name: 'shop', services: { web: { image: 'a', 'x-berth': { sandbox: 'burn' } } } };
    await expect(engine.check(broken, context)).rejects.toMatchObject({ code: 'usage' });
    expect(journal.inputs).toEqual([]);
  });

  it('says by its own clock when it was looked at', async () => {
    const { engine, context, pass } = lab();
    expect((await engine.observe(shop, context)).at).toBe('2026-01-01T00:00:00.000Z');
    pass(90);
    expect((await engine.observe(shop, context)).at).toBe('2026-01-01T00:01:30.000Z');
  });

  it('keeps networks, volumes, secrets and configs, and says when they come and go', async () => {
    const { engine, context, events } = lab();
    for (const kind of ['network', 'volume', 'secret', 'config'] as const) {
      await engine.apply({ kind, ...shop, name: 'x', definition: { name: 'shop_x' } }, fence, context);
      await engine.apply({ kind, ...shop, name: 'x', definition: { name: 'shop_x' } }, fence, context);
    }
    await engine.apply(
      { kind: 'network', ...shop, name: 'x', definition: { name: 'shop_x', driver: 'd' } },
      fence,
      context,
    );
    expect((await engine.observe(shop, context)).resources).toEqual([
      { kind: 'config', ...shop, name: 'x' },
      { kind: 'network', ...shop, name: 'x' },
      { kind: 'secret', ...shop, name: 'x' },
      { kind: 'volume', ...shop, name: 'x' },
    ]);
    for (const kind of ['network', 'volume', 'secret', 'config'] as const) {
      await engine.remove({ kind, ...shop, name: 'x' }, fence, context);
      await engine.remove({ kind, ...shop, name: 'x' }, fence, context);
    }
    expect((await engine.observe(shop, context)).resources).toEqual([]);
    expect(await events()).toEqual([
      ...['network x create', 'volume x create', 'secret x create', 'config x create', 'network x update'],
      ...['network x destroy', 'volume x destroy', 'secret x remove', 'config x remove'],
    ]);
  });

  it.each<[ResourceRef['kind'], string]>([
    ['network', 'front'],
    ['network', 'shop_front'],
    ['volume', 'data'],
    ['secret', 'key'],
    ['config', 'conf'],
  ])('refuses to remove a %s that is in use (%s), until its last container has ended', async (kind, name) => {
    const { engine, context, up, down, pass, events } = lab();
    if (kind !== 'service') {
      await engine.apply({ kind, ...shop, name, definition: { name: `shop_${name}` } }, fence, context);
    }
    await up('web', {
      image: 'a',
      networks: { front: null },
      volumes: [{ type: 'volume', source: 'data', target: '/data' }],
      secrets: [{ source: 'key' }],
      configs: [{ source: 'conf' }],
    });
    pass(10);
    const remove = () => engine.remove({ kind, ...shop, name }, fence, context);
    await expect(remove()).rejects.toMatchObject({
      code: 'refused',
      message: `${kind} ${name} is in use by service web`,
    });
    await down('web');
    await expect(remove()).rejects.toMatchObject({ message: `${kind} ${name} is in use by container web-1` });
    pass(2);
    await remove();
    expect((await events()).filter((event) => event.startsWith(`${kind} ${name} `))).toHaveLength(2);
  });

  it('keeps stacks and namespaces apart, and lists by stack, service and slot', async () => {
    const { engine, context, up, tasks } = lab();
    await up('web', { image: 'a' }, { replicas: 2 });
    await up('api', { image: 'a' });
    await up('web', { image: 'a' }, { stack: 'blog' });
    await up('web', { image: 'a' }, { namespace: 'bob' });
    expect((await tasks()).map(({ stack, name }) => `${stack ?? ''} ${name}`)).toEqual([
      ...['blog web-1', 'shop api-1', 'shop web-1', 'shop web-2'],
    ]);
    expect(await engine.tasks({ namespace: 'ann', stack: 'blog' }, context)).toHaveLength(1);
    expect(await tasks({ service: 'api' })).toHaveLength(1);
    expect((await engine.observe({ namespace: 'bob', stack: 'shop' }, context)).services).toHaveLength(1);
  });

  it('gives back definitions as they were given', async () => {
    const { engine, context, up } = lab();
    const definition = { image: 'a', environment: { A: '1', B: null }, 'x-berth': { roles: ['global'] } };
    await up('web', definition, { generation: 7, completes: true });
    expect((await engine.observe(shop, context)).services).toEqual([
      {
        ...{ kind: 'service', ...shop, name: 'web', replicas: 1, definition, hash: JSON.stringify(definition) },
        ...{ generation: 7, completes: true, updating: false, rollout: null },
      },
    ]);
  });

  it('stops before it writes when the signal has aborted', async () => {
    const { engine, journal } = lab();
    const context = { signal: AbortSignal.abort() };
    const network = { kind: 'network' as const, ...shop, name: 'x' };
    await expect(engine.apply({ ...network, definition: { name: 'x' } }, fence, context)).rejects.toMatchObject({
      name: 'AbortError',
    });
    await expect(engine.remove(network, fence, context)).rejects.toMatchObject({ name: 'AbortError' });
    expect(journal.inputs).toEqual([]);
  });

  it('writes transitions once, however many look at the same time', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(5000), { minLength: 1, maxLength: 10 }), async (steps) => {
        const first = lab();
        const second = first.again({});
        await Promise.all([
          first.up('web', { image: 'a' }, { replicas: 3 }),
          second.up('db', { image: 'b' }),
          first.tasks(),
          second.tasks(),
        ]);
        for (const step of steps) {
          first.clock.nowMs += step;
          const looks = await Promise.all([first.tasks(), second.tasks(), first.tasks(), second.events()]);
          expect(looks[1]).toEqual(looks[0]);
        }
        const sequences = first.journal.written.map(({ sequence }) => sequence);
        expect(sequences).toEqual(sequences.map((_, index) => index + 1));
        const starts = first.journal.written.filter(({ verb }) => verb === 'start').map(({ name }) => name);
        expect(new Set(starts).size).toBe(starts.length);
      }),
      { numRuns: 50 },
    );
  });

  it('sees what a process with a clock ahead of its own has asked for', async () => {
    const behind = lab();
    const ahead = lab({}, { journal: behind.journal, clock: { nowMs: behind.clock.nowMs + 60_000 } });
    await ahead.up('web');
    expect(await behind.states()).toEqual(['web-1 Starting']);
    await behind.up('db');
    expect(await behind.states()).toEqual(['db-1 Starting', 'web-1 Starting']);
  });
});

describe('events', () => {
  it('come after a number, and follow until the signal aborts', async () => {
    const { up, journal, clock, again, context, engine } = lab();
    await up('web');
    expect(await collect(engine.events('1', { follow: false }, context))).toMatchObject([{ cursor: '2' }]);
    const controller = new AbortController();
    const seen: string[] = [];
    const events = again({}).engine.events(null, { follow: true }, { signal: controller.signal });
    clock.nowMs += 10_000;
    for await (const event of events) {
      seen.push(`${event.cursor} ${event.verb}`);
      if (event.verb === 'start') controller.abort();
    }
    expect(seen).toEqual(['1 create', '2 create', '3 start']);
    expect(journal.written).toHaveLength(3);
  });

  it('go on with the oldest that is kept where those in between were dropped', async () => {
    const it = lab();
    await it.up('web', { image: 'a' }, { replicas: 3 });
    it.pass(60);
    await it.events();
    it.journal.written.splice(0, 4);
    const after = (cursor: string) => collect(it.engine.events(cursor, { follow: false }, it.context));
    expect((await after('1')).map(({ cursor }) => cursor)).toEqual(['5', '6', '7']);
    expect(await after('7')).toEqual([]);
  });

  it('cannot go on from what is no cursor', async () => {
    const { engine, context } = lab();
    for (const cursor of ['', 'x', '-1', '1.5']) {
      await expect(collect(engine.events(cursor, { follow: false }, context))).rejects.toMatchObject({ code: 'usage' });
    }
  });

  it('come in pages without a gap', async () => {
    const { up, pass, engine, context } = lab({ BERTH_SANDBOX_NODES: '1' });
    await up('web', { image: 'a' }, { replicas: 600 });
    pass(60);
    const events = await collect(engine.events(null, { follow: false }, context));
    expect(events.map(({ cursor }) => cursor)).toEqual(Array.from({ length: 1201 }, (_, index) => String(index + 1)));
  });
});
