import { describe, expect, test } from 'vitest';
import {
  carryOut,
  deployed as running,
  emptyWorld,
  ids,
  needs,
  planOf,
  project,
  run,
  scaleTo,
  toRun,
  up,
  update,
  upSteps,
  type World,
} from './sample.js';

const shop = project(
  {
    db: { image: 'db', volumes: [{ type: 'volume', source: 'data', target: '/data' }] },
    web: { image: 'web', deploy: { replicas: 2 }, depends_on: { db: needs('service_started') } },
  },
  { networks: { default: { name: 'n' } }, volumes: { data: { name: 'v' } } },
);

const deployed = () => running(shop);

function scaled(world: World, targets: Record<string, number>) {
  return planOf(world, scaleTo(targets)).steps;
}

function terminated(world: World, volumes = false) {
  return planOf(world, { want: 'terminate', volumes }).steps;
}

function removed(world: World, service: string) {
  return planOf(world, { want: 'remove', service }).steps;
}

describe('scale', () => {
  test('stores the overlay, scales what runs, and waits for it alone', () => {
    const steps = scaled(deployed(), { web: 3 });
    expect(steps).toMatchObject([
      {
        id: 'store scale of stack shop',
        reasons: ['replicas of web: 2 -> 3'],
        body: { do: 'overlay', replicas: { web: 3 } },
      },
      { id: 'scale service web', operation: 'scale', reasons: ['replicas: 2 -> 3'] },
      { id: 'wait stack shop', body: { do: 'converge', services: ['web'], monitorMs: 500, deploys: false } },
    ]);
  });

  test('to what the file says already is stored, so that it is kept; again plans nothing', () => {
    const world = deployed();
    expect(scaled(world, { web: 2, db: 1 })).toMatchObject([
      {
        reasons: ['replicas of db: 1, kept whatever the file says', 'replicas of web: 2, kept whatever the file says'],
        body: { do: 'overlay', replicas: { db: 1, web: 2 } },
      },
    ]);
    carryOut(world, scaled(world, { web: 2 }));
    expect(scaled(world, { web: 2 })).toEqual([]);
    expect(scaled(world, { web: 2, db: 1 })).toMatchObject([
      { reasons: ['replicas of db: 1, kept whatever the file says'] },
    ]);
    carryOut(world, scaled(world, { web: 3 }));
    expect(scaled(world, { web: 3 })).toEqual([]);
    expect(ids(scaled(world, { web: 3, db: 1 }))).toEqual(['store scale of stack shop']);
  });

  test('knows services that are called like what every object has', () => {
    const world = emptyWorld();
    run(world, { want: 'create', definition: project({ constructor: { image: 'c' } }), standalone: false });
    carryOut(world, scaled(world, { constructor: 1 }));
    expect(world.scale).toEqual({ constructor: 1 });
    expect(scaled(world, { constructor: 1 })).toEqual([]);
  });

  test('back to what the file says keeps the overlay', () => {
    const world = deployed();
    carryOut(world, scaled(world, { web: 3 }));
    carryOut(world, scaled(world, { web: 2 }));
    expect(world.scale).toEqual({ web: 2 });
  });

  test('of a stack that does not run only stores', () => {
    const world = emptyWorld();
    run(world, { want: 'create', definition: shop, standalone: false });
    expect(ids(scaled(world, { web: 3 }))).toEqual(['store scale of stack shop']);
  });

  test('keeps the definition that a service runs with, and what else the engine tells of it to itself', () => {
    const world = deployed();
    world.observed.services = world.observed.services.map((service) => ({
      ...service,
      ...{ hash: 'old', generation: 3, updating: false },
    }));
    const step = scaled(world, { web: 0 }).find(({ id }) => id === 'scale service web');
    expect(step?.body).toMatchObject({ resource: { hash: 'old', generation: 3, replicas: 0 } });
    expect(JSON.stringify(step)).not.toContain('updating');
  });

  test('of a stopped service leaves it stopped', () => {
    const world = deployed();
    run(world, toRun('stop'));
    world.unsettled = { web: 'stopped' };
    expect(scaled(world, { web: 3 })[1]?.body).toMatchObject({ resource: { replicas: 3, stopped: true } });
    carryOut(world, scaled(world, { web: 3 }));
    expect(scaled(world, { web: 3 })).toEqual([]);
  });

  test('refuses services that are not there, and those that run on every node', () => {
    const world = emptyWorld();
    run(world, up(project({ agent: { image: 'a', deploy: { mode: 'global' } } })));
    expect(() => scaled(world, { agent: 2 })).toThrow(expect.objectContaining({ code: 'refused' }));
    expect(() => scaled(world, { agend: 2 })).toThrow(
      expect.objectContaining({ code: 'not_found', hint: 'Did you mean agent?' }),
    );
    expect(() => scaled(emptyWorld(), { web: 2 })).toThrow('no stack "shop"');
  });
});

