import { describe, expect, test } from 'vitest';
import { levels, requirements, teardownLevels, withDependencies } from '../../../src/lib/plan/order.js';
import { needs } from './sample.js';

describe('order', () => {
  const services = {
    web: { image: 'web', depends_on: { api: needs('service_started') } },
    api: { image: 'api', depends_on: { db: needs('service_healthy'), gone: needs('service_started', false) } },
    db: { image: 'db' },
    sidecar: { image: 's', network_mode: 'service:api' },
  };

  test('levels put every service after what it needs', () => {
    expect(levels(services)).toEqual([['db'], ['api'], ['sidecar', 'web']]);
    expect(levels({})).toEqual([]);
  });

  test('a cycle is named', () => {
    const cyclic = {
      a: { depends_on: { b: needs('service_started') } },
      b: { depends_on: { c: needs('service_started') } },
      c: { depends_on: { b: needs('service_started') } },
    };
    expect(() => levels(cyclic)).toThrow('dependency cycle: b -> c -> b');
  });

  test('taking down takes what is left of a cycle as one level', () => {
    const stale = {
      a: { depends_on: { b: needs('service_started') } },
      b: { depends_on: { a: needs('service_started'), db: needs('service_started') } },
      db: {},
      front: { depends_on: { a: needs('service_started') } },
    };
    expect(teardownLevels(stale)).toEqual([['a', 'b', 'front'], ['db']]);
    expect(teardownLevels(services)).toEqual(levels(services).reverse());
  });

  test('a service needs its dependencies and the service whose network it shares', () => {
    expect(requirements(services.sidecar)).toEqual([{ service: 'api', condition: 'started', required: true }]);
    expect(withDependencies(services, ['sidecar'])).toEqual(new Set(['sidecar', 'api', 'db']));
    expect(withDependencies(services, ['nope'])).toEqual(new Set());
  });
});
