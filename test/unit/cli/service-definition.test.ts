import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadProject } from '../../../src/lib/compose/load.js';
import { serviceChanges, serviceDefinition, type ServiceFlags } from '../../../src/lib/cli/service-definition.js';
import { serviceNameOf } from '../../../src/lib/cli/service-words.js';

const everything: ServiceFlags = {
  'target-num-containers': 3,
  'run-command': "serve --greeting 'hello world'",
  entrypoint: '/entry.sh',
  publish: ['80', '8080:81/udp'],
  expose: ['90', '81'],
  volume: ['/data', '/srv/www:/www', '/srv/conf:/conf:RO'],
  'volumes-from': ['base'],
  'link-service': ['db:database', 'queue.infra:q'],
  cpushares: 512,
  memory: 256,
  tag: ['fast'],
  'deployment-strategy': 'HIGH_AVAILABILITY',
  autorestart: 'ON_FAILURE',
  autodestroy: 'ON_SUCCESS',
  role: ['global'],
  pid: 'host',
  privileged: true,
  autoredeploy: true,
  sequential: true,
};

describe('a service from flags', () => {
  test('has all that was said, and nothing else', () => {
    expect(serviceDefinition('example/web:1', everything, { MODE: 'test' })).toEqual({
      image: 'example/web:1',
      command: ['serve', '--greeting', 'hello world'],
      entrypoint: ['/entry.sh'],
      environment: { MODE: 'test' },
      pid: 'host',
      privileged: true,
      ports: [
        { mode: 'ingress', target: 80, protocol: 'tcp' },
        { mode: 'ingress', target: 81, published: '8080', protocol: 'udp' },
      ],
      expose: ['90'],
      external_links: ['db:database', 'queue.infra:q'],
      volumes: [
        { type: 'volume', target: '/data', volume: {} },
        { type: 'bind', source: '/srv/www', target: '/www', bind: { create_host_path: true } },
        { type: 'bind', source: '/srv/conf', target: '/conf', read_only: true, bind: { create_host_path: true } },
      ],
      volumes_from: ['base'],
      cpu_shares: 512,
      restart: 'on-failure',
      deploy: {
        replicas: 3,
        placement: { preferences: [{ spread: 'node.id' }] },
        resources: { limits: { memory: '268435456' } },
      },
      'x-berth': { tags: ['fast'], roles: ['global'], autodestroy: 'on-success', autoredeploy: true, sequential: true },
    });
    expect(serviceDefinition('redis', {}, {})).toEqual({ image: 'redis' });
  });

  test('is canonical: Compose reads it back as it is', async () => {
    const { 'volumes-from': _base, ...flags } = everything;
    const definition = serviceDefinition('example/web:1', flags, { MODE: 'test' });
    const file = JSON.stringify({ name: 'solo', services: { web: definition } });
    const { project } = await loadProject({
      cwd: '/',
      env: {},
      files: ['-'],
      readStdin: async () => file,
      normalize: false,
    });
    expect(project.services['web']).toEqual(definition);
  });

  test('has no network of its own where it has a mode', () => {
    expect(serviceChanges({ net: 'host' }, {}, { networks: { default: null } })).toEqual({
      network_mode: 'host',
      networks: null,
    });
    expect(serviceDefinition('redis', { net: 'host' }, {})).toEqual({ image: 'redis', network_mode: 'host' });
  });

  test.each([
    [{ publish: ['http'] }, '--publish does not take "http"'],
    [{ publish: ['0:80'] }, '--publish does not take "0:80"'],
    [{ publish: ['80:80:80'] }, '--publish does not take "80:80:80"'],
    [{ publish: ['80/icmp'] }, '--publish does not take "80/icmp"'],
    [{ publish: ['70000'] }, '--publish does not take "70000"'],
    [{ expose: ['0'] }, '--expose does not take "0"'],
    [{ expose: ['80/udp'] }, '--expose does not take "80/udp"'],
    [{ volume: ['data'] }, '--volume does not take "data"'],
    [{ volume: ['data:/data'] }, '--volume does not take "data:/data"'],
    [{ volume: ['/a:/b:rx'] }, '--volume does not take "/a:/b:rx"'],
    [{ volume: ['/a:/b:ro:z'] }, '--volume does not take "/a:/b:ro:z"'],
    [{ 'link-service': ['db'] }, '--link-service does not take "db"'],
    [{ 'run-command': "sh -c 'oops" }, '--run-command: invalid command line string: unbalanced quote'],
    [{ image: 'two words' }, '"two words" is no image'],
    [{ cpushares: 1 }, '--cpushares takes a number from 2 to 1024; got 1'],
    [{ cpushares: 1025 }, '--cpushares takes a number from 2 to 1024; got 1025'],
    [
      { 'target-num-containers': 2, 'deployment-strategy': 'EVERY_NODE' },
      '--target-num-containers and --deployment-strategy EVERY_NODE exclude each other',
    ],
  ] satisfies readonly (readonly [ServiceFlags, string])[])('%j is refused', (flags, message) => {
    expect(() => serviceChanges(flags, {}, {})).toThrow(expect.objectContaining({ code: 'usage', message }));
  });
});

