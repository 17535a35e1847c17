import type { Network, Volume } from '../../../../compose/project.js';
import { digest } from '../../../../plan/hash.js';
import type { StackScope } from '../../../../plan/resources.js';
import { berthLabels, composeLabels, projectOf, scopedName } from '../labels.js';
import { atLeast, type ApiVersion } from '../../engine-api/version.js';
import { composeVersion, isToolLabel } from './container-labels.js';
import { flagIn, given, said, textIn, textMapIn, treeIn, treesIn, type Tree } from './reading.js';

/**
 * The body of POST /networks/create (Engine API 1.41 and newer). Before 1.44 a name may be taken twice, unless the daemon
 * is asked to look.
 *
 * @param key of the network in the project.
 */
export function networkBody(scope: StackScope, key: string, definition: Network, version: ApiVersion): Tree {
  return given({
    Name: scopedName(scope.namespace, definition.name),
    Driver: definition.driver,
    Options: textMapIn(definition, 'driver_opts'),
    Internal: flagIn(definition, 'internal'),
    Attachable: flagIn(definition, 'attachable'),
    EnableIPv4: atLeast(version, [1, 48]) ? flagIn(definition, 'enable_ipv4') : undefined,
    EnableIPv6: flagIn(definition, 'enable_ipv6'),
    IPAM: ipamMember(treeIn(definition, 'ipam')),
    CheckDuplicate: atLeast(version, [1, 44]) ? undefined : true,
    Labels: {
      ...textMapIn(definition, 'labels'),
      ...resourceLabels(scope, definition),
      [composeLabels.network]: key,
    },
  });
}

/** Labels by which a network or volume is known as the stack's, and as made from this definition. */
export function resourceLabels({ namespace, stack }: StackScope, definition: Network | Volume): Tree {
  return {
    [berthLabels.namespace]: namespace,
    [berthLabels.stack]: stack,
    [berthLabels.hash]: digest(definition),
    [composeLabels.project]: projectOf({ namespace, stack }),
    [composeLabels.version]: composeVersion,
  };
}

function ipamMember(ipam: Tree): Tree | undefined {
  const config = treesIn(ipam, 'config').map((pool) =>
    given({
      Subnet: textIn(pool, 'subnet'),
      IPRange: textIn(pool, 'ip_range'),
      Gateway: textIn(pool, 'gateway'),
      AuxiliaryAddresses: textMapIn(pool, 'aux_addresses'),
    }),
  );
  const member = said({ Driver: textIn(ipam, 'driver'), Config: config, Options: textMapIn(ipam, 'options') });
  return Object.keys(member).length === 0 ? undefined : member;
}

/**
 * The way back, from GET /networks/{id}. A subnet that the daemon may have chosen by itself is left out, unless addresses
 * in it are given out by hand.
 *
 * @param name as the project says it.
 */
export function networkOf(inspected: Tree, name: string, keepsSubnets: boolean): Network {
  const driver = textIn(inspected, 'Driver');
  const ipam = treeIn(inspected, 'IPAM');
  const ipamDriver = textIn(ipam, 'Driver');
  const pools = treesIn(ipam, 'Config').filter((pool) => keepsSubnets || !isOwnChoice(pool));
  const labels = Object.entries(textMapIn(inspected, 'Labels') ?? {}).filter(([label]) => !isToolLabel(label));
  const trueIn = (member: string): true | undefined => (flagIn(inspected, member) === true ? true : undefined);
  return {
    name,
    ...(driver !== undefined && driver !== 'bridge' && { driver }),
    ...said({
      driver_opts: textMapIn(inspected, 'Options'),
      internal: trueIn('Internal'),
      attachable: isOfCompose1(inspected) ? undefined : trueIn('Attachable'),
      enable_ipv4: flagIn(inspected, 'EnableIPv4') === false ? false : undefined,
      enable_ipv6: trueIn('EnableIPv6'),
      ipam: said({
        driver: ipamDriver === 'default' ? undefined : ipamDriver,
        config: pools.map(poolOf),
        options: textMapIn(ipam, 'Options'),
      }),
      labels: Object.fromEntries(labels),
    }),
  };
}

/** docker-compose 1 makes every network attachable, whatever the file says. */
function isOfCompose1(inspected: Tree): boolean {
  const labels = textMapIn(inspected, 'Labels') ?? {};
  return labels[berthLabels.stack] === undefined && /^1\./.test(labels[composeLabels.version] ?? '');
}

function poolOf(pool: Tree): Tree {
  return said({
    subnet: textIn(pool, 'Subnet'),
    ip_range: textIn(pool, 'IPRange'),
    gateway: textIn(pool, 'Gateway'),
    aux_addresses: textMapIn(pool, 'AuxiliaryAddresses'),
  });
}

/** Docker's default pools: 172.17.0.0/16 to 172.31.0.0/16, 192.168.0.0/20 and on; and unique local IPv6 ones. */
function isOwnChoice(pool: Tree): boolean {
  const subnet = textIn(pool, 'Subnet') ?? '';
  const isPlain = textIn(pool, 'IPRange') === undefined && textMapIn(pool, 'AuxiliaryAddresses') === undefined;
  return isPlain && /^(?:172\.(?:1[7-9]|2\d|3[01])\.0\.0\/16|192\.168\.\d+\.0\/20|fd[\da-f:]+\/64)$/.test(subnet);
}
