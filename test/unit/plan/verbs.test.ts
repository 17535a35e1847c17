import { describe, expect, test } from 'vitest';
import {
  carryOut,
  configure,
  deployed,
  emptyWorld,
  hashes,
  ids,
  needs,
  planOf,
  project,
  run,
  scaleTo,
  shop,
  toContainer,
  toRun,
  up,
  update,
  upSteps,
  withService,
  type World,
} from './sample.js';

function serviceOf(world: World, name: string) {
  return world.observed.services.find((service) => service.name === name);
}

describe('create', () => {
  test('only stores, and not what is there already', () => {
    const world = emptyWorld();
    const create = { want: 'create', definition: shop, standalone: false } as const;
    expect(run(world, create)).toMatchObject([
      {
        id: 'store stack shop',
        reasons: ['new'],
        body: { do: 'release', id: 'id-1', summary: 'created with db, web', standalone: false, rollbackOf: null },
      },
    ]);
    expect(() => planOf(world, create)).toThrow('there is a stack "shop" already');
    expect(() => planOf(world, { ...create, standalone: true })).toThrow(expect.objectContaining({ code: 'conflict' }));
  });
});

describe('update', () => {
  test('stores, and leaves what runs', () => {
    const world = deployed();
    const changed = withService('web', { image: 'web:2' });
    expect(ids(run(world, update(changed, false)))).toEqual(['store stack shop']);
    expect(planOf(world, update(changed, false)).steps).toEqual([]);
    expect(ids(planOf(world, update(changed, true)).steps)).toEqual(['update service web', 'wait stack shop']);
  });

  test('with redeploy replaces what differs and makes what is new', () => {
    const { db, web } = shop.services;
    const next = { ...shop, services: { db: db ?? {}, web: { ...web, image: 'web:2' }, worker: { image: 'w:1' } } };
    const steps = planOf(deployed(), update(next, true)).steps;
    expect(ids(steps)).toEqual(['store stack shop', 'create service worker', 'update service web', 'wait stack shop']);
    expect(steps.at(-1)?.body).toMatchObject({ services: ['web', 'worker'], deploys: true });
  });

  test('with redeploy runs nothing of a stack of which nothing runs, and leaves stopped services so', () => {
    const idle = emptyWorld();
    run(idle, { want: 'create', definition: shop, standalone: false });
    const changed = withService('web', { image: 'web:2' });
    expect(ids(planOf(idle, update(changed, true)).steps)).toEqual(['store stack shop']);

    const world = deployed();
    run(world, toRun('stop', ['web']));
    const { steps, notes } = planOf(world, update(changed, true));
    expect(ids(steps)).toEqual(['store stack shop']);
    expect(notes).toEqual(['service web is stopped and stays so; it is as now defined when it is started']);
  });

  test('tells of what is gone from the definition, and needs a stack', () => {
    const smaller = { ...shop, services: { db: shop.services['db'] ?? {} } };
    expect(planOf(deployed(), update(smaller, true)).notes).toEqual([
      'service web is gone from the definition and left alone; `berth service terminate` removes it',
    ]);
    expect(() => planOf(emptyWorld(), update(shop, false))).toThrow(expect.objectContaining({ code: 'not_found' }));
  });
});

describe('change', () => {
  const change = (changes: object, redeploy = true, service = 'web') =>
    ({ want: 'change', service, changes, redeploy, monitorMs: 500 }) as const;

  test('replaces attributes of one service, and what runs of it', () => {
    const world = deployed();
    expect(run(world, change({ image: 'web:2', secrets: null, deploy: { replicas: 3 } }))).toMatchObject([
      {
        id: 'store stack shop',
        body: { summary: 'changed web (image: web:1 -> web:2, secrets removed, replicas: 2 -> 3)' },
      },
      { id: 'update service web', body: { resource: { replicas: 3 } } },
      { id: 'wait stack shop', body: { services: ['web'] } },
    ]);
    const { secrets: _secrets, ...rest } = shop.services['web'] ?? {};
    expect(world.stored?.definition.services['web']).toEqual({ ...rest, image: 'web:2', deploy: { replicas: 3 } });
    expect(planOf(world, change({ image: 'web:2', secrets: null })).steps).toEqual([]);
  });

  test('without redeploy only stores, and does not bring up what was never deployed', () => {
    expect(ids(planOf(deployed(), change({ image: 'web:2' }, false)).steps)).toEqual(['store stack shop']);
    const world = emptyWorld();
    run(world, up(shop, { services: ['db'] }));
    expect(ids(planOf(world, change({ image: 'web:2' })).steps)).toEqual(['store stack shop']);
  });

  test('needs the service', () => {
    expect(() => planOf(deployed(), change({ image: 'x' }, true, 'wep'))).toThrow(
      expect.objectContaining({ code: 'not_found', hint: 'Did you mean web?' }),
    );
  });
});

