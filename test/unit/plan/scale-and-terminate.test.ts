import { describe, expect, test } from 'vitest';
import { planScale } from '../../../src/lib/plan/scale.js';
import { planTerminate } from '../../../src/lib/plan/terminate.js';
import { carryOut, emptyWorld, ids, needs, project, scope, upSteps } from './sample.js';

const shop = project(
  {
    db: { image: 'db', volumes: [{ type: 'volume', source: 'data', target: '/data' }] },
    web: { image: 'web', deploy: { replicas: 2 }, depends_on: { db: needs('service_started') } },
  },
  { networks: { default: { name: 'n' } }, volumes: { data: { name: 'v' } } },
);

function deployed() {
  const world = emptyWorld();
  carryOut(world, upSteps(world, shop));
  return world;
}

function scaled(world: ReturnType<typeof deployed>, targets: Record<string, number>) {
  const { observed, scale } = world;
  return planScale({ scope, definition: shop, scale, observed, unsettled: {}, targets, monitorMs: 500 }).steps;
}

describe('scale', () => {
  test('stores the overlay, scales what runs, and waits for it alone', () => {
    const steps = scaled(deployed(), { web: 3 });
    expect(steps).toMatchObject([
      { id: 'store stack shop', reasons: ['replicas of web: 2 -> 3'], body: { do: 'overlay', replicas: { web: 3 } } },
      { id: 'scale service web', operation: 'scale', reasons: ['replicas: 2 -> 3'] },
      { id: 'wait stack shop', body: { do: 'converge', services: ['web'], monitorMs: 500, deploys: false } },
    ]);
  });

  test('to what the file says already is stored, so that it is kept; again plans nothing', () => {
    const world = deployed();
    expect(scaled(world, { web: 2, db: 1 })).toMatchObject([
      {
        id: 'store stack shop',
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
    expect(ids(scaled(world, { web: 3, db: 1 }))).toEqual(['store stack shop']);
  });

  test('knows services that are called like what every object has', () => {
    const odd = project({ constructor: { image: 'c' } });
    const { observed } = emptyWorld();
    const input = { scope, definition: odd, observed, unsettled: {}, targets: { constructor: 1 }, monitorMs: 500 };
    expect(ids(planScale({ ...input, scale: {} }).steps)).toEqual(['store stack shop']);
    expect(planScale({ ...input, scale: { constructor: 1 } }).steps).toEqual([]);
  });

  test('back to what the file says keeps the overlay', () => {
    const world = deployed();
    carryOut(world, scaled(world, { web: 3 }));
    carryOut(world, scaled(world, { web: 2 }));
    expect(world.scale).toEqual({ web: 2 });
  });

  test('of a stack that does not run only stores', () => {
    expect(ids(scaled(emptyWorld(), { web: 3 }))).toEqual(['store stack shop']);
  });

  test('keeps the definition that a service runs with', () => {
    const world = deployed();
    world.observed.services = world.observed.services.map((service) => ({ ...service, hash: 'old', generation: 3 }));
    const step = scaled(world, { web: 0 }).find(({ id }) => id === 'scale service web');
    expect(step?.body).toMatchObject({ resource: { hash: 'old', generation: 3, replicas: 0 } });
  });
});

describe('terminate', () => {
  test('removes dependents first, then what they used, then the definition', () => {
    const steps = planTerminate({ scope, stored: shop, observed: deployed().observed, volumes: false }).steps;
    expect(ids(steps)).toEqual([
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
    const steps = planTerminate({ scope, stored: shop, observed: deployed().observed, volumes: true }).steps;
    expect(ids(steps)).toContain('remove volume data');
  });

  test('goes by the stored order where what runs has an older one, and never fails for a cycle', () => {
    const world = emptyWorld();
    const first = project({ a: { image: 'x:1', depends_on: { b: needs('service_started') } }, b: { image: 'y:1' } });
    const second = project({ a: { image: 'x:1' }, b: { image: 'y:2', depends_on: { a: needs('service_started') } } });
    carryOut(world, upSteps(world, first));
    carryOut(world, upSteps(world, second));
    const order = (stored: typeof first | null) =>
      ids(planTerminate({ scope, stored, observed: world.observed, volumes: false }).steps).slice(1, -1);
    expect(order(world.stored)).toEqual([
      'remove service b',
      'wait service b gone',
      'remove service a',
      'wait service a gone',
    ]);
    expect(order(null)).toEqual(['remove service a', 'remove service b', 'wait service a gone', 'wait service b gone']);

    const third = project({ c: { image: 'z:1' } });
    expect(ids(upSteps(world, third, { prune: true }))).toContain('remove service a');
    expect(ids(upSteps({ ...world, stored: third }, third, { prune: true }))).toContain('remove service a');
  });

  test('of a stack that does not run forgets it', () => {
    expect(ids(planTerminate({ scope, stored: null, observed: emptyWorld().observed, volumes: false }).steps)).toEqual([
      'remove stack shop',
    ]);
  });
});
