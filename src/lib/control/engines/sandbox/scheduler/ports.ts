import { drawBetween } from '../draw.js';
import type { BoundPort, ServiceState, TaskState, WantedPort } from '../state.js';
import { isSame, occupies, serviceOf, type World } from './world.js';

/** Free ports are chosen from here: above the ephemeral ports of most peers, and what Docker does on Linux. */
const lowest = 32_768;
const highest = 60_999;

export type PortChoice = { readonly ports: BoundPort[] } | { readonly blocked: string };

interface Candidate {
  readonly published: number;
  readonly wanted: WantedPort;
  readonly task: TaskState;
  readonly node: string;
}

/** The ports a container would get on a node, or what holds the first of them that it cannot get. */
export function choosePorts(world: World, task: TaskState, node: string): PortChoice {
  const ports: BoundPort[] = [];
  for (const wanted of task.spec.ports) {
    const { target, hostIp, protocol, mode } = wanted;
    if (mode === 'exposed') {
      ports.push({ target, published: null, hostIp, protocol, mode });
      continue;
    }
    const chosen = choosePort(world, task, node, wanted, ports);
    if ('blocked' in chosen) return chosen;
    ports.push({ target, published: chosen.published, hostIp, protocol, mode });
  }
  return { ports };
}

/** Remembers the ports chosen for a service, so that its next containers get the same. */
export function keepPorts(service: ServiceState | undefined, task: TaskState): void {
  if (service === undefined) return;
  for (const [index, wanted] of task.spec.ports.entries()) {
    const published = task.ports[index]?.published ?? null;
    if (wanted.mode === 'ingress' && published !== null) service.chosenPorts[portKey(wanted)] = published;
  }
}

function portKey({ protocol, target, published }: WantedPort): string {
  return `${protocol}/${target}/${published ?? ''}`;
}

function choosePort(
  world: World,
  task: TaskState,
  node: string,
  wanted: WantedPort,
  own: readonly BoundPort[],
): { readonly published: number } | { readonly blocked: string } {
  let holder: string | undefined;
  for (const published of candidates(world, task, wanted)) {
    const taken = own.some(
      (port) =>
        port.published === published && port.protocol === wanted.protocol && overlaps(port.hostIp, wanted.hostIp),
    );
    const found = taken ? 'this service' : holderOf(world, { published, wanted, task, node });
    if (found === undefined) return { published };
    holder ??= `port ${published}/${wanted.protocol} is held by ${found}`;
  }
  return { blocked: holder ?? `no port of ${wanted.published ?? 'the host'} is free` };
}

/** The ports to try, in order. */
function* candidates(world: World, task: TaskState, wanted: WantedPort): Generator<number> {
  const kept = wanted.mode === 'ingress' ? serviceOf(world, task)?.chosenPorts[portKey(wanted)] : undefined;
  if (kept !== undefined) yield kept;
  const [first, last] = (wanted.published ?? '').split('-').map(Number);
  if (wanted.published !== null && first !== undefined && first > 0) {
    for (let port = first; port <= (last ?? first); port++) yield port;
    return;
  }
  const slot = wanted.mode === 'host' ? task.slot : 0;
  const { namespace, stack, name } = task;
  const start = drawBetween(lowest, highest, world.state.seed, namespace, stack, name, slot, portKey(wanted));
  const span = highest - lowest + 1;
  for (let step = 0; step < span; step++) yield lowest + ((start - lowest + step) % span);
}

/** Who holds the port, in words; undefined when it is free. */
function holderOf({ state }: World, { published, wanted, task, node }: Candidate): string | undefined {
  for (const other of state.tasks) {
    if (other === task || !occupies(other)) continue;
    for (const port of other.ports) {
      if (port.published !== published || port.protocol !== wanted.protocol) continue;
      if (!overlaps(port.hostIp, wanted.hostIp)) continue;
      if (port.mode === 'ingress' && wanted.mode === 'ingress' && isSame(other, task)) continue;
      if (port.mode === 'host' && wanted.mode === 'host' && other.node !== node) continue;
      if (other.namespace !== task.namespace) return 'a service of another namespace';
      return `service ${other.name} of stack ${other.stack}`;
    }
  }
  return undefined;
}

function overlaps(a: string | null, b: string | null): boolean {
  return isAnyAddress(a) || isAnyAddress(b) || a === b;
}

function isAnyAddress(address: string | null): boolean {
  return address === null || address === '' || address === '0.0.0.0' || address === '::';
}
