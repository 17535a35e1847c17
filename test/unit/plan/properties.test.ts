import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Project, Service } from '../../../src/lib/compose/project.js';
import type { Intent } from '../../../src/lib/plan/intent.js';
import { requirements } from '../../../src/lib/plan/order.js';
import { type ReleaseOverlays, withOverlays } from '../../../src/lib/plan/overlays.js';
import { serviceHash } from '../../../src/lib/plan/hash.js';
import {
  carryOut,
  configure,
  emptyWorld,
  hashes,
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

const conditions = ['service_started', 'service_healthy', 'service_completed_successfully'] as const;

/** Projects whose services depend only on services before them, so that there is no cycle. */
const projects: fc.Arbitrary<Project> = fc
  .array(
    fc.record({
      image: fc.constantFrom('a:1', 'a:2', 'b:1'),
      replicas: fc.nat(4),
      environment: fc.dictionary(fc.constantFrom('A', 'B'), fc.constantFrom('1', '2')),
      needs: fc.array(fc.tuple(fc.nat(7), fc.constantFrom(...conditions), fc.boolean()), { maxLength: 3 }),
      volume: fc.boolean(),
      global: fc.boolean(),
    }),
    { maxLength: 8 },
  )
  .map((drawn) => {
    const services: Record<string, Service> = {};
    drawn.forEach((service, index) => {
      const before = service.needs.filter(([other]) => other < index);
      services[`s${index}`] = {
        image: service.image,
        environment: service.environment,
        networks: { default: null },
        deploy: service.global ? { mode: 'global' } : { replicas: service.replicas },
        depends_on: Object.fromEntries(before.map(([other, condition, hard]) => [`s${other}`, needs(condition, hard)])),
        ...(service.volume ? { volumes: [{ type: 'volume', source: 'data', target: '/x' }] } : {}),
      };
    });
    return project(services, { networks: { default: { name: 'n' } }, volumes: { data: { name: 'v' } } });
  });

const names = fc.constantFrom('s0', 's1', 's2');
const scales = fc.dictionary(names, fc.nat(5));
const values = fc.dictionary(fc.constantFrom('A', 'B', 'C'), fc.option(fc.constantFrom('1', '2'), { nil: null }));
const limits = fc.dictionary(
  names,
  fc.record(
    {
      memoryBytes: fc.option(fc.integer({ min: 1, max: 1e9 }), { nil: null }),
      cpus: fc.option(fc.constantFrom(0.5, 2), { nil: null }),
      cpuShares: fc.option(fc.integer({ min: 1, max: 1024 }), { nil: null }),
    },
    { requiredKeys: [] },
  ),
);
const overlays: fc.Arbitrary<ReleaseOverlays> = fc.record({
  config: fc.dictionary(fc.constantFrom('', 's0', 's1', 'gone'), values),
  limits,
  placement: fc.dictionary(fc.constantFrom('disk', 'zone'), fc.constantFrom('a', 'b')),
});

/** Verbs that fit whatever stack there is. */
const verbs: fc.Arbitrary<(world: World) => Intent> = fc.oneof(
  projects.map((desired) => () => up(desired, { prune: true })),
  fc.tuple(projects, fc.boolean()).map(
    ([desired, redeploy]) =>
      () =>
        update(desired, redeploy),
  ),
  fc.tuple(values, fc.boolean(), fc.boolean()).map(
    ([set, replace, redeploy]) =>
      () =>
        configure({ values: set, replace, redeploy }),
  ),
  fc
    .dictionary(fc.constantFrom('disk'), fc.option(fc.constant('ssd'), { nil: null }))
    .map((placement) => () => configure({ placement })),
  fc.constantFrom(toRun('start'), toRun('stop')).map((intent) => () => intent),
);

describe('plans', () => {
  test('planning against the state that a plan leaves gives an empty plan', () => {
    fc.assert(
      fc.property(projects, projects, scales, overlays, (first, second, scale, laid) => {
        const world = { ...emptyWorld(), scale };
        run(world, up(first));
        if (world.stored !== null) world.stored = { ...world.stored, overlays: laid };
        for (const desired of [first, second]) {
          run(world, up(desired, { prune: true }));
          expect(upSteps(world, desired, { prune: true })).toEqual([]);
          expect(world.observed.services.map(({ name }) => name).sort()).toEqual(Object.keys(desired.services).sort());
        }
      }),
    );
  });

  test('whatever was done, any verb done again has nothing left to do', () => {
    fc.assert(
      fc.property(projects, fc.array(verbs, { minLength: 1, maxLength: 6 }), (first, drawn) => {
        const world = emptyWorld();
        run(world, up(first));
        for (const verb of drawn) {
          const intent = verb(world);
          run(world, intent);
          expect(planOf(world, intent).steps).toEqual([]);
        }
      }),
    );
  });

  test('whatever was done, up makes what runs be what the file and the overlays say', () => {
    fc.assert(
      fc.property(projects, fc.array(verbs, { maxLength: 6 }), projects, (first, drawn, last) => {
        const world = emptyWorld();
        run(world, up(first));
        for (const verb of drawn) run(world, verb(world));
        const laid = world.stored?.overlays ?? { config: {}, limits: {}, placement: {} };
        run(world, up(last, { prune: true }));
        const wanted = Object.entries(withOverlays(last, laid).services);
        expect(hashes(world)).toEqual(
          Object.fromEntries(wanted.map(([name, definition]) => [name, serviceHash(definition)])),
        );
        expect(world.observed.services.some(({ stopped }) => stopped)).toBe(false);
      }),
    );
  });

  test('a rollback gives the hashes back that ran then, and keeps what was scaled', () => {
    fc.assert(
      fc.property(projects, values, projects, values, scales, (first, set, second, reset, scale) => {
        const world = emptyWorld();
        run(world, up(first));
        run(world, configure({ values: set }));
        const before = hashes(world);
        const version = world.releases.length;
        run(world, up(second, { prune: true }));
        run(world, configure({ values: reset, replace: true }));
        world.scale = scale;
        const made = world.releases.length;
        run(world, { want: 'rollback', version, monitorMs: 500 });
        expect(hashes(world)).toEqual(before);
        expect(world.scale).toEqual(scale);
        expect(planOf(world, { want: 'rollback', version, monitorMs: 500 }).steps).toEqual([]);
        if (world.releases.length === made) return;
        expect(world.releases.at(-1)).toMatchObject({ rollbackOf: version, summary: `rolled back to v${version}` });
      }),
    );
  });

  test('every service comes after what it needs, and after the wait for it', () => {
    fc.assert(
      fc.property(projects, (desired) => {
        const world = emptyWorld();
        for (const [intent, operation] of [
          [up(desired), 'create'],
          [toRun('redeploy'), 'restart'],
        ] as const) {
          const order = ids(run(world, intent));
          for (const [name, definition] of Object.entries(desired.services)) {
            const at = order.indexOf(`${operation} service ${name}`);
            for (const { service, condition } of requirements(definition)) {
              const needed = order.indexOf(`${operation} service ${service}`);
              const gate = order.indexOf(`wait service ${service} ${condition}`);
              expect(needed).toBeGreaterThanOrEqual(0);
              expect(gate).toBeGreaterThan(needed);
              expect(at).toBeGreaterThan(gate);
            }
          }
        }
      }),
    );
  });

  test('ids are unique, waves do not go back, and bodies survive being saved', () => {
    fc.assert(
      fc.property(projects, fc.array(verbs, { maxLength: 6 }), scales, (first, drawn, scale) => {
        const world = emptyWorld();
        run(world, up(first));
        const known = Object.entries(scale).filter(([name]) => first.services[name]?.deploy?.mode === undefined);
        const scaled = known.filter(([name]) => Object.hasOwn(first.services, name));
        run(world, scaleTo(Object.fromEntries(scaled)));
        for (const verb of [...drawn, () => up(first, { prune: true, resetScale: true, resetConfig: true })]) {
          const steps = run(world, verb(world));
          expect(new Set(ids(steps)).size).toBe(steps.length);
          const waves = steps.map((step) => step.wave);
          expect(waves).toEqual([...waves].sort((one, other) => one - other));
          expect(JSON.parse(JSON.stringify(steps))).toEqual(steps);
        }
      }),
    );
  });

  test('summaries are one line of at most 120 characters', () => {
    fc.assert(
      fc.property(projects, fc.array(verbs, { maxLength: 6 }), (first, drawn) => {
        const world = emptyWorld();
        run(world, up(first));
        for (const verb of drawn) run(world, verb(world));
        for (const { summary } of world.releases) {
          expect(summary).toMatch(/^.{1,120}$/);
          expect(summary).not.toBe('the same again');
        }
      }),
    );
  });

  test('removing is the reverse of creating, and leaves nothing', () => {
    fc.assert(
      fc.property(projects, (desired) => {
        const world = emptyWorld();
        run(world, up(desired));
        const removal = planOf(world, { want: 'terminate', volumes: true }).steps;
        const order = ids(removal);
        for (const [name, definition] of Object.entries(desired.services)) {
          for (const { service } of requirements(definition)) {
            expect(order.indexOf(`wait service ${name} gone`)).toBeLessThan(order.indexOf(`remove service ${service}`));
          }
        }
        carryOut(world, removal);
        expect(world.observed).toEqual({ services: [], resources: [] });
        expect(world.stored).toBeNull();
      }),
    );
  });
});

describe('overlays', () => {
  test('laid twice are laid once, and laid where they change nothing give the same object', () => {
    fc.assert(
      fc.property(projects, overlays, (desired, laid) => {
        const once = withOverlays(desired, laid);
        expect(withOverlays(once, laid)).toBe(once);
        expect(Object.keys(once.services)).toEqual(Object.keys(desired.services));
        expect(withOverlays(desired, { config: {}, limits: {}, placement: {} })).toBe(desired);
      }),
    );
  });
});
