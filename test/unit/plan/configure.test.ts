import { describe, expect, test } from 'vitest';
import type { ConfigureIntent } from '../../../src/lib/plan/intent.js';
import { configOf, limitsOf, withScale } from '../../../src/lib/plan/overlays.js';
import { configure, deployed, ids, planOf, project, run, shop, toRun, up, withService, type World } from './sample.js';

const two = project({
  web: { image: 'web:1', environment: { LEVEL: 'info', SHARED: 'a', ONLY: 'web', EMPTY: null } },
  worker: { image: 'worker:1', environment: { LEVEL: 'warn', SHARED: 'a' } },
});

function environment(world: World, service: string): Readonly<Record<string, string | null>> {
  return world.observed.services.find(({ name }) => name === service)?.definition.environment ?? {};
}

function configOverlay(world: World): object {
  return world.stored?.overlays.config ?? {};
}

function shared(world: World): Record<string, string> {
  const { definition, overlays } = world.stored ?? {
    definition: two,
    overlays: { config: {}, limits: {}, placement: {} },
  };
  return Object.fromEntries(
    configOf(definition, overlays, null).map(({ key, value, origin }) => [key, `${value} ${origin}`]),
  );
}

describe('config', () => {
  test('sets for all services as one release, and replaces what runs', () => {
    const world = deployed(two);
    const steps = run(world, configure({ values: { LEVEL: 'debug', NEW: '1' } }));
    expect(ids(steps)).toEqual(['store stack shop', 'update service web', 'update service worker', 'wait stack shop']);
    expect(steps[0]).toMatchObject({ reasons: ['set LEVEL, NEW'], body: { summary: 'set LEVEL, NEW' } });
    expect(steps.at(-1)?.body).toMatchObject({ deploys: true });
    expect(environment(world, 'worker')).toEqual({ LEVEL: 'debug', SHARED: 'a', NEW: '1' });
    expect(shared(world)).toEqual({ LEVEL: 'debug set', NEW: '1 set', SHARED: 'a definition' });
  });

  test('unset takes away what was set, and hides what the definition has', () => {
    const world = deployed(two);
    run(world, configure({ values: { NEW: '1' } }));
    run(world, configure({ values: { NEW: null, ONLY: null, NEVER: null } }));
    expect(configOverlay(world)).toEqual({ '': { ONLY: null } });
    expect(environment(world, 'web')).toEqual({ LEVEL: 'info', SHARED: 'a', EMPTY: null });
    expect(world.releases.at(-1)?.summary).toBe('unset NEW, ONLY');
    expect(planOf(world, configure({ values: { NEVER: null } })).steps).toEqual([]);
  });

  test('of one service beats that of all, and hides it', () => {
    const world = deployed(two);
    run(world, configure({ values: { LEVEL: 'debug', TEAM: 'x' } }));
    const steps = run(world, configure({ service: 'web', values: { LEVEL: 'trace', TEAM: null } }));
    expect(ids(steps)).toEqual(['store stack shop', 'update service web', 'wait stack shop']);
    expect(world.releases.at(-1)?.summary).toBe('set LEVEL of web, unset TEAM of web');
    expect(environment(world, 'web')).toMatchObject({ LEVEL: 'trace' });
    expect(environment(world, 'web')).not.toHaveProperty('TEAM');
    expect(environment(world, 'worker')).toMatchObject({ LEVEL: 'debug', TEAM: 'x' });
    const { definition, overlays } = world.stored ?? { definition: two, overlays: null };
    expect(overlays && configOf(definition, overlays, 'web')).toEqual([
      { key: 'LEVEL', value: 'trace', origin: 'set' },
      { key: 'ONLY', value: 'web', origin: 'definition' },
      { key: 'SHARED', value: 'a', origin: 'definition' },
    ]);
  });

  test('replace leaves nothing but what is named', () => {
    const world = deployed(two);
    run(world, configure({ values: { GLOBAL: '1' } }));
    run(world, configure({ service: 'web', values: { A: '1' } }));
    run(world, configure({ service: 'web', values: { LEVEL: 'x' }, replace: true }));
    expect(environment(world, 'web')).toEqual({ LEVEL: 'x' });
    expect(environment(world, 'worker')).toEqual({ LEVEL: 'warn', SHARED: 'a', GLOBAL: '1' });
    run(world, configure({ values: {}, replace: true }));
    expect(environment(world, 'worker')).toEqual({});
    expect(environment(world, 'web')).toEqual({ LEVEL: 'x' });
  });

  test('a later file does not bring back what was unset, and reset does', () => {
    const world = deployed(two);
    run(world, configure({ values: { SHARED: null } }));
    run(world, up({ ...two, services: { ...two.services, web: { ...two.services['web'], image: 'web:2' } } }));
    expect(environment(world, 'web')).not.toHaveProperty('SHARED');
    run(world, up(two, { resetConfig: true }));
    expect(environment(world, 'web')).toMatchObject({ SHARED: 'a' });
  });

  test('without redeploy only stores; asked for again it replaces what differs', () => {
    const world = deployed(two);
    const change = configure({ service: 'web', values: { A: '1' } });
    expect(ids(run(world, { ...change, redeploy: false }))).toEqual(['store stack shop']);
    expect(ids(planOf(world, change).steps)).toEqual(['update service web', 'wait stack shop']);
  });

  test('leaves stopped services so', () => {
    const world = deployed(two);
    run(world, toRun('stop', ['web']));
    const { steps, notes } = planOf(world, configure({ values: { A: '1' } }));
    expect(ids(steps)).toEqual(['store stack shop', 'update service worker', 'wait stack shop']);
    expect(notes).toHaveLength(1);
  });

  test.each([
    [{ values: { NEW: '1', SHARED: 'b' }, expect: 'new' }, 'conflict', 'SHARED is set already in the stack'],
    [{ values: { LEVEL: '1' }, expect: 'new', service: 'web' }, 'conflict', 'LEVEL is set already in service web'],
    [{ values: { LEVL: '1' }, expect: 'existing', service: 'web' }, 'not_found', 'no LEVL in the environment'],
    [{ values: { EMPTY: null }, expect: 'existing', service: 'web' }, 'not_found', 'no EMPTY in the environment'],
    [{ values: { A: '1' }, service: 'wep' }, 'not_found', 'no service "wep"'],
    [{ limits: { wrker: { memoryBytes: 1 } } }, 'not_found', 'no service "wrker"'],
  ] as const)('%j is refused: %s', (change: Partial<ConfigureIntent>, code, message) => {
    const planned = () => planOf(deployed(two), configure(change));
    expect(planned).toThrow(message);
    expect(planned).toThrow(expect.objectContaining({ code, hint: expect.any(String) }));
  });

  test('what is expected and so goes through', () => {
    const world = deployed(two);
    run(world, configure({ values: { NEW: '1' }, expect: 'new' }));
    run(world, configure({ values: { NEW: '2', SHARED: null }, expect: 'existing' }));
    expect(environment(world, 'web')).toMatchObject({ NEW: '2' });
    expect(environment(world, 'web')).not.toHaveProperty('SHARED');
  });
});

