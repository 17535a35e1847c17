import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Project, Service } from '../../../../../../src/lib/compose/project.js';
import { unmetConstraint } from '../../../../../../src/lib/control/engines/docker/spec/constraints.js';
import { refusedKeys, refuseKeys } from '../../../../../../src/lib/control/engines/docker/spec/refused.js';
import { checkReplicas } from '../../../../../../src/lib/control/engines/docker/spec/replicas.js';

const version = [1, 41] as const;

function projectOf(web: Service, others: Readonly<Record<string, Service>> = {}): Project {
  return { name: 'shop', services: { web: { image: 'app', ...web }, ...others } };
}

describe('what makes no sense to start with', () => {
  test.each<[string, Service, string]>([
    ['services.web.volumes[0].type', { volumes: [{ type: 'npipe', source: 'x', target: '/x' }] }, 'unsupported'],
    ['services.web.volumes[0].type', { volumes: [{ type: 'cluster', source: 'x', target: '/x' }] }, 'unsupported'],
    ['services.web.volumes[0].type', { volumes: [{ type: 'image', source: 'x', target: '/x' }] }, 'unsupported'],
    [
      'services.web.volumes[0].volume.subpath',
      { volumes: [{ type: 'volume', source: 'x', target: '/x', volume: { subpath: 'a' } }] },
      'unsupported',
    ],
    ['services.web.volumes[0].source', { volumes: [{ type: 'bind', source: 'x', target: '/x' }] }, 'refused'],
    ['services.web.network_mode', { network_mode: 'service:nobody' }, 'refused'],
    ['services.web.pid', { pid: 'service:web' }, 'refused'],
    ['services.web.ports', { network_mode: 'service:db', ports: [{ target: 80 }] }, 'refused'],
    ['services.web.hostname', { network_mode: 'container:x', hostname: 'h' }, 'refused'],
    ['services.web.hostname', { uts: 'host', hostname: 'h' }, 'refused'],
    ['services.web.provider', { provider: { type: 'x' } }, 'unsupported'],
    ['services.web.deploy.resources.limits.cpus', { deploy: { resources: { limits: { cpus: 'many' } } } }, 'refused'],
    [
      'services.web.deploy.placement.constraints[0]',
      { deploy: { placement: { constraints: ['node.colour==red'] } } },
      'refused',
    ],
    ['services.web.security_opt[0]', { security_opt: ['seccomp=profile.json'] }, 'unsupported'],
    [
      'services.web.secrets[0].target',
      { secrets: [{ source: 's', target: '/etc/x/s' }], volumes: [{ type: 'bind', source: '/x', target: '/etc/x' }] },
      'refused',
    ],
    ['services.web.configs[0].target', { configs: [{ source: 'c' }], read_only: true }, 'refused'],
    [
      'services.web.ports[1]',
      {
        ports: [
          { target: 80, published: '8080' },
          { target: 81, published: '8080' },
        ],
      },
      'refused',
    ],
    ['services.web.ports[0]', { ports: [{ target: 80, published: '8080' }], scale: 2 }, 'refused'],
  ])('%s', (key, definition, code) => {
    const found = refusedKeys(projectOf(definition, { db: { image: 'db' } }), version);
    expect(found.map((error) => [error.code, error.message.split(': ')[0]])).toEqual([[code, key]]);
    expect(found[0]?.hint).toMatch(/^Nothing was changed\./);
  });

  test('an image that is to be built says what to do', () => {
    const project: Project = { name: 'shop', services: { web: { build: { context: '.' } } } };
    expect(() => refuseKeys(project, version)).toThrow(
      expect.objectContaining({
        code: 'unsupported',
        message: 'services.web.build: berth builds no images',
        hint: 'Nothing was changed. Build the image, and name it with `image`.',
      }),
    );
  });

  test('two services that publish one port', () => {
    const port = { target: 80, published: '8080', protocol: 'tcp' } as const;
    const two = (host_ip?: string): Project =>
      projectOf(
        { ports: [{ ...port, host_ip: '127.0.0.1' }] },
        { api: { image: 'api', ports: [{ ...port, ...(host_ip && { host_ip }) }] } },
      );
    expect(refusedKeys(two(), version).map(({ message }) => message)).toEqual([
      'services.api.ports[0]: port 8080 is taken by service web',
    ]);
    expect(refusedKeys(two('127.0.0.2'), version)).toEqual([]);
  });

  test('a project that can be made', () => {
    const web: Service = {
      network_mode: 'service:db',
      pid: 'service:db',
      configs: [{ source: 'c', target: '/etc/c' }],
      read_only: true,
    };
    expect(refusedKeys(projectOf(web, { db: { image: 'db' } }), version)).toEqual([]);
  });
});

describe('replicas of one machine', () => {
  const port = (published?: string): Service => ({
    ports: [{ target: 80, ...(published !== undefined && { published }) }],
  });

  test.each<[Service, number, string]>([
    [port('8080'), 2, 'services.web.ports[0]: 2 replicas cannot share port 8080'],
    [port('8080-8081'), 3, 'services.web.ports[0]: 3 replicas cannot share ports 8080-8081'],
    [{ container_name: 'one' }, 2, 'services.web.container_name: 2 replicas cannot share the name one'],
    [
      { networks: { n: { ipv4_address: '10.0.0.9' } } },
      2,
      'services.web.networks.n: 2 replicas cannot share the address 10.0.0.9',
    ],
  ])('%j: %i', (definition, replicas, message) => {
    expect(() => checkReplicas({ name: 'web', definition }, replicas)).toThrow(
      expect.objectContaining({ message, code: 'refused' }),
    );
    expect(() => checkReplicas({ name: 'web', definition }, replicas - 1)).not.toThrow();
    const everywhere: Service = { ...definition, deploy: { mode: 'global' } };
    expect(() => checkReplicas({ name: 'web', definition: everywhere }, replicas)).not.toThrow();
  });

  test('the range that the hint names is wide enough', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60_000 }), fc.integer({ min: 2, max: 50 }), (first, replicas) => {
        const hint = hintOf(() => checkReplicas({ name: 'web', definition: port(String(first)) }, replicas));
        const range = /range such as (\S+),/.exec(hint)?.[1];
        expect(() => checkReplicas({ name: 'web', definition: port(range) }, replicas)).not.toThrow();
      }),
    );
  });
});

function hintOf(act: () => void): string {
  try {
    act();
  } catch (error) {
    return error instanceof Error && 'hint' in error ? String(error.hint) : '';
  }
  return '';
}

describe('placement on one machine', () => {
  const node = {
    id: 'abc',
    hostname: 'machine',
    role: 'manager',
    os: 'linux',
    architecture: 'x86_64',
    labels: { disk: 'ssd' },
  } as const;

  test.each([
    ['node.hostname==machine', true],
    ['node.hostname == MACHINE', true],
    ['node.hostname!=machine', false],
    ['node.id==abc', true],
    ['node.role==worker', false],
    ['node.platform.os==linux', true],
    ['node.platform.arch==amd64', true],
    ['node.platform.arch!=x86_64', false],
    ['node.platform.arch==arm64', false],
    ['node.labels.disk==ssd', true],
    ['engine.labels.disk==ssd', true],
    ['node.labels.zone!=a', true],
    ['node.labels.constructor==x', false],
    ['no constraint', false],
  ])('%s: %s', (constraint, met) => {
    const unmet = unmetConstraint({ deploy: { placement: { constraints: ['node.id==abc', constraint] } } }, node);
    expect(unmet === null).toBe(met);
    if (!met) expect(unmet).toContain('machine does not meet');
  });
});
