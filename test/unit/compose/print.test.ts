import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadProject } from '../../../src/lib/compose/load.js';
import { printProject } from '../../../src/lib/compose/print.js';
import type { Project } from '../../../src/lib/compose/project.js';
import { temporaryProject } from './temporary-project.js';

const text = fc.oneof(
  fc.string({ maxLength: 12 }),
  fc.constantFrom('yes', 'no', '~', '012', '1e3', '12:30:45', '$HOME', '${X:-y}', '$$', ' a ', 'a: b', '# c', 'x\ny\n'),
);
const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_.]{0,6}$/);
const port = fc.record({
  mode: fc.constantFrom('ingress', 'host'),
  target: fc.integer({ min: 1, max: 65535 }),
  published: fc.integer({ min: 1, max: 65535 }).map(String),
  protocol: fc.constantFrom('tcp', 'udp'),
});
const service = fc.record(
  {
    image: fc.constantFrom('a', 'reg:5000/a/b:1.0', '12'),
    command: fc.array(text, { maxLength: 3 }),
    environment: fc.dictionary(key, fc.option(text)),
    labels: fc.dictionary(key, text),
    ports: fc.uniqueArray(port, { maxLength: 3, selector: ({ target }) => target }),
    deploy: fc.record({ replicas: fc.nat(5) }),
    networks: fc.constant({ default: null }),
    volumes: fc.constant([{ type: 'volume', source: 'data', target: '/d', volume: {} }]),
    healthcheck: fc.record({ test: fc.constant(['CMD', '$x']), interval: fc.constantFrom('1m30s', '5s') }),
    'x-berth': fc.dictionary(key, text),
  },
  { requiredKeys: ['image', 'networks'] },
);
const project = fc.record({
  name: fc.constant('p'),
  services: fc.dictionary(fc.stringMatching(/^[a-z][a-z0-9-]{0,5}$/), service, { minKeys: 1, maxKeys: 4 }),
});

async function reload(printed: string): Promise<Project> {
  const cwd = '/';
  const loaded = await loadProject({ cwd, env: {}, files: ['-'], readStdin: () => Promise.resolve(printed) });
  return loaded.project;
}

/** As an object with ordinary prototypes and without what is null because it is not set. */
function plain(value: unknown): unknown {
  return JSON.parse(JSON.stringify(value));
}

describe('printProject', () => {
  test.each(['json', 'yaml'] as const)('%s loads again to the same model', async (format) => {
    await fc.assert(
      fc.asyncProperty(project, async ({ name, services }) => {
        const volumes = { volumes: { data: { name: 'p_data' } } };
        const once = await reload(JSON.stringify({ name, services, ...volumes }).replaceAll('$', '$$$$'));
        const again = await reload(printProject(once, format));
        const named = Object.fromEntries(
          Object.entries(once.services).map(([id, value]) => [id, { command: null, entrypoint: null, ...value }]),
        );
        expect(plain(again)).toEqual(plain({ ...once, services: named }));
        expect(Object.values(once.services)).toMatchObject(Object.values(services).map(({ image }) => ({ image })));
      }),
      { numRuns: 60 },
    );
  });

  const small: Project = {
    'x-more': '$a',
    name: 'p',
    services: { b: { image: 'b' }, a: { user: 'no', image: 'a:$x', ports: [{ target: 80, published: '012' }] } },
  };

  test('JSON: sorted, dollars doubled, unset commands null', () => {
    expect(JSON.parse(printProject(small, 'json'))).toEqual({
      name: 'p',
      services: {
        a: {
          command: null,
          entrypoint: null,
          image: 'a:$$x',
          ports: [{ target: 80, published: '012' }],
          user: 'no',
        },
        b: { command: null, entrypoint: null, image: 'b' },
      },
      'x-more': '$$a',
    });
    expect(printProject(small, 'json').indexOf('"a"')).toBeLessThan(printProject(small, 'json').indexOf('"b"'));
  });

  test('YAML: what other readers take for something else is quoted', () => {
    const printed = printProject({ ...small, services: { a: small.services['a'] ?? {} } }, 'yaml');
    expect(printed).toBe(
      'name: p\nservices:\n  a:\n    command: null\n    entrypoint: null\n    image: a:$$x\n    ports:\n      - target: 80\n        published: "012"\n    user: "no"\nx-more: $$a\n',
    );
  });

  test('a project whose variables were kept is printed as written', async () => {
    const cwd = temporaryProject({ 'compose.yaml': 'services: {a: {image: "a:${TAG:-1}$$"}}' });
    const { project: loaded } = await loadProject({ cwd, env: {}, interpolate: false });
    expect(printProject(loaded, 'yaml', { escape: false })).toContain('image: a:${TAG:-1}$$\n');
  });
});