describe('limits', () => {
  const limited = withService('web', {
    mem_limit: '67108864',
    cpu_shares: 5,
    deploy: { replicas: 2, resources: { limits: { memory: '67108864', cpus: '0.5' } } },
  });

  test('are laid over the definition in the places where Compose has them', () => {
    const world = deployed(limited);
    run(
      world,
      configure({ limits: { web: { memoryBytes: 1024, cpuShares: null, cpuReservation: 0.25 }, db: { cpus: 2 } } }),
    );
    const [db, web] = ['db', 'web'].map(
      (service) => world.observed.services.find(({ name }) => name === service)?.definition,
    );
    expect(web?.deploy).toEqual({
      replicas: 2,
      resources: { limits: { memory: '1024', cpus: '0.5' }, reservations: { cpus: '0.25' } },
    });
    expect(web).not.toHaveProperty('mem_limit');
    expect(web).not.toHaveProperty('cpu_shares');
    expect(db?.deploy).toEqual({ resources: { limits: { cpus: '2' } } });
    expect(world.releases.at(-1)?.summary).toBe('changed limits of db, web');
    const { definition, overlays } = world.stored ?? { definition: shop, overlays: null };
    expect(overlays && limitsOf(definition, overlays)).toEqual([
      {
        service: 'db',
        memoryBytes: null,
        memoryReservationBytes: null,
        cpus: 2,
        cpuReservation: null,
        cpuShares: null,
      },
      {
        service: 'web',
        memoryBytes: 1024,
        memoryReservationBytes: null,
        cpus: 0.5,
        cpuReservation: 0.25,
        cpuShares: null,
      },
    ]);
  });

  test('lifted are gone, and what lifts nothing is not kept', () => {
    const world = deployed(limited);
    run(world, configure({ limits: { web: { memoryBytes: null, cpuReservation: null }, db: { cpus: null } } }));
    expect(world.stored?.overlays.limits).toEqual({ web: { memoryBytes: null } });
    expect(limitsOf(limited, world.stored?.overlays ?? { config: {}, limits: {}, placement: {} })).toMatchObject([
      { service: 'web', memoryBytes: null, cpus: 0.5, cpuShares: 5 },
    ]);
  });

  test('touch only the services they are for', () => {
    expect(ids(planOf(deployed(limited), configure({ limits: { db: { cpus: 2 } } })).steps)).toEqual([
      'store stack shop',
      'update service db',
      'wait stack shop',
    ]);
  });
});

describe('placement', () => {
  test('labels are constraints of every service, besides its own', () => {
    const own = withService('web', { deploy: { placement: { constraints: ['node.role==manager'] } } });
    const world = deployed(own);
    const steps = run(world, configure({ placement: { disk: 'ssd', zone: 'a' } }));
    expect(steps[0]?.reasons).toEqual(['set placement disk=ssd, zone=a']);
    const constraints = () =>
      world.observed.services.map(({ definition }) => definition.deploy?.placement?.constraints ?? []);
    expect(constraints()).toEqual([
      ['node.labels.disk==ssd', 'node.labels.zone==a'],
      ['node.role==manager', 'node.labels.disk==ssd', 'node.labels.zone==a'],
    ]);
    run(world, configure({ placement: { disk: null, zone: null, never: null } }));
    expect(world.releases.at(-1)?.summary).toBe('unset placement disk, zone');
    expect(constraints()).toEqual([[], ['node.role==manager']]);
  });
});

describe('a definition with the scale in it', () => {
  test('says what was scaled wherever it says replicas, and is the same object where nothing was', () => {
    const definition = project({
      plain: { image: 'a' },
      deployed: { image: 'a', deploy: { replicas: 2, endpoint_mode: 'vip' } },
      agent: { image: 'a', deploy: { mode: 'global' } },
    });
    expect(withScale(definition, { plain: 3, deployed: 4, agent: 5, gone: 6 }).services).toEqual({
      plain: { image: 'a', scale: 3 },
      deployed: { image: 'a', deploy: { replicas: 4, endpoint_mode: 'vip' } },
      agent: { image: 'a', deploy: { mode: 'global' } },
    });
    expect(withScale(definition, { plain: 1, deployed: 2 })).toBe(definition);
  });
});
