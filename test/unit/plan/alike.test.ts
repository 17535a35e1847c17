import { describe, expect, test } from 'vitest';
import { inOneForm } from '../../../src/lib/plan/alike.js';
import { serviceHash } from '../../../src/lib/plan/hash.js';

describe('definitions that mean the same', () => {
  test('limits count wherever they are said; deploy first', () => {
    const beside = { image: 'a', mem_limit: '64', mem_reservation: '32', cpus: 0.5, pids_limit: 7 };
    const limits = { memory: '64', cpus: '0.5', pids: 7 };
    const within = { image: 'a', deploy: { resources: { limits, reservations: { memory: '32' } } } };
    expect(inOneForm(beside)).toEqual(within);
    expect(inOneForm(within)).toEqual(within);
    expect(inOneForm({ ...within, mem_limit: '1' })).toEqual(within);
    expect(serviceHash(beside)).toBe(serviceHash(within));
    expect(serviceHash({ ...beside, mem_limit: '65' })).not.toBe(serviceHash(within));
  });

  test('volumes and ports may come in any order', () => {
    const volumes = [
      { type: 'volume' as const, source: 'b', target: '/b' },
      { type: 'volume' as const, source: 'a', target: '/a' },
    ];
    const ports = [{ target: 80, published: '8080' }, { target: 80 }, { target: 443, protocol: 'tcp' as const }];
    const one = { volumes, ports };
    const other = { volumes: volumes.toReversed(), ports: ports.toReversed() };
    expect(inOneForm(one)).toEqual(inOneForm(other));
    expect(serviceHash(one)).not.toBe(serviceHash({ ...one, ports: ports.slice(1) }));
  });
});
