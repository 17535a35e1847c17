import { describe, expect, test } from 'vitest';
import type { Project } from '../../../src/lib/compose/project.js';
import type { Fence, LiveStack } from '../../../src/lib/control/engines/engine.js';
import type { ServiceResource, StackScope } from '../../../src/lib/plan/resources.js';
import { crashes, FakeEngine, hangs } from './fake-engine.js';
import { all, type Bench, newestLog, openBench } from './open-backend.js';

const shop: Project = {
  name: 'shop',
  services: {
    db: { image: 'db:1', networks: { default: null }, secrets: [{ source: 'token' }] },
    web: { image: 'web:1', networks: { default: null }, deploy: { replicas: 2 } },
  },
  networks: { default: { name: 'shop_default' } },
  secrets: { token: { name: 'shop_token', file: '/token', 'x-berth': { data: 'aHVzaA==' } } },
};

/** An engine on which another tool has deployed the shop. */
class LiveEngine extends FakeEngine {
  found: LiveStack | null = {
    project: shop,
    containers: {
      db: [{ id: 'aaa', slot: 1 }],
      web: [
        { id: 'bbb', slot: 1 },
        { id: 'ccc', slot: 3 },
      ],
    },
    unsaid: [{ path: 'services.db.volumes[0]', why: 'it is anonymous' }],
  };
  readonly adopted: unknown[] = [];
  readonly asked: StackScope[] = [];

  async live(scope: StackScope): Promise<LiveStack | null> {
    this.asked.push(scope);
    return this.found;
  }

  async adopt(resource: ServiceResource, containers: Readonly<Record<string, number>>, fence: Fence): Promise<void> {
    await this.apply(resource, fence);
    this.adopted.push({ name: resource.name, release: resource.release, uses: resource.uses, containers });
  }

  override async observe(scope: { namespace: string; stack: string }) {
    const seen = await super.observe(scope);
    const there = [
      { ...scope, kind: 'network' as const, name: 'default' },
      { ...scope, kind: 'secret' as const, name: 'token' },
    ];
    return { ...seen, resources: this.found === null ? seen.resources : [...seen.resources, ...there] };
  }
}

function adopt(bench: Bench, name = 'shop', options = {}) {
  return bench.verb('stacks', 'adopt')({ name }, options, bench.context);
}

describe('stack adopt', () => {
  test('takes over what runs, as the first release', async () => {
    const engine = new LiveEngine();
    const bench = await openBench({ engine });
    const { subject, action, plan } = await adopt(bench);
    expect(subject).toMatchObject({ name: 'shop', synchronized: true, services: ['db', 'web'] });
    expect(subject?.deployedAt).not.toBeNull();
    expect(action).toMatchObject({ name: 'Stack Adopt', state: 'Success' });
    expect(engine.asked).toEqual([{ namespace: 'ann', stack: 'shop' }]);
    expect(engine.adopted).toMatchObject([
      {
        name: 'db',
        release: 1,
        // Saved with the action, and read again from there.
        uses: { 'network default': { name: 'shop_default' }, 'secret token': { name: 'shop_token' } },
        containers: { aaa: 1 },
      },
      { name: 'web', release: 1, containers: { bbb: 1, ccc: 3 } },
    ]);
    expect(engine.calls).toEqual(['apply service db', 'apply service web']);
    expect(plan.map(({ id }) => id)).toContain('adopt service web');
    expect(await newestLog(bench)).toEqual([
      'services.db.volumes[0] is not in the definition: it is anonymous',
      'store stack shop: adopted db, web',
      'adopt network default: taken over as it is',
      'adopt secret token: taken over as it is',
      'adopt service db (image db:1, 1 replica): taken over with its container',
      'adopt service web (image web:1, 2 replicas): taken over with its 2 containers',
      'wait stack shop: the release is in force',
    ]);
    expect(bench.progress[0]).toMatchObject({ phase: 'note' });
    const [release] = await all(bench.verb('releases', 'list')({ stack: 'shop' }, {}, bench.context));
    expect(release).toMatchObject({ version: 1, summary: 'adopted db, web', current: true, failed: false });
  });

  test('afterwards the same file changes nothing', async () => {
    const engine = new LiveEngine();
    const bench = await openBench({ engine });
    await adopt(bench);
    const { plan } = await bench.verb('stacks', 'up')({ project: shop }, {}, bench.context);
    expect(plan).toEqual([]);
    await bench.verb('stacks', 'terminate')({ stack: 'shop' }, {}, bench.context);
    expect(engine.calls).toContain('remove network default');
    expect(await all(bench.verb('stacks', 'list')({}, {}, bench.context))).toEqual([]);
  });

  test('as a dry run changes nothing', async () => {
    const engine = new LiveEngine();
    const bench = await openBench({ engine });
    const { subject, plan } = await adopt(bench, 'shop', { dryRun: true });
    expect(subject).toBeNull();
    expect(plan.map(({ id }) => id)).toContain('adopt service db');
    expect([engine.adopted, engine.calls]).toEqual([[], []]);
    expect(await all(bench.verb('stacks', 'list')({}, {}, bench.context))).toEqual([]);
  });

  test('refuses what is known, also where nothing runs of it, and finds nothing where nothing runs', async () => {
    const engine = new LiveEngine();
    const bench = await openBench({ engine });
    await adopt(bench);
    await expect(adopt(bench)).rejects.toMatchObject({ code: 'conflict', message: 'there is a stack "shop" already' });
    const [action] = await all(bench.verb('actions', 'list')({}, {}, bench.context));
    const again = bench.verb('actions', 'retry')({ action: action?.id ?? '' }, {}, bench.context);
    await expect(again).rejects.toMatchObject({ code: 'conflict', message: 'there is a stack "shop" already' });
    engine.found = null;
    await bench.verb('stacks', 'create')({ project: { ...shop, name: 'idle' } }, {}, bench.context);
    await expect(adopt(bench, 'idle')).rejects.toMatchObject({ code: 'conflict' });
    await expect(adopt(bench, 'other')).rejects.toMatchObject({
      code: 'not_found',
      message: 'nothing runs under the name "other"',
    });
    expect(await all(bench.verb('actions', 'list')({}, {}, bench.context))).toHaveLength(2);
  });

  test('waits for nothing: what fails was failing before', async () => {
    const engine = new LiveEngine();
    engine.behaviour.set('web', crashes);
    engine.behaviour.set('db', hangs);
    const bench = await openBench({ engine });
    expect(await adopt(bench)).toMatchObject({ action: { state: 'Success' } });
    const [release] = await all(bench.verb('releases', 'list')({ stack: 'shop' }, {}, bench.context));
    expect(release).toMatchObject({ version: 1, failed: false });
    expect(engine.calls).toEqual(['apply service db', 'apply service web']);
  });

  test('and export --live are not there on an engine that has nothing to read from', async () => {
    const bench = await openBench();
    expect(() => bench.verb('stacks', 'adopt')).toThrow(expect.objectContaining({ code: 'unsupported' }));
    expect(bench.verb('stacks', 'export').options).toEqual([]);
  });
});

