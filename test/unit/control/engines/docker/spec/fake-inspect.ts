import type { Service } from '../../../../../../src/lib/compose/project.js';
import { usesAndHash } from '../../../../../../src/lib/plan/desired.js';
import type { ServiceResource } from '../../../../../../src/lib/plan/resources.js';
import type { ContainerPlan } from '../../../../../../src/lib/control/engines/docker/spec/create-body.js';

type Tree = Readonly<Record<string, unknown>>;

export const scope = { namespace: 'default', stack: 'shop' };

/** The service as it would be applied, in a stack whose networks and volumes are named after it. */
export function serviceResource(definition: Service, name = 'web', uses?: ServiceResource['uses']): ServiceResource {
  const { hash } = usesAndHash({ name: scope.stack, services: { [name]: definition } }, definition);
  return { ...scope, kind: 'service', name, replicas: 1, definition, hash, generation: 1, ...(uses && { uses }) };
}

/** What an image brings; no value of it is one that the round trip tries. */
export const image = {
  Env: ['PATH=/bin', 'FROM_IMAGE=yes'],
  Cmd: ['image-command'],
  Entrypoint: ['image-entrypoint'],
  Labels: { 'image.label': 'of the image' },
  User: 'image-user',
  WorkingDir: '/image',
  StopSignal: 'SIGQUIT',
  ExposedPorts: { '1/tcp': {} },
  Volumes: { '/image-volume': {} },
  Healthcheck: { Test: ['CMD', 'image-check'], Interval: 1_000_000_000, Retries: 11 },
};

/** What the daemon answers to GET /containers/{id}/json after such a container was made: as 20.10 does it. */
export function fakeInspect(plan: ContainerPlan, id = 'c0ffee'.padEnd(64, '0'), brought: Tree = image): Tree {
  const { HostConfig: host, NetworkingConfig: networking, ...own } = plan.body;
  const made = treeOf(treeOf(networking)['EndpointsConfig']);
  const container = configOf(treeOf(own), brought, id);
  const shortId = id.slice(0, 12);
  const networks = plan.networks.map(({ name, config }): [string, Tree] => {
    const { Aliases: aliases, ...endpoint } = { ...config, ...treeOf(made[name]) };
    const given: unknown[] = Array.isArray(aliases) ? aliases : [];
    const all = [...given, shortId, container['Hostname']];
    return [name, { IPAMConfig: null, Links: null, DriverOpts: null, ...endpoint, Aliases: all }];
  });
  return {
    Id: id,
    Name: `/${plan.name}`,
    Created: '2026-01-01T00:00:00Z',
    Image: 'sha256:image',
    Config: container,
    HostConfig: hostOf(treeOf(host)),
    NetworkSettings: { Networks: Object.fromEntries(networks) },
  };
}

function configOf(own: Tree, brought: Tree, id: string): Tree {
  const texts = (value: unknown): string[] => (Array.isArray(value) ? value.map(String) : []);
  const given = new Set(texts(own['Env']).map((line) => line.split('=')[0]));
  const env = [...texts(own['Env']), ...texts(brought['Env']).filter((line) => !given.has(line.split('=')[0]))];
  const inherits = texts(own['Entrypoint']).length === 0;
  return {
    Hostname: id.slice(0, 12),
    Domainname: '',
    StopTimeout: undefined,
    MacAddress: '',
    ...Object.fromEntries(['User', 'WorkingDir', 'StopSignal'].map((key) => [key, brought[key]])),
    Tty: false,
    OpenStdin: false,
    ...own,
    Env: env,
    Labels: { ...treeOf(brought['Labels']), ...treeOf(own['Labels']) },
    ExposedPorts: { ...treeOf(brought['ExposedPorts']), ...treeOf(own['ExposedPorts']) },
    Volumes: treeOf(brought['Volumes']),
    Entrypoint: own['Entrypoint'] ?? brought['Entrypoint'],
    Cmd: own['Cmd'] ?? (inherits ? brought['Cmd'] : null),
    Healthcheck: healthOf(own['Healthcheck'], brought['Healthcheck']),
  };
}

/** What the container does not say is the image's. */
function healthOf(own: unknown, brought: unknown): unknown {
  if (own === undefined) return brought;
  const said = Object.entries(treeOf(own)).filter(([, value]) => value !== 0);
  return { ...treeOf(brought), ...Object.fromEntries(said) };
}

function hostOf(own: Tree): Tree {
  const log = treeOf(own['LogConfig']);
  const isUnconfined = own['Privileged'] === true || own['PidMode'] === 'host' || own['IpcMode'] === 'host';
  const options = Array.isArray(own['SecurityOpt']) ? own['SecurityOpt'].map(String) : [];
  const memory = typeof own['Memory'] === 'number' ? own['Memory'] : 0;
  return {
    Binds: null,
    NetworkMode: 'default',
    PortBindings: null,
    CapAdd: null,
    CgroupnsMode: 'host',
    Dns: null,
    IpcMode: 'private',
    PidMode: '',
    UTSMode: '',
    Privileged: false,
    ShmSize: 67_108_864,
    Runtime: 'runc',
    CpuShares: 0,
    MemorySwap: memory * 2,
    MemorySwappiness: null,
    OomKillDisable: false,
    PidsLimit: null,
    Ulimits: null,
    MaskedPaths: ['/proc/asound'],
    ...own,
    LogConfig: {
      Type: log['Type'] === '' || log['Type'] === undefined ? 'json-file' : log['Type'],
      Config: log['Config'] ?? {},
    },
    SecurityOpt: isUnconfined ? [...options, 'label=disable'] : own['SecurityOpt'],
  };
}

export function treeOf(value: unknown): Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value))
    : {};
}
