import { describe, expect, test } from 'vitest';
import type { Service } from '../../../../../../src/lib/compose/project.js';
import {
  createBody,
  type ContainerInput,
  type ContainerPlan,
} from '../../../../../../src/lib/control/engines/docker/spec/create-body.js';
import { withReferences } from '../../../../../../src/lib/control/engines/docker/spec/references.js';
import { networkBody, networkOf } from '../../../../../../src/lib/control/engines/docker/spec/networks.js';
import { volumeBody } from '../../../../../../src/lib/control/engines/docker/spec/volumes.js';
import type { UsedResource } from '../../../../../../src/lib/plan/resources.js';
import { scope, serviceResource, treeOf } from './fake-inspect.js';

interface Given extends Partial<Omit<ContainerInput, 'service'>> {
  readonly uses?: Readonly<Record<string, UsedResource>>;
}

function planOf(definition: Service, { uses, ...given }: Given = {}): ContainerPlan {
  const service = serviceResource({ image: 'app:1', ...definition }, 'web', uses);
  const input = { scope, slot: 1, apiVersion: [1, 41], epoch: 5, imageId: 'sha256:abc', files: {}, ...given } as const;
  return createBody({ ...input, service: { ...service, ...input.scope } });
}

function hostOf(definition: Service, given: Given = {}): Readonly<Record<string, unknown>> {
  return treeOf(planOf(definition, given).body['HostConfig']);
}

