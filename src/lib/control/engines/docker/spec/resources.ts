import type { Deploy, Service } from '../../../../compose/project.js';
import {
  given,
  isEmpty,
  numberIn,
  said,
  sizeIn,
  textIn,
  textMapIn,
  textsIn,
  treeIn,
  treesIn,
  type Tree,
} from './reading.js';

const rateLists = [
  ['device_read_bps', 'BlkioDeviceReadBps'],
  ['device_write_bps', 'BlkioDeviceWriteBps'],
  ['device_read_iops', 'BlkioDeviceReadIOps'],
  ['device_write_iops', 'BlkioDeviceWriteIOps'],
] as const;

/**
 * What a container may use, as members of `HostConfig` (Engine API 1.41): `deploy.resources` first, else the attributes
 * of the service.
 */
export function resourceMembers(definition: Service): Tree {
  const resources = definition.deploy?.resources ?? {};
  const limits = treeIn(resources, 'limits');
  const reservations = treeIn(resources, 'reservations');
  const cpus = numberIn(limits, 'cpus') ?? numberIn(definition, 'cpus');
  const requests = [...deviceRequests(reservations), ...gpuRequests(definition), ...cdiRequests(definition)];
  return given({
    NanoCpus: cpus === undefined ? undefined : Math.round(cpus * 1e9),
    Memory: positive(sizeIn(limits, 'memory') ?? sizeIn(definition, 'mem_limit')),
    MemoryReservation: positive(sizeIn(reservations, 'memory') ?? sizeIn(definition, 'mem_reservation')),
    PidsLimit: numberIn(limits, 'pids') ?? numberIn(definition, 'pids_limit'),
    Ulimits: ulimits(definition),
    Devices: deviceMembers(definition),
    DeviceRequests: requests.length === 0 ? undefined : requests,
    ...blkioMembers(treeIn(definition, 'blkio_config')),
  });
}

/** Nought and less are no limit. */
function positive(bytes: number | undefined): number | undefined {
  return bytes !== undefined && bytes > 0 ? bytes : undefined;
}

function ulimits(definition: Service): readonly Tree[] | undefined {
  const all = treeIn(definition, 'ulimits');
  const found = Object.keys(all).map((name) => {
    const both = numberIn(all, name);
    const limit = treeIn(all, name);
    return { Name: name, Soft: both ?? numberIn(limit, 'soft') ?? 0, Hard: both ?? numberIn(limit, 'hard') ?? 0 };
  });
  return found.length === 0 ? undefined : found;
}

/** `vendor.com/class=name` is a device of the Container Device Interface rather than a path. */
function isCdi(device: Tree): boolean {
  return /^[^/]+\/[^=]+=.+$/.test(textIn(device, 'source') ?? '');
}

function deviceMembers(definition: Service): readonly Tree[] | undefined {
  const devices = treesIn(definition, 'devices').filter((device) => !isCdi(device));
  if (devices.length === 0) return undefined;
  return devices.map((device) => ({
    PathOnHost: textIn(device, 'source'),
    PathInContainer: textIn(device, 'target') ?? textIn(device, 'source'),
    CgroupPermissions: textIn(device, 'permissions') ?? 'rwm',
  }));
}

function cdiRequests(definition: Service): readonly Tree[] {
  const ids = treesIn(definition, 'devices')
    .filter(isCdi)
    .flatMap((device) => textIn(device, 'source') ?? []);
  return ids.length === 0 ? [] : [{ Driver: 'cdi', DeviceIDs: ids }];
}

function deviceRequests(reservations: Tree): readonly Tree[] {
  return treesIn(reservations, 'devices').map((request) =>
    deviceRequest(request, textsIn(request, 'capabilities') ?? []),
  );
}

function gpuRequests(definition: Service): readonly Tree[] {
  return treesIn(definition, 'gpus').map((request) =>
    deviceRequest(request, [...new Set(['gpu', ...(textsIn(request, 'capabilities') ?? [])])]),
  );
}

