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

  test('to what it is already plans nothing', () => {
    const world = deployed();
    expect(scaled(world, { web: 2, db: 1 })).toEqual([]);
    carryOut(world, scaled(world, { web: 3 }));
    expect(scaled(world, { web: 3 })).toEqual([]);
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
    const steps = planTerminate({ scope, observed: deployed().observed, volumes: false }).steps;
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
    const steps = planTerminate({ scope, observed: deployed().observed, volumes: true }).steps;
    expect(ids(steps)).toContain('remove volume data');
  });

  test('of a stack that does not run forgets it', () => {
    expect(ids(planTerminate({ scope, observed: emptyWorld().observed, volumes: false }).steps)).toEqual([
      'remove stack shop',
    ]);
  });
});