describe('a definition of a stack', () => {
  test('as its containers say it, also of a stack that nobody knows here', async () => {
    const engine = new LiveEngine();
    const bench = await openBench({ engine });
    const live = bench.verb('stacks', 'export');
    expect(live.options).toEqual(['live']);
    const exported = await live({ stack: 'shop' }, { live: true }, bench.context);
    expect(exported.services).toEqual(shop.services);
    expect(bench.progress).toEqual([
      {
        ...{ kind: 'stack', name: 'shop', phase: 'note' },
        status: 'services.db.volumes[0] cannot be said: it is anonymous',
      },
    ]);
    await expect(live({ stack: 'shop' }, {}, bench.context)).rejects.toMatchObject({ code: 'not_found' });
    engine.found = null;
    await expect(live({ stack: 'shop' }, { live: true }, bench.context)).rejects.toMatchObject({ code: 'not_found' });
  });

  test('is found by the id of a stack that is known', async () => {
    const engine = new LiveEngine();
    const bench = await openBench({ engine });
    const { subject } = await adopt(bench);
    await bench.verb('stacks', 'export')({ stack: subject?.id.slice(0, 8) ?? '' }, { live: true }, bench.context);
    expect(engine.asked.at(-1)).toEqual({ namespace: 'ann', stack: 'shop' });
  });

  test('holds no contents of secrets wherever it is shown', async () => {
    const engine = new LiveEngine();
    const bench = await openBench({ engine });
    await bench.verb('stacks', 'up')({ project: shop }, {}, bench.context);
    const changed = {
      ...shop,
      secrets: { token: { ...shop.secrets?.['token'], name: 'shop_token', 'x-berth': { data: 'bmV3' } } },
    };
    await bench.verb('stacks', 'up')({ project: changed }, {}, bench.context);
    const { context } = bench;
    const diff = await bench.verb('releases', 'diff')({ stack: 'shop', from: 1, to: 2 }, { reveal: true }, context);
    expect(diff.map(({ path }) => path)).toEqual(['secrets.token.x-berth.digest']);
    const shown = [
      await bench.verb('stacks', 'get')({ stack: 'shop' }, {}, context),
      await bench.verb('stacks', 'export')({ stack: 'shop' }, {}, context),
      await bench.verb('stacks', 'export')({ stack: 'shop' }, { live: true }, context),
      await bench.verb('releases', 'get')({ stack: 'shop', version: 1 }, {}, context),
      diff,
    ];
    expect(JSON.stringify(shown)).not.toMatch(/aHVzaA|bmV3|"data"/);
  });
});
