import type { ServiceRecord } from '../../../../../src/lib/control/engines/docker/record.js';

const labels = {
  'berth.namespace': 'default',
  'berth.stack': 'shop',
  'berth.service': 'web',
  'berth.slot': '1',
  'berth.hash': 'new',
  'berth.generation': '0',
  'berth.release': '4',
  'berth.image': 'shop/web:2',
  'com.docker.compose.project': 'shop',
};

export interface InspectedOptions {
  readonly id?: string;
  readonly created?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly onlyLabels?: Readonly<Record<string, string>>;
  readonly state?: object;
  readonly ports?: object;
  readonly bindings?: object;
  readonly tty?: boolean;
}

/** `GET /containers/{id}/json` of a daemon of Engine API 1.41, as far as it is read. */
export function inspected(options: InspectedOptions = {}): unknown {
  const { id = 'c1', created = '2026-01-01T00:00:00.123456789Z' } = options;
  return {
    Id: id,
    Name: `/shop-${id}`,
    Created: created,
    Path: 'sleep',
    Args: ['1000'],
    RestartCount: 0,
    State: {
      Status: 'running',
      ExitCode: 0,
      OOMKilled: false,
      Error: '',
      StartedAt: '2026-01-01T00:00:01.999999999Z',
      FinishedAt: '0001-01-01T00:00:00Z',
      ...options.state,
    },
    Config: {
      Image: 'sha256:1',
      Tty: options.tty ?? false,
      Labels: options.onlyLabels ?? { ...labels, ...options.labels },
      ExposedPorts: null,
    },
    HostConfig: { PortBindings: options.bindings ?? {} },
    NetworkSettings: { Ports: options.ports ?? {} },
  };
}

/** The same in `GET /containers/json`. */
export function listed(options: InspectedOptions = {}, state = 'running', status = 'Up 2 minutes'): object {
  const { id = 'c1' } = options;
  const own = options.onlyLabels ?? { ...labels, ...options.labels };
  return { Id: id, Names: [`/shop-${id}`], Labels: own, State: state, Status: status };
}

export function record(
  service: Partial<ServiceRecord['service']> = {},
  others: Partial<ServiceRecord> = {},
): ServiceRecord {
  return {
    epoch: 1,
    service: {
      kind: 'service',
      namespace: 'default',
      stack: 'shop',
      name: 'web',
      replicas: 1,
      definition: { image: 'shop/web:2', command: ['sleep', '1000'] },
      hash: 'new',
      generation: 0,
      ...service,
    },
    previous: null,
    rollout: null,
    held: [],
    again: [],
    anew: [],
    adopted: null,
    ...others,
  };
}