describe('changes of a service', () => {
  const current = serviceDefinition('example/web:1', everything, {});

  test('nothing said changes nothing', () => {
    expect(serviceChanges({}, {}, current)).toEqual({});
  });

  test('keep what a flag does not concern in the attributes it does', () => {
    expect(serviceChanges({ memory: 64, tag: ['slow'], 'target-num-containers': 1 }, {}, current)).toEqual({
      deploy: {
        replicas: 1,
        placement: { preferences: [{ spread: 'node.id' }] },
        resources: { limits: { memory: '67108864' } },
      },
      'x-berth': { tags: ['slow'], roles: ['global'], autodestroy: 'on-success', autoredeploy: true, sequential: true },
    });
  });

  test.each([
    [{ memory: 0 }, { deploy: { replicas: 3, placement: { preferences: [{ spread: 'node.id' }] } } }],
    [{ 'deployment-strategy': 'EMPTIEST_NODE' }, { deploy: { replicas: 3, resources: expect.anything() } }],
    [
      { 'run-command': '', entrypoint: ' ' },
      { command: null, entrypoint: null },
    ],
    [
      { cpushares: 0, pid: 'none' },
      { cpu_shares: null, pid: null },
    ],
    [{ privileged: false }, { privileged: null }],
    [{ autorestart: 'OFF' }, { restart: 'no' }],
    [
      { autodestroy: 'OFF', autoredeploy: false, sequential: false },
      { 'x-berth': { tags: ['fast'], roles: ['global'] } },
    ],
  ] satisfies readonly (readonly [ServiceFlags, object])[])('%j takes away', (flags, changes) => {
    expect(serviceChanges(flags, {}, current)).toEqual(changes);
  });

  test('an attribute of which nothing is left goes away', () => {
    const small = serviceDefinition('redis', { memory: 64, autoredeploy: true }, {});
    expect(serviceChanges({ memory: 0, autoredeploy: false }, {}, small)).toEqual({ deploy: null, 'x-berth': null });
  });

  test('a restart policy of deploy does not win over the flag', () => {
    const policy = { deploy: { replicas: 2, restart_policy: { condition: 'any' } } } as const;
    expect(serviceChanges({ autorestart: 'OFF' }, {}, policy)).toEqual({ restart: 'no', deploy: { replicas: 2 } });
  });

  test('saying the same twice changes nothing more', () => {
    const flags = fc.record(
      {
        'target-num-containers': fc.nat(9),
        memory: fc.nat(512),
        cpushares: fc.constantFrom(0, 2, 512, 1024),
        'deployment-strategy': fc.constantFrom('EMPTIEST_NODE' as const, 'HIGH_AVAILABILITY' as const),
        autorestart: fc.constantFrom('OFF' as const, 'ON_FAILURE' as const, 'ALWAYS' as const),
        autodestroy: fc.constantFrom('OFF' as const, 'ON_SUCCESS' as const, 'ALWAYS' as const),
        autoredeploy: fc.boolean(),
        sequential: fc.boolean(),
        privileged: fc.boolean(),
        tag: fc.array(fc.constantFrom('a', 'b')),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(flags, flags, (first, then) => {
        const once = {
          ...serviceDefinition('redis', first, {}),
          ...serviceChanges(then, {}, serviceDefinition('redis', first, {})),
        };
        const kept = Object.fromEntries(Object.entries(once).filter(([, value]) => value !== null));
        const again = serviceChanges(then, {}, kept);
        for (const [attribute, value] of Object.entries(again)) expect(value).toEqual(Object(once)[attribute]);
      }),
    );
  });
});

describe('the name of a service', () => {
  test.each([
    ['redis', 'redis'],
    ['redis:8-alpine', 'redis'],
    ['tutum/hello-world:latest', 'hello-world'],
    ['registry.example.com:5000/team/Web.App:1.2', 'web-app'],
    ['example/app@sha256:0123456789abcdef', 'app'],
    ['example/_under', 'under'],
  ])('of %s is %s', (image, name) => {
    expect(serviceNameOf(image)).toBe(name);
  });

  test('that an image does not give has to be given', () => {
    expect(() => serviceNameOf('example/:1')).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
