import { describe, expect, test } from 'vitest';
import { planCreate, planUp } from '../../../src/lib/plan/up.js';
import { carryOut, emptyWorld, ids, inputFor, needs, project, upSteps } from './sample.js';

const shop = project(
  {
    db: {
      image: 'postgres:16',
      networks: { default: null },
      volumes: [{ type: 'volume', source: 'data', target: '/data' }],
    },
    web: {
      image: 'web:1',
      networks: { default: null, outside: null },
      deploy: { replicas: 2 },
      secrets: [{ source: 'key' }],
      depends_on: { db: needs('service_healthy') },
    },
  },
  {
    networks: {
      default: { name: 'shop_default' },
      outside: { name: 'outside', external: true },
      unused: { name: 'unused' },
    },
    volumes: { data: { name: 'shop_data' } },
    secrets: { key: { name: 'shop_key', file: '/key' } },
  },
);

function deployed() {
  const world = emptyWorld();
  carryOut(world, upSteps(world, shop));
  return world;
}

function webChanged(change: object) {
  return { ...shop, services: { ...shop.services, web: { ...shop.services['web'], ...change } } };
}

describe('up', () => {
  test('of a new stack stores, creates in order, waits for dependencies and at the end', () => {
    const steps = upSteps(emptyWorld(), shop);
    expect(ids(steps)).toEqual([
      'store stack shop',
      'create network default',
      'create volume data',
      'create secret key',
      'create service db',
      'wait service db healthy',
      'create service web',
      'wait stack shop',
    ]);
    expect(steps.map((step) => step.wave)).toEqual([1, 2, 2, 2, 3, 4, 5, 6]);
    expect(steps.find((step) => step.id === 'create service web')?.body).toMatchObject({
      do: 'apply',
      resource: { kind: 'service', namespace: 'ann', stack: 'shop', replicas: 2, generation: 1 },
    });
    expect(steps.at(-1)?.body).toEqual({ do: 'converge', services: ['db', 'web'], monitorMs: 500, deploys: true });
  });

  test('again plans nothing', () => {
    expect(upSteps(deployed(), shop)).toEqual([]);
  });

  test('touches only the service that changed, and says why', () => {
    const steps = upSteps(deployed(), webChanged({ image: 'web:2' }));
    expect(ids(steps)).toEqual(['store stack shop', 'update service web', 'wait stack shop']);
    expect(steps[1]?.reasons).toEqual(['image: web:1 -> web:2']);
  });

  test('keeps the generation that runs', () => {
    const world = deployed();
    world.observed.services = world.observed.services.map((service) => ({ ...service, generation: 4 }));
    const [, update] = upSteps(world, webChanged({ image: 'web:2' }));
    expect(update?.body).toMatchObject({ resource: { generation: 4 } });
  });

  test('more replicas are a scale, not an update', () => {
    const steps = upSteps(deployed(), webChanged({ deploy: { replicas: 5 } }));
    expect(ids(steps)).toEqual(['store stack shop', 'scale service web', 'wait stack shop']);
    expect(steps[1]?.reasons).toEqual(['replicas: 2 -> 5']);
  });

  test('keeps what scale set, and says so', () => {
    const world = deployed();
    world.scale = { web: 3 };
    const reason = 'replicas: 2 -> 3 (scaled by hand, the file says 2)';
    expect(upSteps(world, shop)).toMatchObject([
      { id: 'scale service web', reasons: [reason] },
      { id: 'wait stack shop' },
    ]);
    carryOut(world, upSteps(world, shop));
    expect(upSteps(world, shop)).toEqual([]);
    expect(upSteps(world, webChanged({ image: 'web:2' }))[1]?.reasons).toEqual([
      'image: web:1 -> web:2',
      'replicas: 3 (scaled by hand, the file says 2)',
    ]);
  });

  test('replicas of a global service are the nodes: they are no reason', () => {
    const world = emptyWorld();
    const global = webChanged({ deploy: { mode: 'global' } });
    carryOut(world, upSteps(world, global));
    world.observed.services = world.observed.services.map((service) => ({ ...service, replicas: 9 }));
    expect(upSteps(world, webChanged({ deploy: { mode: 'global' } })).filter((step) => step.name === 'web')).toEqual(
      [],
    );
  });

  test('a changed network is applied again; one that was there before is taken over', () => {
    const changed = { ...shop, networks: { ...shop.networks, default: { name: 'shop_default', driver: 'overlay' } } };
    expect(upSteps(deployed(), changed)).toMatchObject([
      { id: 'store stack shop' },
      { id: 'update network default', reasons: ['definition changed'] },
      { id: 'wait stack shop' },
    ]);
    const world = deployed();
    world.applied = { ...world.applied, 'volume data': '' };
    delete world.applied['volume data'];
    expect(upSteps(world, shop)[0]).toMatchObject({
      id: 'update volume data',
      reasons: ['it is there already, and is taken over'],
    });
  });

  test('of some services leaves the others alone, and takes their dependencies', () => {
    expect(ids(upSteps(emptyWorld(), shop, { services: ['db'] }))).toEqual([
      'store stack shop',
      'create network default',
      'create volume data',
      'create service db',
      'wait stack shop',
    ]);
    expect(ids(upSteps(emptyWorld(), shop, { services: ['web'] }))).toContain('create service db');
  });

  test('leaves services that are gone from the file alone, or removes them', () => {
    const web = shop.services['web'] ?? {};
    const { depends_on: _gone, ...alone } = web;
    const smaller = { ...shop, services: { web: alone } };
    const left = planUp(inputFor(deployed(), smaller));
    expect(ids(left.steps)).toEqual(['store stack shop', 'wait stack shop']);
    expect(left.notes).toEqual(['service db is gone from the file and left alone; --prune removes it']);

    const pruned = planUp(inputFor(deployed(), smaller, { prune: true }));
    expect(ids(pruned.steps)).toEqual([
      'store stack shop',
      'remove service db',
      'wait service db gone',
      'wait stack shop',
    ]);
    expect(pruned.notes).toEqual([]);
  });

  test('prune removes networks and secrets that nothing uses, never volumes', () => {
    const bare = project({ web: { image: 'web:1', network_mode: 'host' } });
    const steps = ids(upSteps(deployed(), bare, { prune: true }));
    expect(steps).toContain('remove network default');
    expect(steps).toContain('remove secret key');
    expect(steps).not.toContain('remove volume data');
  });

  test('prune removes networks and secrets when no old replica holds them any more', () => {
    const bare = project({ web: { image: 'web:1', network_mode: 'host' } });
    expect(ids(upSteps(deployed(), bare, { prune: true })).slice(-3)).toEqual([
      'wait stack shop',
      'remove network default',
      'remove secret key',
    ]);
  });

  test('prune leaves what a service that is not brought up now still uses', () => {
    const db = { image: 'postgres:16', network_mode: 'host' };
    const bare = project({ db, web: { image: 'web:1', network_mode: 'host' } });
    const some = { services: ['db'], prune: true };
    expect(ids(upSteps(deployed(), bare, some))).toEqual(['store stack shop', 'update service db', 'wait stack shop']);
  });

  test('asks again for what does not run as it should, and waits for it', () => {
    expect(upSteps(deployed(), shop, { unsettled: { db: 'starting (0 of 1 running)' } })).toMatchObject([
      { id: 'update service db', operation: 'update', reasons: ['starting (0 of 1 running)'], body: { do: 'apply' } },
      { id: 'wait stack shop', operation: 'wait', reasons: ['db: starting (0 of 1 running)'] },
    ]);
  });

  test('asks once for a condition that two services need, and for each condition of one', () => {
    const both = project({
      job: { image: 'job' },
      a: { image: 'a', depends_on: { job: needs('service_completed_successfully') } },
      b: { image: 'b', depends_on: { job: needs('service_completed_successfully', false) } },
      c: { image: 'c', depends_on: { a: needs('service_started'), job: needs('service_completed_successfully') } },
    });
    const steps = upSteps(emptyWorld(), both);
    const waits = steps.filter((step) => step.body.do === 'gate');
    expect(ids(waits)).toEqual(['wait service job completed', 'wait service a started']);
    expect(waits[0]).toMatchObject({ reasons: ['a needs it', 'b needs it'], body: { required: true } });
    expect(steps.find((step) => step.id === 'create service job')?.body).toMatchObject({
      resource: { completes: true },
    });
  });

  test.each([
    ['service_completed_successfully', 'completed', ['started', 'healthy']],
    ['service_healthy', 'healthy', ['started']],
    ['service_started', 'started', []],
  ] as const)('waits for a dependency that runs already but is not yet as needed: %s', (needed, condition, known) => {
    const world = emptyWorld();
    const job = { image: 'job' };
    carryOut(world, upSteps(world, project({ job })));
    const both = project({ job, web: { image: 'web', depends_on: { job: needs(needed) } } });
    const gate = `wait service job ${condition}`;
    expect(ids(upSteps(world, both, { fulfilled: { job: known } }))).toContain(gate);
    expect(ids(upSteps(world, both, { fulfilled: {} }))).toContain(gate);
    expect(ids(upSteps(world, both, { fulfilled: { job: [...known, condition] } }))).not.toContain(gate);
    carryOut(world, upSteps(world, both));
    expect(upSteps(world, both, { fulfilled: {} })).toEqual([]);
  });

  test('create only stores', () => {
    expect(planCreate(shop, 'id-7').steps).toMatchObject([
      { id: 'store stack shop', reasons: ['new'], body: { do: 'define', id: 'id-7' } },
    ]);
  });
});
