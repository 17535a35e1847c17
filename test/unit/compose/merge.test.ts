import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { merge } from '../../../src/lib/compose/merge.js';
import { applyTags } from '../../../src/lib/compose/reset.js';
import type { Tree, Value } from '../../../src/lib/compose/tree.js';
import { dropDuplicates } from '../../../src/lib/compose/unicity.js';

const service = (web: Tree): Tree => ({ services: { web } });

describe('merge', () => {
  test.each<[string, Tree, Tree, Tree]>([
    ['scalars: the later wins', { image: 'a', user: 'u' }, { image: 'b' }, { image: 'b', user: 'u' }],
    ['null keeps', { image: 'a' }, { image: null }, { image: 'a' }],
    ['command is replaced, also by null', { command: ['a', 'b'] }, { command: null }, { command: null }],
    [
      'a health test is replaced, the rest merged',
      { healthcheck: { test: ['CMD', 'a'], retries: 1 } },
      { healthcheck: { test: ['NONE'] } },
      { healthcheck: { test: ['NONE'], retries: 1 } },
    ],
    ['lists are appended', { cap_add: ['A'] }, { cap_add: ['B'] }, { cap_add: ['A', 'B'] }],
    [
      'environment maps by key',
      { environment: { A: 1, B: 2 } },
      { environment: { B: null } },
      { environment: { A: 1, B: null } },
    ],
    [
      'environment list and map',
      { environment: ['A=1', 'B=2'] },
      { environment: { B: 3, C: null } },
      { environment: ['A=1', 'B=2', 'B=3', 'C'] },
    ],
    [
      'depends_on list and map',
      { depends_on: ['a'] },
      { depends_on: { b: { condition: 'service_healthy' } } },
      {
        depends_on: {
          a: { condition: 'service_started', required: true },
          b: { condition: 'service_healthy' },
        },
      },
    ],
    [
      'networks',
      { networks: ['a'] },
      { networks: { b: { aliases: ['x'] } } },
      { networks: { a: null, b: { aliases: ['x'] } } },
    ],
    [
      'build',
      { build: '.' },
      { build: { target: 't', args: ['A=1'] } },
      { build: { context: '.', target: 't', args: ['A=1'] } },
    ],
    ['dns text and list', { dns: '1.1.1.1' }, { dns: ['2.2.2.2'] }, { dns: ['1.1.1.1', '2.2.2.2'] }],
    [
      'extra_hosts keep all addresses',
      { extra_hosts: { h: '1.1.1.1' } },
      { extra_hosts: ['h=2.2.2.2', 'h=1.1.1.1'] },
      { extra_hosts: ['h=1.1.1.1', 'h=2.2.2.2'] },
    ],
    [
      'logging options of one driver',
      { logging: { driver: 'a', options: { x: 1 } } },
      { logging: { options: { y: 2 } } },
      { logging: { driver: 'a', options: { x: 1, y: 2 } } },
    ],
    [
      'logging of another driver',
      { logging: { driver: 'a', options: { x: 1 } } },
      { logging: { driver: 'b' } },
      { logging: { driver: 'b' } },
    ],
    ['ulimits', { ulimits: { n: { soft: 1, hard: 2 } } }, { ulimits: { n: 3 } }, { ulimits: { n: 3 } }],
  ])('%s', (_, earlier, later, expected) => {
    expect(merge(service(earlier), service(later))).toEqual(service(expected));
  });

  test('pools of one subnet are one', () => {
    const pools = (...config: Value[]): Tree => ({ networks: { n: { ipam: { config } } } });
    expect(merge(pools({ subnet: 's', gateway: 'g' }), pools({ subnet: 's', ip_range: 'r' }, { subnet: 't' }))).toEqual(
      pools({ subnet: 's', gateway: 'g', ip_range: 'r' }, { subnet: 't' }),
    );
  });

  test('kinds that do not go together', () => {
    expect(() => merge(service({ deploy: { mode: 'global' } }), service({ deploy: [] }))).toThrow(
      'cannot override services.web.deploy',
    );
  });

  const key = fc.constantFrom('image', 'hostname', 'labels', 'environment', 'cap_add', 'x-a');
  const values = fc.record(
    {
      image: fc.constantFrom('a', 'b', null),
      hostname: fc.constantFrom('a', 'b'),
      labels: fc.dictionary(fc.constantFrom('k', 'l'), fc.constantFrom('1', '2')),
      environment: fc.array(fc.constantFrom('A=1', 'A=2', 'B=1', 'B')),
      cap_add: fc.array(fc.constantFrom('X', 'Y', 'Z')),
      'x-a': fc.dictionary(key, fc.constantFrom('1', '2')),
    },
    { requiredKeys: [] },
  );

  test('is associative', () => {
    fc.assert(
      fc.property(values, values, values, (a, b, c) => {
        const join = (one: Tree, other: Tree): Tree => dropDuplicates(merge(one, other));
        const left = join(join(service(a), service(b)), service(c));
        const right = join(service(a), join(service(b), service(c)));
        expect(left).toEqual(right);
      }),
    );
  });

  test('with nothing changes nothing, and leaves its input alone', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const before = JSON.stringify(a);
        expect(merge(service(a), {})).toEqual(service(a));
        merge(service(a), service(b));
        expect(JSON.stringify(a)).toBe(before);
      }),
    );
  });
});

test('tags remove what was there, and nothing inside lists', () => {
  const tree = service({ environment: { A: 1, B: 2 }, ports: [80], labels: ['a=b'] });
  const at = (...path: (string | number)[]): { kind: 'reset'; path: (string | number)[] } => ({
    kind: 'reset',
    path: ['services', 'web', ...path],
  });
  expect(applyTags(tree, [at('environment', 'A'), at('ports', 0), at('labels', 'a'), at('nope', 'x')])).toEqual(
    service({ environment: { B: 2 }, ports: [80], labels: ['a=b'] }),
  );
  expect(applyTags(tree, [{ kind: 'override', path: ['services'] }])).toEqual({});
});
