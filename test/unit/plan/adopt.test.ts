import { describe, expect, test } from 'vitest';
import type { AdoptIntent } from '../../../src/lib/plan/intent.js';
import { digest } from '../../../src/lib/plan/hash.js';
import { carryOut, deployed, emptyWorld, ids, needs, planOf, project, run, shop, up } from './sample.js';

const found = project(
  {
    web: {
      image: 'web:1',
      networks: { default: null },
      deploy: { replicas: 2 },
      depends_on: { db: needs('service_started') },
    },
    db: {
      image: 'db:1',
      networks: { default: null },
      volumes: [{ type: 'volume', source: 'data', target: '/data' }],
      secrets: [{ source: 'token' }],
    },
  },
  {
    networks: { default: { name: 'shop_default' }, outside: { name: 'outside', external: true } },
    volumes: { data: { name: 'shop_data' } },
    secrets: { token: { name: 'shop_token', file: '/token' } },
  },
);

const adopt: AdoptIntent = {
  want: 'adopt',
  definition: found,
  containers: {
    web: [
      { id: 'aaa', slot: 1 },
      { id: 'bbb', slot: 2 },
    ],
    db: [{ id: 'ccc', slot: 1 }],
  },
  unsaid: [{ path: 'services.web.volumes[0]', why: 'it is anonymous' }],
};

describe('adopt', () => {
  test('writes down what is there, and asks for nothing that changes it', () => {
    const { steps, notes } = planOf(emptyWorld(), adopt);
    expect(ids(steps)).toEqual([
      'store stack shop',
      'adopt network default',
      'adopt volume data',
      'adopt secret token',
      'adopt service db',
      'adopt service web',
      'wait stack shop',
    ]);
    expect(new Set(steps.map(({ operation }) => operation))).toEqual(new Set(['store', 'wait']));
    expect(steps[0]).toMatchObject({
      reasons: ['adopted db, web'],
      body: { do: 'release', summary: 'adopted db, web', definition: found, rollbackOf: null, standalone: false },
    });
    expect(steps.find(({ id }) => id === 'adopt service web')).toMatchObject({
      reasons: ['taken over with its 2 containers'],
      body: { do: 'adopt', resource: { name: 'web', replicas: 2, generation: 1 }, containers: { aaa: 1, bbb: 2 } },
    });
    expect(steps.at(-1)?.body).toEqual({ do: 'converge', services: [], monitorMs: 0, deploys: true });
    expect(notes).toEqual(['services.web.volumes[0] is not in the definition: it is anonymous']);
  });

  test('afterwards the same file changes nothing, another image one service, and terminate removes all', () => {
    const world = emptyWorld();
    run(world, adopt);
    expect(world.applied['network default']).toBe(digest({ name: 'shop_default' }));
    expect(planOf(world, up(found)).steps).toEqual([]);
    const { web, ...others } = found.services;
    const newer = { ...found, services: { ...others, web: { ...web, image: 'web:2' } } };
    expect(ids(planOf(world, up(newer)).steps)).toEqual(['store stack shop', 'update service web', 'wait stack shop']);
    const steps = planOf(world, { want: 'terminate', volumes: true }).steps;
    for (const removed of ['service web', 'service db', 'network default', 'volume data', 'stack shop']) {
      expect(ids(steps)).toContain(`remove ${removed}`);
    }
  });

  test('refuses a name that is known, whatever it is of', () => {
    for (const world of [deployed(), emptyWorld()]) {
      if (world.stored === null) run(world, { want: 'create', definition: shop, standalone: false });
      expect(() => planOf(world, adopt)).toThrow(expect.objectContaining({ code: 'conflict' }));
    }
    const world = emptyWorld();
    run(world, adopt);
    expect(() => planOf(world, adopt)).toThrow('there is a stack "shop" already');
  });

  test('that was interrupted goes on behind its release', () => {
    const world = emptyWorld();
    carryOut(world, planOf(world, adopt).steps.slice(0, 3));
    expect(ids(planOf(world, adopt).steps)).not.toContain('store stack shop');
    run(world, adopt);
    expect(world.releases).toHaveLength(1);
    expect(planOf(world, up(found)).steps).toEqual([]);
  });

  test('has a summary of one short line for many services', () => {
    const services = Object.fromEntries(
      Array.from({ length: 40 }, (_, index) => [`service-number-${index}`, { image: 'a:1' }]),
    );
    const [first] = planOf(emptyWorld(), { ...adopt, definition: project(services), containers: {} }).steps;
    expect(first?.reasons).toEqual(['adopted 40 services']);
  });
});
