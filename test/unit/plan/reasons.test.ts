import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { serviceHash } from '../../../src/lib/plan/hash.js';
import { changes } from '../../../src/lib/plan/reasons.js';
import { marker, planted, web } from './planted.js';

describe('reasons for a change', () => {
  test('name the field and, where it cannot be secret, its values', () => {
    expect(changes({ image: 'redis:7' }, { image: 'redis:8' })).toEqual(['image: redis:7 -> redis:8']);
    expect(changes({ image: 'a', restart: 'always' }, { image: 'a' })).toEqual(['restart: always -> none']);
    expect(changes({ healthcheck: { interval: '5s' } }, { healthcheck: { interval: '10s', retries: 2 } })).toEqual([
      'healthcheck.interval: 5s -> 10s',
      'healthcheck.retries: none -> 2',
    ]);
    expect(changes({ deploy: { replicas: 2 } }, { deploy: { replicas: 3, mode: 'global' } })).toEqual([
      'deploy.mode: none -> global',
    ]);
  });

  test('show ports as they are written', () => {
    const before = { ports: [{ target: 80, published: '8080' }] };
    const after = {
      ports: [
        { target: 80, published: '8081', host_ip: '127.0.0.1' },
        { target: 53, protocol: 'udp' as const },
      ],
    };
    expect(changes(before, after)).toEqual(['ports: 8080:80 -> 127.0.0.1:8081:80, 53/udp']);
    expect(changes(before, {})).toEqual(['ports: 8080:80 -> none']);
  });

  test('name the keys of maps that may hold secrets', () => {
    const before = { environment: { GONE: 'x', KEPT: '1', API_KEY: 'old-secret' } };
    const after = { environment: { KEPT: '1', API_KEY: 'new-secret', NEW: null } };
    expect(changes(before, after)).toEqual([
      'environment: API_KEY changed',
      'environment: GONE removed',
      'environment: NEW added',
    ]);
    expect(changes({ command: ['run', '--password=a'] }, { command: ['run', '--password=b'] })).toEqual([
      'command changed',
    ]);
    expect(changes({}, { labels: { token: 'hidden' } })).toEqual(['labels: token added']);
    expect(changes({ deploy: { labels: { token: 'a' } } }, { deploy: { labels: { token: 'b' } } })).toEqual([
      'deploy.labels: token changed',
    ]);
  });

  test('never hold a value of the environment, of labels or of a command', () => {
    const secret = fc.stringMatching(/^[a-z]{12}$/).map((text) => `secret-${text}`);
    const values = fc.dictionary(fc.stringMatching(/^[A-Z_]{1,8}$/), secret);
    const definition = fc.record({
      image: fc.constant('a'),
      environment: values,
      labels: values,
      command: fc.array(secret),
    });
    fc.assert(
      fc.property(definition, definition, (before, after) => {
        expect(changes(before, after).join('\n')).not.toContain('secret-');
      }),
    );
  });

  test('never hold a value under a key that berth does not know, wherever it stands', () => {
    fc.assert(
      fc.property(planted(web), (after) => {
        const values = [...changes(web, after), ...changes(after, web)].flatMap((line) => line.split(': ').slice(1));
        expect(values.join('\n')).not.toContain(marker);
      }),
      { numRuns: 500 },
    );
  });

  test('there are some where replicas are to be replaced, and only there', () => {
    fc.assert(
      fc.property(planted(web), (after) => {
        expect(changes(web, after).length > 0).toBe(serviceHash(web) !== serviceHash(after));
      }),
      { numRuns: 500 },
    );
    expect(changes({ networks: { a: null } }, { networks: { a: null, b: null } })).toEqual(['networks.b added']);
    expect(changes({ networks: {} }, {})).toEqual(['networks removed']);
    expect(changes({ command: [] }, {})).toEqual(['command removed']);
    expect(changes({ ports: [{ target: 80 }] }, { ports: [{ target: 80, mode: 'host' }] })).toEqual(['ports changed']);
  });
});

test.each([
  ['1073741824', '536870912', 'deploy.resources.limits.memory: 1G -> 512M'],
  ['1000', undefined, 'deploy.resources.limits.memory: 1000B -> none'],
  ['2048', '3072', 'deploy.resources.limits.memory: 2K -> 3K'],
])('a size in bytes is told in the units of files: %s', (before, after, told) => {
  const limited = (memory: string | undefined) => ({
    deploy: { resources: { limits: { cpus: 1, ...(memory !== undefined && { memory }) } } },
  });
  expect(changes(limited(before), limited(after))).toEqual([told]);
});