describe('terminate', () => {
  test('removes dependents first, then what they used, then the definition', () => {
    expect(ids(terminated(deployed()))).toEqual([
      'stop stack shop',
      'remove service web',
      'wait service web gone',
      'remove service db',
      'wait service db gone',
      'remove network default',
      'remove stack shop',
    ]);
  });

  test('removes volumes only when asked', () => {
    expect(ids(terminated(deployed(), true))).toContain('remove volume data');
  });

  test('goes by the stored order where what runs has an older one, and never fails for a cycle', () => {
    const world = emptyWorld();
    const first = project({ a: { image: 'x:1', depends_on: { b: needs('service_started') } }, b: { image: 'y:1' } });
    const second = project({ a: { image: 'x:1' }, b: { image: 'y:2', depends_on: { a: needs('service_started') } } });
    run(world, up(first));
    run(world, up(second));
    expect(ids(terminated(world)).slice(1, -1)).toEqual([
      'remove service b',
      'wait service b gone',
      'remove service a',
      'wait service a gone',
    ]);
    const third = project({ c: { image: 'z:1' } });
    run(world, update(third, false));
    const order = ['remove service a', 'remove service b', 'wait service a gone', 'wait service b gone'];
    expect(ids(terminated(world)).slice(1, -1)).toEqual(order);
    expect(ids(upSteps(world, third, { prune: true }))).toEqual(expect.arrayContaining(order));
  });

  test('of a stack that does not run forgets it; where there is none, nothing is left to do', () => {
    const world = emptyWorld();
    run(world, { want: 'create', definition: shop, standalone: false });
    expect(ids(terminated(world))).toEqual(['remove stack shop']);
    carryOut(world, terminated(world));
    expect(terminated(world)).toEqual([]);
  });

  test('that has begun is not got past by a verb that changes the stack', () => {
    const world = deployed();
    carryOut(world, terminated(world).slice(0, 1));
    for (const intent of [scaleTo({ web: 3 }), update(shop, true), toRun('start'), toRun('redeploy')]) {
      expect(() => planOf(world, intent)).toThrow(expect.objectContaining({ code: 'conflict' }));
    }
    carryOut(world, terminated(world));
    expect(world.stored).toBeNull();
  });
});

describe('remove', () => {
  test('takes a service out of the definition first, then down', () => {
    const world = deployed();
    const steps = removed(world, 'db');
    expect(steps).toMatchObject([
      { id: 'store stack shop', body: { do: 'release', summary: 'changed web (depends_on changed), removed db' } },
      { id: 'remove service db' },
      { id: 'wait service db gone' },
      { id: 'wait stack shop', body: { services: [], deploys: true } },
    ]);
    carryOut(world, steps);
    expect(Object.keys(world.stored?.definition.services ?? {})).toEqual(['web']);
    expect(world.stored?.definition.services['web']).not.toHaveProperty('depends_on');
    expect(upSteps(world, world.stored?.definition ?? shop)).toEqual([]);
  });

  test('takes down a service that the definition has no more', () => {
    const world = deployed();
    run(world, update(project({ db: { image: 'db' } }), false));
    expect(ids(removed(world, 'web'))).toEqual(['remove service web', 'wait service web gone']);
  });

  test('of a service that stands alone takes all of it', () => {
    const world = emptyWorld();
    run(world, up(project({ shop: { image: 'a' } }), { standalone: true }));
    expect(ids(removed(world, 'shop'))).toEqual([
      'stop stack shop',
      'remove service shop',
      'wait service shop gone',
      'remove stack shop',
    ]);
  });

  test('refuses one that another cannot do without, and one that is not there', () => {
    const world = running(project({ app: { image: 'a' }, proxy: { image: 'p', network_mode: 'service:app' } }));
    expect(() => removed(world, 'app')).toThrow('proxy shares its network');
    expect(() => removed(world, 'prox')).toThrow(expect.objectContaining({ hint: 'Did you mean proxy?' }));
  });
});
