import { RefusedError } from '../../../../port/errors.js';
import type { Service } from '../../../../compose/project.js';
import { isTree, textIn, textsIn, treeIn, type Tree } from './reading.js';

/** What a container takes of the containers of other services, which are known only when it is made. */
export interface ContainerReferences {
  /** Service whose network, process ids or IPC it shares. */
  readonly sharesNetwork?: string;
  readonly sharesPid?: string;
  readonly sharesIpc?: string;
  readonly volumesFrom?: readonly { readonly service: string; readonly mode: string }[];
  /** Under another name; on networks of its own the first of `networks` is meant. */
  readonly links?: readonly { readonly service: string; readonly alias: string }[];
}

const shared = [
  ['sharesNetwork', 'network_mode', 'NetworkMode'],
  ['sharesPid', 'pid', 'PidMode'],
  ['sharesIpc', 'ipc', 'IpcMode'],
] as const;

/** The service in `service:db`; undefined for another mode. */
export function serviceInMode(mode: string | undefined): string | undefined {
  return mode !== undefined && mode.startsWith('service:') ? mode.slice('service:'.length) : undefined;
}

export function referencesOf(definition: Service): ContainerReferences {
  const modes = shared.flatMap(([reference, key]): [string, string][] => {
    const service = serviceInMode(textIn(definition, key));
    return service === undefined ? [] : [[reference, service]];
  });
  const volumesFrom = (textsIn(definition, 'volumes_from') ?? []).flatMap((text) => {
    const [service = '', mode = 'rw'] = text.split(':');
    return text.startsWith('container:') ? [] : [{ service, mode }];
  });
  const links = (textsIn(definition, 'links') ?? []).map((text) => {
    const [service = '', alias = service] = text.split(':');
    return { service, alias };
  });
  return {
    ...Object.fromEntries(modes),
    ...(volumesFrom.length > 0 && { volumesFrom }),
    ...(links.length > 0 && { links }),
  };
}

/** Members of `HostConfig` for what is shared with the daemon or with containers that are named: `host`, `container:x`. */
export function modeMembers(definition: Service): Tree {
  const modes = shared.flatMap(([, key, member]): [string, string][] => {
    const mode = textIn(definition, key);
    return mode === undefined || serviceInMode(mode) !== undefined ? [] : [[member, mode]];
  });
  const cgroup = textIn(definition, 'cgroup');
  const volumesFrom = (textsIn(definition, 'volumes_from') ?? []).flatMap((text) =>
    text.startsWith('container:') ? [text.slice('container:'.length)] : [],
  );
  return {
    ...Object.fromEntries(modes),
    ...(cgroup !== undefined && { CgroupnsMode: cgroup }),
    ...(volumesFrom.length > 0 && { VolumesFrom: volumesFrom }),
  };
}

/** `external_links` as `CONTAINER:ALIAS`. */
export function externalLinks(definition: Service): readonly string[] {
  return (textsIn(definition, 'external_links') ?? []).map((text) => (text.includes(':') ? text : `${text}:${text}`));
}

/**
 * The body of POST /containers/create with the references filled in.
 *
 * @param containersOf names of the containers of a service, the one to share with first.
 * @throws RefusedError when a service has none.
 */
export function withReferences(
  body: Tree,
  references: ContainerReferences,
  containersOf: (service: string) => readonly string[],
): Tree {
  const first = (service: string): string => {
    const [name] = containersOf(service);
    if (name !== undefined) return name;
    throw new RefusedError(`service ${service} has no container to share with`, { hint: 'Start it first.' });
  };
  const members: Record<string, unknown> = { ...treeIn(body, 'HostConfig') };
  for (const [reference, , member] of shared) {
    const service = references[reference];
    if (service !== undefined) members[member] = `container:${first(service)}`;
  }
  const from = (references.volumesFrom ?? []).map(({ service, mode }) => `${first(service)}:${mode}`);
  if (from.length > 0) members['VolumesFrom'] = [...(textsIn(members, 'VolumesFrom') ?? []), ...from];
  const links = (references.links ?? []).flatMap(({ service, alias }) =>
    containersOf(service).map((name) => `${name}:${alias}`),
  );
  return withLinks({ ...body, HostConfig: members }, links);
}

/**
 * With links added: on a network of its own they belong to the first endpoint (Engine API 1.41: `EndpointConfig.Links`),
 * on Docker's own bridge to the container.
 */
export function withLinks(body: Tree, links: readonly string[]): Tree {
  if (links.length === 0) return body;
  const host = treeIn(body, 'HostConfig');
  const attached = treeIn(treeIn(body, 'NetworkingConfig'), 'EndpointsConfig');
  const name = textIn(host, 'NetworkMode') ?? '';
  const endpoint = Object.hasOwn(attached, name) ? attached[name] : undefined;
  const added = (tree: Tree): Tree => ({ ...tree, Links: [...(textsIn(tree, 'Links') ?? []), ...links] });
  if (!isTree(endpoint)) return { ...body, HostConfig: added(host) };
  return { ...body, NetworkingConfig: { EndpointsConfig: { ...attached, [name]: added(endpoint) } } };
}