describe('what a container is made from', () => {
  test('name and labels: docker compose and berth find it', () => {
    const definition: Service = {
      labels: { team: 'red', 'berth.stack': 'forged' },
      depends_on: {
        db: { condition: 'service_healthy', required: true },
        log: { condition: 'service_started', required: false, restart: true },
      },
    };
    const plan = planOf(definition, { slot: 3 });
    const { hash } = serviceResource({ image: 'app:1', ...definition });
    expect(plan.name).toBe('shop-web-3');
    expect(plan.body['Labels']).toEqual({
      team: 'red',
      'berth.namespace': 'default',
      'berth.stack': 'shop',
      'berth.service': 'web',
      'berth.slot': '3',
      'berth.hash': hash,
      'berth.generation': '1',
      'berth.epoch': '5',
      'berth.image': 'app:1',
      'com.docker.compose.project': 'shop',
      'com.docker.compose.service': 'web',
      'com.docker.compose.container-number': '3',
      'com.docker.compose.oneoff': 'False',
      'com.docker.compose.config-hash': hash,
      'com.docker.compose.version': '2.0.0',
      'com.docker.compose.image': 'sha256:abc',
      'com.docker.compose.depends_on': 'db:service_healthy:false,log:service_started:true',
    });
  });

  test('another namespace stands before every name but those of others', () => {
    const plan = planOf(
      { networks: { front: null, corp: null }, volumes: [{ type: 'volume', source: 'data', target: '/d' }] },
      {
        scope: { namespace: 'ci', stack: 'shop' },
        uses: {
          'network front': { name: 'shop_front' },
          'network corp': { name: 'corp', external: true },
          'volume data': { name: 'shop_data' },
        },
      },
    );
    expect(plan.name).toBe('ci_shop-web-1');
    expect(plan.networks.map(({ name }) => name)).toEqual(['corp', 'ci_shop_front']);
    expect(treeOf(plan.body['HostConfig'])['Mounts']).toEqual([
      { Type: 'volume', Source: 'ci_shop_data', Target: '/d' },
    ]);
  });

  test('networks by priority: up to API 1.43 the first is in the body, the others are connected', () => {
    const networks = { a: null, b: { priority: 2, aliases: ['w'], ipv4_address: '10.0.0.9' }, c: { priority: 1 } };
    const own = ['web', 'shop-web-1'];
    const b = { name: 'shop_b', config: { Aliases: [...own, 'w'], IPAMConfig: { IPv4Address: '10.0.0.9' } } };
    const [c, a] = ['c', 'a'].map((key) => ({ name: `shop_${key}`, config: { Aliases: own } }));
    const old = planOf({ networks });
    expect(old.networks).toEqual([b, c, a]);
    expect(old.connect).toEqual([c, a]);
    expect(old.body['NetworkingConfig']).toEqual({ EndpointsConfig: { shop_b: b.config } });
    expect(treeOf(old.body['HostConfig'])['NetworkMode']).toBe('shop_b');
    const newer = planOf({ networks }, { apiVersion: [1, 44] });
    expect(newer.connect).toEqual([]);
    expect(newer.body['NetworkingConfig']).toEqual({
      EndpointsConfig: { shop_b: b.config, shop_c: c?.config, shop_a: a?.config },
    });
  });

  test('a MAC address is the container’s up to API 1.43, then the endpoint’s', () => {
    const definition: Service = { mac_address: '02:42:ac:11:00:05', networks: { a: null } };
    expect(planOf(definition).body['MacAddress']).toBe('02:42:ac:11:00:05');
    expect(planOf(definition, { apiVersion: [1, 44] }).body).not.toHaveProperty('MacAddress');
    expect(planOf(definition, { apiVersion: [1, 44] }).networks[0]?.config).toHaveProperty('MacAddress');
  });

  test.each<[string, Service, Readonly<Record<string, unknown>>]>([
    ['never', {}, { Name: 'no' }],
    ['the word', { restart: 'always' }, { Name: 'always' }],
    ['a job', { restart: 'always', deploy: { mode: 'replicated-job' } }, { Name: 'on-failure', MaximumRetryCount: 0 }],
    ['the policy first', { restart: 'always', deploy: { restart_policy: { condition: 'none' } } }, { Name: 'no' }],
    ['any', { deploy: { restart_policy: {} } }, { Name: 'unless-stopped' }],
    [
      'attempts',
      { deploy: { restart_policy: { condition: 'any', max_attempts: 4 } } },
      { Name: 'on-failure', MaximumRetryCount: 4 },
    ],
    [
      'a job with a policy',
      { deploy: { mode: 'global-job', restart_policy: {} } },
      { Name: 'on-failure', MaximumRetryCount: 0 },
    ],
  ])('restarts: %s', (_what, definition, expected) => {
    expect(hostOf(definition)['RestartPolicy']).toEqual(expected);
  });

  test('ports: a range, an address, any free one', () => {
    const plan = planOf({
      ports: [
        { target: 80, published: '8000-8010', protocol: 'tcp' },
        { target: 80, published: '', host_ip: '127.0.0.1' },
        { target: 53, protocol: 'udp' },
      ],
      expose: ['9000', '3000-3001/udp'],
    });
    expect(treeOf(plan.body['HostConfig'])['PortBindings']).toEqual({
      '80/tcp': [
        { HostIp: '', HostPort: '8000-8010' },
        { HostIp: '127.0.0.1', HostPort: '' },
      ],
      '53/udp': [{ HostIp: '', HostPort: '' }],
    });
    expect(Object.keys(treeOf(plan.body['ExposedPorts']))).toEqual([
      '9000/tcp',
      '3000/udp',
      '3001/udp',
      '80/tcp',
      '53/udp',
    ]);
  });

  test('limits of deploy come before those of the service', () => {
    const definition: Service = {
      cpus: 2,
      mem_limit: '1024',
      deploy: { resources: { limits: { cpus: '0.25', memory: '2048' }, reservations: { memory: '512' } } },
    };
    expect(hostOf(definition)).toMatchObject({ NanoCpus: 250_000_000, Memory: 2048, MemoryReservation: 512 });
    expect(hostOf({ cpus: 2, mem_limit: '1024', pids_limit: 7 })).toMatchObject({
      NanoCpus: 2e9,
      Memory: 1024,
      PidsLimit: 7,
    });
  });

  test('a folder of the host is made unless it must not be', () => {
    const mount = { type: 'bind', source: '/a', target: '/b' } as const;
    const refuses = { ...mount, bind: { create_host_path: false } };
    expect(hostOf({ volumes: [mount] })).toMatchObject({ Binds: ['/a:/b'] });
    expect(hostOf({ volumes: [refuses] })['Mounts']).toEqual([{ Type: 'bind', Source: '/a', Target: '/b' }]);
    const colon = { ...mount, source: '/a:b', read_only: true };
    expect(hostOf({ volumes: [colon] }, { apiVersion: [1, 42] })['Mounts']).toEqual([
      { Type: 'bind', Source: '/a:b', Target: '/b', ReadOnly: true, BindOptions: { CreateMountpoint: true } },
    ]);
  });

  test('what newer daemons know is not said to older ones', () => {
    const definition: Service = {
      healthcheck: { test: ['CMD', 'x'], start_interval: '2s' },
      annotations: { a: 'b' },
      networks: { a: { gw_priority: 1, interface_name: 'eth7' } },
      volumes: [{ type: 'volume', source: 'v', target: '/v', volume: { subpath: 's' } }],
    };
    const old = JSON.stringify(planOf(definition));
    const newest = JSON.stringify(planOf(definition, { apiVersion: [1, 51] }));
    for (const name of ['StartInterval', 'Annotations', 'GwPriority', 'endpoint.ifname', 'Subpath']) {
      expect(old).not.toContain(name);
      expect(newest).toContain(name);
    }
  });

  test('a container for a command of its own', () => {
    const definition: Service = {
      command: ['serve'],
      ports: [{ target: 80, published: '8080' }],
      restart: 'always',
      container_name: 'the-one',
      environment: { A: 'a', B: 'b' },
      networks: { default: { aliases: ['w'], ipv4_address: '10.0.0.9' } },
    };
    const oneOff = { command: ['sh'], tty: true, interactive: true, user: 'me', env: { B: 'mine' }, slug: 'f00' };
    const { name, body, networks } = planOf(definition, { oneOff });
    expect(name).toBe('shop-web-run-f00');
    expect(body).toMatchObject({
      Cmd: ['sh'],
      Tty: true,
      OpenStdin: true,
      StdinOnce: true,
      AttachStdin: true,
      AttachStdout: true,
      User: 'me',
      Env: ['A=a', 'B=mine'],
      HostConfig: { RestartPolicy: { Name: 'no' } },
      Labels: { 'berth.oneoff': 'true', 'com.docker.compose.oneoff': 'True', 'com.docker.compose.slug': 'f00' },
    });
    expect(body['HostConfig']).not.toHaveProperty('PortBindings');
    expect(networks).toEqual([{ name: 'shop_default', config: {} }]);
  });
});

