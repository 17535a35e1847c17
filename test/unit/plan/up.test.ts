import { describe, expect, test } from 'vitest';
import {
  carryOut,
  configure,
  deployed,
  emptyWorld,
  ids,
  needs,
  planOf,
  project,
  run,
  scaleTo,
  shop,
  toRun,
  up,
  update,
  upSteps,
  withService,
} from './sample.js';

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
    const steps = upSteps(deployed(), withService('web', { image: 'web:2' }));
    expect(ids(steps)).toEqual(['store stack shop', 'update service web', 'wait stack shop']);
    expect(steps[1]?.reasons).toEqual(['image: web:1 -> web:2']);
  });

  test('keeps the generation that runs', () => {
    const world = deployed();
    world.observed.services = world.observed.services.map((service) => ({ ...service, generation: 4 }));
    const [, update] = upSteps(world, withService('web', { image: 'web:2' }));
    expect(update?.body).toMatchObject({ resource: { generation: 4 } });
  });

  test('more replicas are a scale, not an update', () => {
    const steps = upSteps(deployed(), withService('web', { deploy: { replicas: 5 } }));
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
    expect(upSteps(world, withService('web', { image: 'web:2' }))[1]?.reasons).toEqual([
      'image: web:1 -> web:2',
      'replicas: 3 (scaled by hand, the file says 2)',
    ]);
  });

  test('replicas of a global service are the nodes: they are no reason', () => {
    const world = emptyWorld();
    const global = withService('web', { deploy: { mode: 'global' } });
    carryOut(world, upSteps(world, global));
    world.observed.services = world.observed.services.map((service) => ({ ...service, replicas: 9 }));
    expect(
      upSteps(world, withService('web', { deploy: { mode: 'global' } })).filter((step) => step.name === 'web'),
    ).toEqual([]);
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
    const left = planOf(deployed(), up(smaller));
    expect(ids(left.steps)).toEqual(['store stack shop', 'wait stack shop']);
    expect(left.notes).toEqual([
      'service db is gone from the definition and left alone; `stack up --prune` removes it',
    ]);

    const pruned = planOf(deployed(), up(smaller, { prune: true }));
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
    const world = { ...deployed(), unsettled: { db: 'starting (0 of 1 running)' } };
    expect(upSteps(world, shop)).toMatchObject([
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
    expect(ids(upSteps({ ...world, fulfilled: { job: known } }, both))).toContain(gate);
    expect(ids(upSteps({ ...world, fulfilled: {} }, both))).toContain(gate);
    expect(ids(upSteps({ ...world, fulfilled: { job: [...known, condition] } }, both))).not.toContain(gate);
    carryOut(world, upSteps(world, both));
    expect(upSteps({ ...world, fulfilled: {} }, both)).toEqual([]);
  });

  test('makes one release of a change, with what changed and no secret', () => {
    const world = deployed();
    const changed = withService('web', { image: 'web:2', environment: { LEVEL: 'info', TOKEN: 'secret-2' } });
    const [store] = run(world, up(changed));
    expect(store?.body).toMatchObject({
      do: 'release',
      standalone: false,
      rollbackOf: null,
      summary: 'changed web (environment: TOKEN changed, image: web:1 -> web:2)',
    });
    expect(world.releases.map(({ summary }) => summary)).toEqual([
      'created with db, web',
      'changed web (environment: TOKEN changed, image: web:1 -> web:2)',
    ]);
  });

  test('keeps what config set until it is reset', () => {
    const world = deployed();
    run(world, configure({ values: { LEVEL: 'debug' } }));
    expect(upSteps(world, shop)).toEqual([]);
    expect(world.observed.services.find(({ name }) => name === 'web')?.definition.environment).toEqual({
      LEVEL: 'debug',
      TOKEN: 'secret-1',
    });
    const steps = run(world, up(shop, { resetConfig: true }));
    expect(ids(steps)).toEqual([
      'store stack shop',
      'update service db',
      'wait service db healthy',
      'update service web',
      'wait stack shop',
    ]);
    expect(steps[0]).toMatchObject({ reasons: ['reset LEVEL'], body: { overlays: { config: {} } } });
    expect(upSteps(world, shop, { resetConfig: true })).toEqual([]);
  });

  test('reset of the scale goes back to the file, for the services that are brought up', () => {
    const world = deployed();
    run(world, scaleTo({ web: 5, db: 2 }));
    expect(upSteps(world, shop, { services: ['db'], resetScale: true })).toMatchObject([
      {
        id: 'store scale of stack shop',
        reasons: ['replicas of db: 2 -> 1, as the file says'],
        body: { do: 'overlay', replicas: { db: null } },
      },
      { id: 'scale service db', reasons: ['replicas: 2 -> 1'] },
      { id: 'wait stack shop' },
    ]);
    run(world, up(shop, { resetScale: true }));
    expect(world.scale).toEqual({});
    expect(world.observed.services.map(({ name, replicas }) => [name, replicas])).toEqual([
      ['db', 1],
      ['web', 2],
    ]);
    expect(upSteps(world, shop, { resetScale: true })).toEqual([]);
  });

  test('starts what is stopped, in order', () => {
    const world = deployed();
    run(world, toRun('stop'));
    expect(upSteps(world, shop)).toMatchObject([
      { id: 'start service db', operation: 'start', reasons: ['stopped'] },
      { id: 'wait service db healthy' },
      { id: 'start service web', operation: 'start', reasons: ['stopped'] },
      { id: 'wait stack shop' },
    ]);
    carryOut(world, upSteps(world, shop));
    expect(world.observed.services.every(({ stopped }) => stopped === undefined)).toBe(true);
  });

  test('of a stack that is half terminated makes a release of the same, and what is gone', () => {
    const world = deployed();
    carryOut(world, planOf(world, { want: 'terminate', volumes: false }).steps.slice(0, 3));
    expect(upSteps(world, shop)).toMatchObject([
      { id: 'store stack shop', reasons: ['it was being terminated'], body: { summary: 'the same again' } },
      { id: 'create service web' },
      { id: 'wait stack shop' },
    ]);
  });

  test('does not take the name of a service that stands alone', () => {
    const world = deployed();
    expect(() => upSteps(world, shop, { standalone: true })).toThrow('"shop" is the name of a stack already');
    const alone = emptyWorld();
    run(alone, up(project({ shop: { image: 'a' } }), { standalone: true }));
    expect(() => upSteps(alone, shop)).toThrow('"shop" is the name of a service that stands alone already');
  });

  test('refuses services that the file lacks, and services that need each other', () => {
    expect(() => upSteps(deployed(), shop, { services: ['wed'] })).toThrow(
      expect.objectContaining({ code: 'not_found', hint: 'Did you mean web?' }),
    );
    const a = { image: 'a', depends_on: { b: needs('service_started') } };
    const b = { image: 'b', depends_on: { a: needs('service_started') } };
    const cyclic = project({ a, b });
    expect(() => upSteps(deployed(), cyclic)).toThrow(expect.objectContaining({ code: 'input' }));
    expect(() => planOf(deployed(), update(cyclic, false))).toThrow('dependency cycle: a -> b -> a');
  });
});
