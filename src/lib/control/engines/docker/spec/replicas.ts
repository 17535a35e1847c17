import type { Port, Service } from '../../../../compose/project.js';
import { isGlobal } from '../../../../plan/desired.js';
import type { ServiceResource } from '../../../../plan/resources.js';
import { RefusedError } from '../../../../port/errors.js';
import { textIn, treeIn } from './reading.js';

/**
 * Refuses a number of replicas that cannot run on one machine at once: they would share a port, a name or an address.
 *
 * @param replicas whole, >= 0; without meaning for a service in mode `global`, which has one on one node.
 * @throws RefusedError with the path of what they would share.
 */
export function checkReplicas(service: Pick<ServiceResource, 'name' | 'definition'>, replicas: number): void {
  const refusal = replicasRefusal(service, replicas);
  if (refusal !== null) throw refusal;
}

/** What `checkReplicas` throws; null for a number that can run. */
export function replicasRefusal(
  { name, definition }: Pick<ServiceResource, 'name' | 'definition'>,
  replicas: number,
): RefusedError | null {
  if (isGlobal(definition) || replicas < 2) return null;
  const path = `services.${name}`;
  if (definition.container_name !== undefined) {
    return refusal(
      `${path}.container_name`,
      `${replicas} replicas cannot share the name ${definition.container_name}`,
      {
        hint: 'Leave it out: each replica then has a name of its own.',
      },
    );
  }
  for (const [index, port] of (definition.ports ?? []).entries()) {
    const range = publishedRange(port);
    if (range === null || range.size >= replicas) continue;
    const ports = range.size === 1 ? `port ${range.first}` : `ports ${port.published ?? ''}`;
    const wider = `${range.first}-${range.first + replicas - 1}`;
    return refusal(`${path}.ports[${index}]`, `${replicas} replicas cannot share ${ports}`, {
      hint: `Publish a range such as ${wider}, of which each replica takes one.`,
    });
  }
  const address = fixedAddress(definition);
  if (address === undefined) return null;
  return refusal(
    `${path}.networks.${address.network}`,
    `${replicas} replicas cannot share the address ${address.text}`,
    {
      hint: 'Leave it out: others find the replicas by the name of the service.',
    },
  );
}

function refusal(path: string, what: string, { hint }: { hint: string }): RefusedError {
  return new RefusedError(`${path}: ${what}`, { hint: `Nothing was changed. ${hint}` });
}

/** Ports of the machine that one replica takes one of; null for any free one. */
export function publishedRange({ published }: Port): { readonly first: number; readonly size: number } | null {
  const [, first, last] = /^(\d+)(?:-(\d+))?$/.exec(published ?? '') ?? [];
  if (first === undefined || Number(first) === 0) return null;
  return { first: Number(first), size: Math.max(0, Number(last ?? first) - Number(first)) + 1 };
}

function fixedAddress(definition: Service): { readonly network: string; readonly text: string } | undefined {
  for (const network of Object.keys(definition.networks ?? {})) {
    const attachment = treeIn(definition.networks ?? {}, network);
    const text = textIn(attachment, 'ipv4_address') ?? textIn(attachment, 'ipv6_address');
    if (text !== undefined) return { network, text };
  }
  return undefined;
}
