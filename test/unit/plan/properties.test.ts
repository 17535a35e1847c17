import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Project, Service } from '../../../src/lib/compose/project.js';
import { requirements } from '../../../src/lib/plan/order.js';
import { planTerminate } from '../../../src/lib/plan/terminate.js';
import { carryOut, emptyWorld, ids, needs, project, scope, upSteps } from './sample.js';

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

const overlays = fc.dictionary(fc.constantFrom('s0', 's1', 's2'), fc.nat(5));

describe('plans', () => {
  test('planning against the state that a plan leaves gives an empty plan', () => {
    fc.assert(
      fc.property(projects, projects, overlays, (first, second, scale) => {
        const world = { ...emptyWorld(), scale };
        for (const desired of [first, second]) {
          carryOut(world, upSteps(world, desired, { prune: true }));
          expect(upSteps(world, desired, { prune: true })).toEqual([]);
          expect(world.observed.services.map(({ name }) => name).sort()).toEqual(Object.keys(desired.services).sort());
        }
      }),
    );
  });

  test('every service comes after what it needs, and after the wait for it', () => {
    fc.assert(
      fc.property(projects, (desired) => {
        const steps = upSteps(emptyWorld(), desired);
        const order = ids(steps);
        for (const [name, definition] of Object.entries(desired.services)) {
          const at = order.indexOf(`create service ${name}`);
          for (const { service, condition } of requirements(definition)) {
            const needed = order.indexOf(`create service ${service}`);
            const gate = order.indexOf(`wait service ${service} ${condition}`);
            expect(needed).toBeGreaterThanOrEqual(0);
            expect(gate).toBeGreaterThan(needed);
            expect(at).toBeGreaterThan(gate);
          }
        }
      }),
    );
  });

  test('ids are unique, waves do not go back, and bodies survive being saved', () => {
    fc.assert(
      fc.property(projects, projects, (first, second) => {
        const world = emptyWorld();
        carryOut(world, upSteps(world, first));
        const steps = upSteps(world, second, { prune: true });
        expect(new Set(ids(steps)).size).toBe(steps.length);
        const waves = steps.map((step) => step.wave);
        expect(waves).toEqual([...waves].sort((one, other) => one - other));
        expect(JSON.parse(JSON.stringify(steps))).toEqual(steps);
      }),
    );
  });

  test('removing is the reverse of creating, and leaves nothing', () => {
    fc.assert(
      fc.property(projects, (desired) => {
        const world = emptyWorld();
        carryOut(world, upSteps(world, desired));
        const removal = planTerminate({ scope, stored: desired, observed: world.observed, volumes: true }).steps;
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