describe('start and stop', () => {
  test('stop keeps the replicas from running, dependents first, and waits', () => {
    const world = deployed();
    const steps = planOf(world, toRun('stop')).steps;
    expect(steps).toMatchObject([
      { id: 'stop service web', operation: 'stop', wave: 1, body: { resource: { stopped: true, replicas: 2 } } },
      { id: 'stop service db', operation: 'stop', wave: 2, body: { resource: { stopped: true } } },
      { id: 'wait stack shop', body: { services: ['db', 'web'], deploys: false } },
    ]);
    const before = hashes(world);
    carryOut(world, steps);
    expect(hashes(world)).toEqual(before);
    expect(planOf(world, toRun('stop')).steps).toEqual([]);
  });

  test('start runs them again in order, and leaves alone what runs', () => {
    const world = deployed();
    run(world, toRun('stop'));
    const steps = run(world, toRun('start'));
    expect(ids(steps)).toEqual(['start service db', 'wait service db healthy', 'start service web', 'wait stack shop']);
    expect(steps.at(-1)?.body).toMatchObject({ services: ['db', 'web'], deploys: false });
    expect(serviceOf(world, 'web')).not.toHaveProperty('stopped');
    expect(planOf(world, toRun('start')).steps).toEqual([]);
  });

  test('start of one service starts only that, and tells what it lacks', () => {
    const world = deployed();
    run(world, toRun('stop'));
    const { steps, notes } = planOf(world, toRun('start', ['web']));
    expect(ids(steps)).toEqual(['start service web', 'wait stack shop']);
    expect(notes).toEqual(['service web needs db, which does not run']);
  });

  test('start deploys what was only stored, and does what was changed meanwhile', () => {
    const world = emptyWorld();
    run(world, { want: 'create', definition: shop, standalone: false });
    const steps = run(world, toRun('start'));
    expect(ids(steps)).toEqual(ids(upSteps(emptyWorld(), shop)).slice(1));
    expect(steps.at(-1)?.body).toMatchObject({ deploys: true });

    run(world, toRun('stop', ['web']));
    run(world, configure({ values: { LEVEL: 'debug' }, service: 'web' }));
    expect(planOf(world, toRun('start')).steps).toMatchObject([
      { id: 'start service web', reasons: ['stopped', 'environment: LEVEL changed'] },
      { body: { deploys: true } },
    ]);
  });

  test('start asks again for what does not run as it should', () => {
    const world = { ...deployed(), unsettled: { db: 'keeps exiting' } };
    expect(planOf(world, toRun('start')).steps).toMatchObject([
      { id: 'update service db', reasons: ['keeps exiting'] },
      { id: 'wait stack shop', reasons: ['db: keeps exiting'], body: { services: ['db'] } },
    ]);
  });

  test('both know services that are gone from the definition', () => {
    const world = deployed();
    run(world, update(project({ db: shop.services['db'] ?? {} }), false));
    expect(ids(run(world, toRun('stop', ['web'])))).toEqual(['stop service web', 'wait stack shop']);
    expect(ids(run(world, toRun('start')))).toContain('start service web');
    expect(() => planOf(world, toRun('start', ['wep']))).toThrow(
      expect.objectContaining({ hint: 'Did you mean web?' }),
    );
  });
});

describe('redeploy', () => {
  test('replaces every replica, each service after what it needs', () => {
    const world = deployed();
    const steps = run(world, toRun('redeploy'));
    expect(steps).toMatchObject([
      { id: 'restart service db', operation: 'restart', reasons: ['redeploy'] },
      { id: 'wait service db healthy' },
      { id: 'restart service web', operation: 'restart', reasons: ['redeploy'] },
      { id: 'wait stack shop', body: { services: ['db', 'web'], deploys: true } },
    ]);
    expect(world.observed.services.map(({ generation }) => generation)).toEqual([2, 2]);
  });

  test('of one service waits for no other, and takes the stored definition, overlays and scale', () => {
    const world = deployed();
    run(world, scaleTo({ web: 4 }));
    run(world, update(withService('web', { image: 'web:2' }), false));
    run(world, configure({ values: { EXTRA: '1' }, redeploy: false }));
    const [step, wait] = planOf(world, toRun('redeploy', ['web'])).steps;
    expect(step).toMatchObject({
      id: 'restart service web',
      reasons: [
        'redeploy',
        'environment: EXTRA added',
        'image: web:1 -> web:2',
        'replicas: 4 (scaled by hand, the file says 2)',
      ],
      body: { resource: { generation: 2, replicas: 4, definition: { image: 'web:2', environment: { EXTRA: '1' } } } },
    });
    expect(wait?.id).toBe('wait stack shop');
  });

  test('runs what is stopped, and makes what is not there', () => {
    const world = emptyWorld();
    run(world, up(shop, { services: ['db'] }));
    run(world, toRun('stop'));
    expect(ids(run(world, toRun('redeploy')))).toEqual([
      'create secret key',
      'restart service db',
      'wait service db healthy',
      'create service web',
      'wait stack shop',
    ]);
    expect(serviceOf(world, 'db')).not.toHaveProperty('stopped');
  });
});