function deviceRequest(request: Tree, capabilities: readonly string[]): Tree {
  const ids = textsIn(request, 'device_ids');
  return given({
    Driver: textIn(request, 'driver'),
    Count: ids === undefined ? (numberIn(request, 'count') ?? -1) : undefined,
    DeviceIDs: ids,
    Capabilities: [capabilities],
    Options: textMapIn(request, 'options'),
  });
}

function blkioMembers(config: Tree): Tree {
  const weights = treesIn(config, 'weight_device').map((device) => ({
    Path: textIn(device, 'path'),
    Weight: numberIn(device, 'weight'),
  }));
  const rates = rateLists.map(([key, member]): [string, unknown] => [
    member,
    treesIn(config, key).map((limit) => ({ Path: textIn(limit, 'path'), Rate: sizeIn(limit, 'rate') })),
  ]);
  return said({ BlkioWeight: numberIn(config, 'weight'), BlkioWeightDevice: weights, ...Object.fromEntries(rates) });
}

/** The way back: attributes, with what `deploy.resources` says of them under `deploy`. */
export function resourcesOf(host: Tree): Tree & { readonly deploy?: Deploy } {
  const number = (member: string): number | undefined => positive(numberIn(host, member));
  const text = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));
  const nano = number('NanoCpus');
  const limits = given({
    cpus: nano === undefined ? undefined : text(nano / 1e9),
    memory: text(number('Memory')),
    pids: number('PidsLimit'),
  });
  const requests = treesIn(host, 'DeviceRequests');
  const devices = requests.filter((request) => textIn(request, 'Driver') !== 'cdi').map(deviceOf);
  const reservations = said({ memory: text(number('MemoryReservation')), devices });
  const resources = said({ limits, reservations });
  const cdi = requests.filter((request) => textIn(request, 'Driver') === 'cdi');
  return said({
    ulimits: ulimitsOf(host),
    devices: [...pathDevicesOf(host), ...cdi.flatMap(cdiDevicesOf)],
    blkio_config: blkioOf(host),
    deploy: Object.keys(resources).length === 0 ? undefined : { resources },
  });
}

function deviceOf(request: Tree): Tree {
  const ids = textsIn(request, 'DeviceIDs') ?? [];
  const { Capabilities: sets } = request;
  const first: unknown = Array.isArray(sets) ? sets[0] : undefined;
  return said({
    capabilities: textsIn({ first }, 'first') ?? [],
    driver: textIn(request, 'Driver'),
    count: ids.length === 0 ? numberIn(request, 'Count') : undefined,
    device_ids: ids,
    options: textMapIn(request, 'Options'),
  });
}

function pathDevicesOf(host: Tree): readonly Tree[] {
  return treesIn(host, 'Devices').map((device) => ({
    source: textIn(device, 'PathOnHost'),
    target: textIn(device, 'PathInContainer'),
    permissions: textIn(device, 'CgroupPermissions') ?? 'rwm',
  }));
}

function cdiDevicesOf(request: Tree): readonly Tree[] {
  return (textsIn(request, 'DeviceIDs') ?? []).map((id) => ({ source: id, target: id, permissions: 'rwm' }));
}

function ulimitsOf(host: Tree): Tree {
  return Object.fromEntries(
    treesIn(host, 'Ulimits').map((limit) => {
      const [soft, hard] = [numberIn(limit, 'Soft') ?? 0, numberIn(limit, 'Hard') ?? 0];
      return [textIn(limit, 'Name') ?? '', soft === hard ? soft : { soft, hard }];
    }),
  );
}

function blkioOf(host: Tree): Tree {
  const rates = rateLists.map(([key, member]): [string, unknown] => [
    key,
    treesIn(host, member).map((limit) => ({ path: textIn(limit, 'Path'), rate: String(numberIn(limit, 'Rate') ?? 0) })),
  ]);
  const weights = treesIn(host, 'BlkioWeightDevice').map((device) => ({
    path: textIn(device, 'Path'),
    weight: numberIn(device, 'Weight'),
  }));
  const weight = numberIn(host, 'BlkioWeight');
  return said({ weight: isEmpty(weight) ? undefined : weight, weight_device: weights, ...Object.fromEntries(rates) });
}