describe('what is shared with containers of other services', () => {
  const containers: Readonly<Record<string, readonly string[]>> = { db: ['shop-db-1', 'shop-db-2'] };
  const containersOf = (service: string): readonly string[] => containers[service] ?? [];

  test('is filled in when they are known', () => {
    const definition: Service = {
      pid: 'service:db',
      ipc: 'service:db',
      volumes_from: ['db:ro', 'container:other'],
      links: ['db:database'],
      external_links: ['cache'],
    };
    const { body, references } = planOf(definition);
    expect(references).toEqual({
      sharesPid: 'db',
      sharesIpc: 'db',
      volumesFrom: [{ service: 'db', mode: 'ro' }],
      links: [{ service: 'db', alias: 'database' }],
    });
    expect(withReferences(body, references, containersOf)).toMatchObject({
      HostConfig: {
        PidMode: 'container:shop-db-1',
        IpcMode: 'container:shop-db-1',
        VolumesFrom: ['other', 'shop-db-1:ro'],
      },
      NetworkingConfig: {
        EndpointsConfig: {
          shop_default: { Links: ['cache:cache', 'shop-db-1:database', 'shop-db-2:database'] },
        },
      },
    });
  });

  test('a network of another, and links on the bridge', () => {
    const shared = planOf({ network_mode: 'service:db' });
    expect(shared.networks).toEqual([]);
    expect(withReferences(shared.body, shared.references, containersOf)).toMatchObject({
      HostConfig: { NetworkMode: 'container:shop-db-1' },
    });
    const bridge = planOf({ network_mode: 'bridge', links: ['db'] });
    expect(withReferences(bridge.body, bridge.references, containersOf)).toMatchObject({
      HostConfig: { NetworkMode: 'bridge', Links: ['shop-db-1:db', 'shop-db-2:db'] },
    });
  });

  test('is refused while there is none', () => {
    const { body, references } = planOf({ pid: 'service:nobody' });
    expect(() => withReferences(body, references, containersOf)).toThrow(
      expect.objectContaining({ code: 'refused', message: 'service nobody has no container to share with' }),
    );
  });
});

