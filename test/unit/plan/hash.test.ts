import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { digest, serviceHash, stableJson } from '../../../src/lib/plan/hash.js';
import { changes } from '../../../src/lib/plan/reasons.js';

describe('stable JSON', () => {
  test('does not depend on the order of keys, and says what JSON says', () => {
    expect(stableJson({ b: [1, { d: 1, c: null }], a: 'x' })).toBe('{"a":"x","b":[1,{"c":null,"d":1}]}');
    expect(stableJson({ a: undefined, b: 1 })).toBe('{"b":1}');
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(JSON.parse(stableJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test('equal objects have equal digests, whatever the order of their keys', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (value) => {
        expect(digest(Object.fromEntries(Object.entries(value).reverse()))).toBe(digest(value));
      }),
    );
  });
});

describe('the hash of a service', () => {
  const service = { image: 'redis:7', environment: { A: '1' }, labels: { l: '1' }, deploy: { replicas: 1 } };

  test('leaves out what is no reason to replace a replica', () => {
    const hash = serviceHash(service);
    expect(serviceHash({ ...service, deploy: { replicas: 7 } })).toBe(hash);
    expect(serviceHash({ image: 'redis:7', environment: { A: '1' }, labels: { l: '1' } })).toBe(hash);
    expect(serviceHash({ ...service, scale: 4, profiles: ['debug'] })).toBe(hash);
    expect(serviceHash({ ...service, depends_on: { db: { condition: 'service_started', required: true } } })).toBe(
      hash,
    );
  });

  test('leaves out the extensions of others, wherever they stand', () => {
    const full = {
      ...service,
      ports: [{ target: 80 }],
      networks: { front: { priority: 1 } },
      healthcheck: { retries: 1 },
      build: { context: '.' },
    };
    const extended = {
      ...full,
      'x-note': { by: 'ann' },
      deploy: { replicas: 1, 'x-note': 1 },
      ports: [{ target: 80, 'x-note': 1 }],
      networks: { front: { priority: 1, 'x-note': 1 } },
      healthcheck: { retries: 1, 'x-note': 1 },
      build: { context: '.', 'x-note': [1] },
    };
    expect(serviceHash(extended)).toBe(serviceHash(full));
    expect(changes(full, extended)).toEqual([]);
  });

  test('takes in names of the user that look like extensions, and those of berth', () => {
    for (const more of [
      { environment: { A: '1', 'x-note': '1' } },
      { labels: { l: '1', 'x-note': '1' } },
      { networks: { 'x-note': null } },
      { 'x-berth': { strategy: 'high_availability' } },
      { 'x-berth': { 'x-note': 1 } },
      { logging: { options: { 'x-note': '1' } } },
    ]) {
      expect(serviceHash({ ...service, ...more })).not.toBe(serviceHash(service));
    }
    const [one, two] = [1, 2].map((note) => serviceHash({ ...service, logging: { options: { 'x-note': note } } }));
    expect(one).not.toBe(two);
  });

  test('takes in everything else', () => {
    const hash = serviceHash(service);
    expect(serviceHash({ ...service, environment: { A: '2' } })).not.toBe(hash);
    expect(serviceHash({ ...service, labels: { l: '2' } })).not.toBe(hash);
    expect(serviceHash({ ...service, deploy: { replicas: 1, mode: 'global' } })).not.toBe(hash);
    expect(serviceHash({ ...service, command: ['a'] })).not.toBe(hash);
  });
});
