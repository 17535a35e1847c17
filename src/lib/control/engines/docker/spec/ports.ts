import type { Port, Service } from '../../../../compose/project.js';
import { textIn, treeIn, treesIn, type Tree } from './reading.js';

/**
 * Ports of a container (Engine API 1.41): `ExposedPorts` of its `Config`, `PortBindings` of its `HostConfig`. A range
 * stays one: the daemon takes a port of it that is free. No host port is any free one.
 */
export function portMembers(
  { ports = [], expose = [] }: Service,
  publish: boolean,
): { readonly exposed: Tree; readonly bindings: Tree } {
  const exposed: Record<string, object> = {};
  const bindings: Record<string, object[]> = {};
  for (const port of expose) for (const one of exposedPorts(port)) exposed[one] = {};
  for (const { target, protocol = 'tcp', host_ip: address, published = '' } of ports) {
    const key = `${target}/${protocol}`;
    exposed[key] = {};
    if (!publish) continue;
    (bindings[key] ??= []).push({ HostIp: address ?? '', HostPort: published === '0' ? '' : published });
  }
  return { exposed, bindings };
}

/** `80`, `53/udp`, `3000-3005`: one entry for each port. */
function exposedPorts(text: string): readonly string[] {
  const [, first, last, protocol = 'tcp'] = /^(\d+)(?:-(\d+))?(?:\/(\w+))?$/.exec(text) ?? [];
  if (first === undefined) return [];
  const count = Math.max(0, Number(last ?? first) - Number(first)) + 1;
  return Array.from({ length: count }, (_, index) => `${Number(first) + index}/${protocol.toLowerCase()}`);
}

/** The way back, by number; what only the image exposes is left out. */
export function portsOf(config: Tree, host: Tree, image: Tree): Pick<Service, 'ports' | 'expose'> {
  const bindings = treeIn(host, 'PortBindings');
  const ports = Object.keys(bindings)
    .sort(byPort)
    .flatMap((key) => treesIn(bindings, key).map((binding) => publishedPort(key, binding)));
  const expose = Object.keys(treeIn(config, 'ExposedPorts'))
    .filter((key) => !Object.hasOwn(bindings, key) && !Object.hasOwn(treeIn(image, 'ExposedPorts'), key))
    .sort(byPort)
    .map((key) => key.replace(/\/tcp$/, ''));
  return { ...(ports.length > 0 && { ports }), ...(expose.length > 0 && { expose }) };
}

function publishedPort(key: string, binding: Tree): Port {
  const [number, word] = key.split('/');
  const published = textIn(binding, 'HostPort');
  const address = textIn(binding, 'HostIp');
  return {
    mode: 'ingress',
    ...(address !== undefined && { host_ip: address }),
    target: Number(number),
    ...(published !== undefined && published !== '0' && { published }),
    protocol: word === 'udp' || word === 'sctp' ? word : 'tcp',
  };
}

function byPort(one: string, other: string): number {
  return Number.parseInt(one, 10) - Number.parseInt(other, 10) || (one < other ? -1 : 1);
}