describe('secrets and configs', () => {
  const files = { 'secret token': Buffer.from('s3cret'), 'config app': Buffer.from('a=1') };
  const definition: Service = {
    secrets: [{ source: 'token' }, { source: 'token', target: 'deep/er', mode: '0400', uid: '7', gid: '8' }],
    configs: [{ source: 'app' }, { source: 'app', target: '/etc/app/conf' }],
  };

  /** Path, permissions, owner and content of every file of an archive. */
  function filesIn(archive: Buffer): string[] {
    const found: string[] = [];
    for (let at = 0; archive[at] !== 0 && at < archive.length;) {
      const field = (from: number, length: number): string =>
        archive
          .subarray(at + from, at + from + length)
          .toString()
          .split('\0')[0] ?? '';
      const size = Number.parseInt(field(124, 12), 8);
      const content = archive.subarray(at + 512, at + 512 + size).toString();
      found.push(
        `${field(0, 100)} ${field(100, 8)} ${Number.parseInt(field(108, 8), 8)}:${Number.parseInt(field(116, 8), 8)} ${content}`,
      );
      at += 512 + Math.ceil(size / 512) * 512;
    }
    return found;
  }

  test('are copied to where they are wanted', () => {
    const { archives } = planOf(definition, { files });
    expect(archives.map(({ path }) => path)).toEqual(['/']);
    expect(filesIn(archives[0]?.data ?? Buffer.alloc(0))).toEqual([
      'run/secrets/token 0000444 0:0 s3cret',
      'run/secrets/deep/er 0000400 7:8 s3cret',
      'app 0000444 0:0 a=1',
      'etc/app/conf 0000444 0:0 a=1',
    ]);
    expect(planOf({}).archives).toEqual([]);
  });

  test('a read-only root, or a tmpfs over the folder: into volumes without a name', () => {
    const [, ...configs] = definition.configs ?? [];
    const readOnly = planOf({ ...definition, configs, read_only: true }, { files });
    expect(readOnly.archives.map(({ path }) => path)).toEqual(['/run/secrets', '/run/secrets/deep', '/etc/app']);
    expect(filesIn(readOnly.archives[1]?.data ?? Buffer.alloc(0))).toEqual(['er 0000400 7:8 s3cret']);
    expect(treeOf(readOnly.body['HostConfig'])['Mounts']).toEqual(
      ['/etc/app', '/run/secrets', '/run/secrets/deep'].map((Target) => ({ Type: 'volume', Target })),
    );
    const hidden = planOf({ ...definition, tmpfs: ['/run:size=1m'] }, { files });
    expect(hidden.archives.map(({ path }) => path)).toEqual(['/run/secrets', '/run/secrets/deep', '/']);
  });

  test('without content, or with an owner that is no number', () => {
    expect(() => planOf(definition)).toThrow(
      expect.objectContaining({
        code: 'refused',
        message: 'services.web.secrets[0]: nothing is known of the content of secret token',
      }),
    );
    expect(() => planOf({ configs: [{ source: 'app', uid: 'root' }] }, { files })).toThrow(
      expect.objectContaining({ code: 'refused', message: 'services.web.configs[0].uid: "root" is no number' }),
    );
  });
});

describe('networks and volumes', () => {
  const network = {
    name: 'shop_front',
    driver: 'macvlan',
    driver_opts: { parent: 'eth0' },
    internal: true,
    attachable: true,
    enable_ipv6: true,
    ipam: {
      driver: 'other',
      config: [
        { subnet: '10.9.0.0/16', ip_range: '10.9.1.0/24', gateway: '10.9.0.1', aux_addresses: { a: '10.9.0.2' } },
      ],
      options: { o: 'p' },
    },
    labels: { l: 'm' },
  };

  test('a network and back', () => {
    const body = networkBody(scope, 'front', network, [1, 41]);
    expect(body).toMatchObject({
      Name: 'shop_front',
      CheckDuplicate: true,
      Labels: {
        l: 'm',
        'berth.namespace': 'default',
        'berth.stack': 'shop',
        'com.docker.compose.project': 'shop',
        'com.docker.compose.network': 'front',
      },
    });
    expect(networkBody(scope, 'front', network, [1, 44])).not.toHaveProperty('CheckDuplicate');
    expect(networkOf(body, 'shop_front', false)).toEqual(network);
  });

  test('a subnet that the daemon chose is not said, but where an address in it is', () => {
    const chosen = {
      Driver: 'bridge',
      IPAM: { Driver: 'default', Config: [{ Subnet: '172.20.0.0/16', Gateway: '172.20.0.1' }] },
    };
    expect(networkOf(chosen, 'n', false)).toEqual({ name: 'n' });
    expect(networkOf(chosen, 'n', true)).toEqual({
      name: 'n',
      ipam: { config: [{ subnet: '172.20.0.0/16', gateway: '172.20.0.1' }] },
    });
  });

  test('a volume in a namespace', () => {
    expect(
      volumeBody({ namespace: 'ci', stack: 'shop' }, 'data', { name: 'shop_data', driver_opts: { type: 'none' } }),
    ).toMatchObject({
      Name: 'ci_shop_data',
      DriverOpts: { type: 'none' },
      Labels: { 'com.docker.compose.project': 'ci_shop', 'com.docker.compose.volume': 'data' },
    });
  });
});