describe('rollback', () => {
  const back = (version: number) => ({ want: 'rollback', version, monitorMs: 500 }) as const;

  test('is a new release of the old definition and overlays; services that are new go', () => {
    const world = deployed();
    run(world, configure({ values: { LEVEL: 'debug' } }));
    const bigger = { ...shop, services: { ...shop.services, worker: { image: 'w' } } };
    run(world, up(bigger, { resetConfig: true }));
    const steps = run(world, back(2));
    expect(ids(steps)).toEqual([
      'store stack shop',
      'remove service worker',
      'wait service worker gone',
      'update service db',
      'wait service db healthy',
      'update service web',
      'wait stack shop',
    ]);
    expect(steps[0]).toMatchObject({ reasons: ['rolled back to v2'], body: { rollbackOf: 2 } });
    expect(world.releases.at(-1)).toMatchObject({ overlays: { config: { '': { LEVEL: 'debug' } } }, rollbackOf: 2 });
  });

  test('to what the newest release says only does what is left to do', () => {
    const world = deployed();
    expect(planOf(world, back(1)).steps).toEqual([]);
    world.unsettled = { web: 'keeps exiting' };
    expect(ids(planOf(world, back(1)).steps)).toEqual(['update service web', 'wait stack shop']);
  });

  test('needs a release that is kept', () => {
    expect(() => planOf(deployed(), back(7))).toThrow('stack "shop" has no release v7');
    expect(() => planOf(emptyWorld(), back(1))).toThrow('no stack "shop"');
  });
});

describe('a container that is gone', () => {
  test('needs nothing more to be removed but the number of replicas that goes with it', () => {
    const world = deployed();
    const gone = { ...toContainer({ do: 'remove' }), container: 'c-9' };
    expect(planOf(world, gone).steps).toEqual([]);
    expect(planOf({ ...world, scale: { web: 7 } }, gone).steps).toMatchObject([
      { id: 'scale service web', body: { do: 'apply', resource: { replicas: 7 } } },
    ]);
    expect(() => planOf(world, { ...gone, command: { do: 'start' } })).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
  });
});

describe('container', () => {
  test.each([
    ['start', 'start'],
    ['restart', 'restart'],
    ['unpause', 'start'],
    ['replace', 'restart'],
  ] as const)('%s waits for the service', (command, operation) => {
    expect(planOf(deployed(), toContainer({ do: command })).steps).toMatchObject([
      {
        id: `${operation} container web-1`,
        operation,
        kind: 'container',
        name: 'web-1',
        body: { do: 'command', container: 'c-1', service: 'web', command: { do: command } },
      },
      { id: 'wait stack shop', body: { services: ['web'], deploys: false } },
    ]);
  });

  test.each([
    [{ do: 'stop' }, 'stop'],
    [{ do: 'pause' }, 'pause'],
    [{ do: 'kill', signal: 'SIGHUP' }, 'kill with SIGHUP'],
  ] as const)('%j waits for nothing', (command, reason) => {
    expect(planOf(deployed(), toContainer(command)).steps).toMatchObject([
      { id: 'stop container web-1', operation: 'stop', reasons: [reason], body: { command } },
    ]);
  });

  test('remove takes one replica less, and that one', () => {
    const world = deployed();
    const steps = run(world, toContainer({ do: 'remove' }));
    expect(steps).toMatchObject([
      { id: 'store scale of stack shop', wave: 1, body: { do: 'overlay', replicas: { web: 1 } } },
      { id: 'remove container web-1', wave: 2, operation: 'remove', body: { do: 'command' } },
      { id: 'scale service web', wave: 3, body: { resource: { replicas: 1, generation: 1 } } },
    ]);
    expect(steps).toHaveLength(3);
    expect(upSteps(world, shop)).toEqual([]);
  });

  test('remove stores no scale that is kept already, nor one of a service that is defined no more', () => {
    const world = deployed();
    world.scale = { web: 1 };
    const after = ['remove container web-1', 'scale service web'];
    expect(ids(planOf(world, toContainer({ do: 'remove' })).steps)).toEqual(after);
    world.scale = {};
    run(world, update({ ...shop, services: { db: shop.services['db'] ?? {} } }, false));
    expect(ids(planOf(world, toContainer({ do: 'remove' })).steps)).toEqual(after);
  });

  test('refuses what cannot be', () => {
    const world = deployed(project({ agent: { image: 'a', deploy: { mode: 'global' } } }));
    expect(() => planOf(world, toContainer({ do: 'remove' }, 'agent'))).toThrow(
      expect.objectContaining({ code: 'refused' }),
    );
    expect(() => planOf(world, toContainer({ do: 'stop' }, 'web'))).toThrow(
      expect.objectContaining({ code: 'not_found' }),
    );
    run(world, toRun('stop'));
    expect(() => planOf(world, toContainer({ do: 'start' }, 'agent'))).toThrow('service agent is stopped');
  });
});

describe('gates', () => {
  test('do not wait for what neither runs nor is brought up', () => {
    const job = { image: 'job' };
    const web = { image: 'web', depends_on: { job: needs('service_completed_successfully') } };
    const world = deployed(project({ job, web }));
    run(world, toRun('stop', ['job']));
    world.fulfilled = {};
    expect(ids(planOf(world, toRun('redeploy', ['web'])).steps)).toEqual(['restart service web', 'wait stack shop']);
  });
});
