import type { Port } from '../../../compose/project.js';
import type { ServiceResource } from '../../../plan/resources.js';
import { wantedReplicas } from './advance.js';

/**
 * Whether an old and a new container of one slot can run at once: not where only one can have what the service asks for,
 * a port of the machine, a name, or an address.
 */
export function canStartFirst(service: Pick<ServiceResource, 'definition' | 'replicas'>): boolean {
  const { definition } = service;
  if (definition.container_name !== undefined) return false;
  const networks = Object.values(definition.networks ?? {});
  if (networks.some((network) => network?.['ipv4_address'] !== undefined || network?.['ipv6_address'] !== undefined)) {
    return false;
  }
  const ports = definition.ports ?? [];
  if (definition.network_mode === 'host' && (ports.length > 0 || (definition.expose ?? []).length > 0)) return false;
  return ports.every((port) => portsFor(port) > wantedReplicas(service));
}

/** How many ports of the machine there are to choose from. */
function portsFor({ published }: Port): number {
  if (published === undefined || published === '' || published === '0') return Infinity;
  const [first, last = first] = published.split('-').map(Number);
  return first === undefined || last === undefined ? 1 : last - first + 1;
}
