import type { Service } from '../../../../compose/project.js';
import { atLeast, type ApiVersion } from '../../engine-api/version.js';
import { isTree, numberIn, said, textIn, textMapIn, textsIn, treeIn, type Tree } from './reading.js';

/** A network that a container is on. */
export interface Endpoint {
  /** Of the network, on the daemon. */
  readonly name: string;
  /** `EndpointConfig` (Engine API 1.41, POST /networks/{id}/connect). */
  readonly config: Tree;
}

const interfaceOption = 'com.docker.network.endpoint.ifname';

/** Keys of the networks of a service, the one with the highest `priority` first, equal ones by name. */
export function orderedNetworks(definition: Service): readonly string[] {
  const { networks, network_mode: mode } = definition;
  if (mode !== undefined) return [];
  const keys = Object.keys(networks ?? {});
  if (keys.length === 0) return ['default'];
  const priority = (key: string): number => numberIn(treeIn(networks ?? {}, key), 'priority') ?? 0;
  return keys.sort((one, other) => priority(other) - priority(one) || (one < other ? -1 : 1));
}

/**
 * The networks of a container in the order in which it joins them.
 *
 * @param names other names that it answers to on each, besides the aliases of the definition; null for a container beside
 * the replicas, which takes neither aliases nor addresses of theirs.
 */
export function endpoints(
  definition: Service,
  names: readonly string[] | null,
  networkName: (key: string) => string,
  version: ApiVersion,
): readonly Endpoint[] {
  return orderedNetworks(definition).map((key, index) => {
    const attachment = treeIn(definition.networks ?? {}, key);
    const device = atLeast(version, [1, 49]) ? textIn(attachment, 'interface_name') : undefined;
    const config = said({
      ...(names !== null && identity(definition, attachment, index === 0, names, version)),
      DriverOpts: {
        ...textMapIn(attachment, 'driver_opts'),
        ...(device !== undefined && { [interfaceOption]: device }),
      },
      GwPriority: atLeast(version, [1, 48]) ? numberIn(attachment, 'gw_priority') : undefined,
    });
    return { name: networkName(key), config };
  });
}

/** What only one container at a time can be on a network, and the names that it shares with its like. */
function identity(
  definition: Service,
  attachment: Tree,
  isFirst: boolean,
  names: readonly string[],
  version: ApiVersion,
): Tree {
  const own = textIn(attachment, 'mac_address') ?? (isFirst ? textIn(definition, 'mac_address') : undefined);
  return {
    Aliases: [...new Set([...names, ...(textsIn(attachment, 'aliases') ?? [])])],
    IPAMConfig: said({
      IPv4Address: textIn(attachment, 'ipv4_address'),
      IPv6Address: textIn(attachment, 'ipv6_address'),
      LinkLocalIPs: textsIn(attachment, 'link_local_ips'),
    }),
    MacAddress: atLeast(version, [1, 44]) ? own : undefined,
  };
}

/** `Config.MacAddress`: up to API 1.43 that of the first network, and no other can be given. */
export function macMember(definition: Service, version: ApiVersion): string | undefined {
  if (atLeast(version, [1, 44])) return undefined;
  const [first = ''] = orderedNetworks(definition);
  return textIn(treeIn(definition.networks ?? {}, first), 'mac_address') ?? textIn(definition, 'mac_address');
}

/**
 * The way back: `networks` of the definition, from `NetworkSettings.Networks`.
 *
 * @param names what the container answers to without being asked to.
 */
export function networksOf(
  attached: Tree,
  names: ReadonlySet<string>,
  networkKey: (name: string) => string,
): Readonly<Record<string, Tree | null>> {
  const found = Object.keys(attached)
    .sort()
    .map((name): [string, Tree | null] => {
      const endpoint = treeIn(attached, name);
      const { [interfaceOption]: device, ...options } = textMapIn(endpoint, 'DriverOpts') ?? {};
      const addresses = treeIn(endpoint, 'IPAMConfig');
      const priority = numberIn(endpoint, 'GwPriority');
      const attachment = said({
        aliases: (textsIn(endpoint, 'Aliases') ?? []).filter((alias) => !names.has(alias)),
        interface_name: device,
        ipv4_address: textIn(addresses, 'IPv4Address'),
        ipv6_address: textIn(addresses, 'IPv6Address'),
        link_local_ips: textsIn(addresses, 'LinkLocalIPs'),
        driver_opts: options,
        gw_priority: priority === 0 ? undefined : priority,
      });
      return [networkKey(name), Object.keys(attachment).length === 0 ? null : attachment];
    });
  return Object.fromEntries(found.filter(([, value]) => value === null || isTree(value)));
}
