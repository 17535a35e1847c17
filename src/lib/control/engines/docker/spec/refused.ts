import type { Project, Service } from '../../../../compose/project.js';
import { definedReplicas } from '../../../../plan/desired.js';
import { type BerthError, RefusedError, UnsupportedError } from '../../../../port/errors.js';
import { nearest } from '../../../../text/nearest.js';
import { parseConstraint } from '../../constraint.js';
import { atLeast, type ApiVersion } from '../../engine-api/version.js';
import { isInside, placedFiles } from './files.js';
import { numberIn, textIn, textsIn, treeIn } from './reading.js';
import { serviceInMode } from './references.js';
import { publishedRange, replicasRefusal } from './replicas.js';

const nothingChanged = 'Nothing was changed.';

/** Refuses what cannot be made of a project on a Docker engine. Throws the first of `refusedKeys`. */
export function refuseKeys(project: Project, version: ApiVersion): void {
  const [first] = refusedKeys(project, version);
  if (first !== undefined) throw first;
}

/** What of a project makes no sense to start with, each with the path of the key: UnsupportedError, RefusedError. */
export function refusedKeys(project: Project, version: ApiVersion): readonly BerthError[] {
  const each = Object.entries(project.services).flatMap(([name, definition]) => [
    ...imageRefusals(name, definition),
    ...modeRefusals(name, definition, project),
    ...mountRefusals(name, definition, version),
    ...fileRefusals(name, definition),
    ...valueRefusals(name, definition),
    ...replicaRefusals(name, definition),
  ]);
  return [...each, ...sharedPorts(project)];
}

function replicaRefusals(name: string, definition: Service): readonly BerthError[] {
  const refusal = replicasRefusal({ name, definition }, definedReplicas(definition));
  return refusal === null ? [] : [refusal];
}

function refused(path: string, what: string, hint?: string): BerthError {
  return new RefusedError(`${path}: ${what}`, {
    hint: hint === undefined ? nothingChanged : `${nothingChanged} ${hint}`,
  });
}

function unsupported(path: string, what: string, hint?: string): BerthError {
  return new UnsupportedError(`${path}: ${what}`, {
    hint: hint === undefined ? nothingChanged : `${nothingChanged} ${hint}`,
  });
}

function imageRefusals(name: string, { image, build, provider }: Service): readonly BerthError[] {
  const path = `services.${name}`;
  if (provider !== undefined) return [unsupported(`${path}.provider`, 'berth runs no providers')];
  if (image !== undefined && image !== '') return [];
  if (build === undefined) return [refused(path, 'it has no image')];
  const hint = 'Build the image, and name it with `image`.';
  return [unsupported(`${path}.build`, 'berth builds no images', hint)];
}

/** What is shared with another service has to be there, and cannot be had once more. */
function modeRefusals(name: string, definition: Service, { services }: Project): readonly BerthError[] {
  const path = `services.${name}`;
  const missing = ['network_mode', 'pid', 'ipc'].flatMap((key) => {
    const other = serviceInMode(textIn(definition, key));
    if (other === undefined || (other !== name && Object.hasOwn(services, other))) return [];
    const near = nearest(
      other,
      Object.keys(services).filter((service) => service !== name),
    );
    const what = other === name ? 'a service cannot share with itself' : `there is no service ${other}`;
    return [refused(`${path}.${key}`, what, near === undefined ? undefined : `Did you mean ${near}?`)];
  });
  const others = ['uts', 'cgroup'].flatMap((key) =>
    serviceInMode(textIn(definition, key)) === undefined
      ? []
      : [unsupported(`${path}.${key}`, 'Docker does not share it between containers')],
  );
  const names =
    textIn(definition, 'uts') === 'host' && textIn(definition, 'hostname') !== undefined
      ? [refused(`${path}.hostname`, 'with `uts: host` it is that of the machine')]
      : [];
  return [...missing, ...others, ...names, ...networkConflicts(path, definition)];
}

/** Engine API 1.41: a container in the network of another has neither ports nor names of its own. */
function networkConflicts(path: string, definition: Service): readonly BerthError[] {
  const mode = definition.network_mode ?? '';
  if (!/^(?:service|container):/.test(mode)) return [];
  const lists = ['ports', 'expose', 'dns', 'extra_hosts', 'links'] as const;
  const own = lists.filter((key) => Array.isArray(definition[key]) && definition[key].length > 0);
  const texts = ['hostname', 'mac_address'].filter((key) => textIn(definition, key) !== undefined);
  return [...own, ...texts].map((key) =>
    refused(`${path}.${key}`, `it belongs to the one whose network is shared (${mode})`, 'Say it there.'),
  );
}

function mountRefusals(name: string, { volumes = [] }: Service, version: ApiVersion): readonly BerthError[] {
  return volumes.flatMap((mount, index) => {
    const path = `services.${name}.volumes[${index}]`;
    const { type, source = '', target } = mount;
    if (type === 'npipe') return [unsupported(`${path}.type`, 'only Windows has named pipes')];
    if (type === 'cluster') return [unsupported(`${path}.type`, 'only a swarm has cluster volumes')];
    if (type === 'image' && !atLeast(version, [1, 48])) {
      return [unsupported(`${path}.type`, 'mounting an image needs Engine API 1.48 or newer')];
    }
    if (!target.startsWith('/')) return [refused(`${path}.target`, `"${target}" is no absolute path`)];
    if (type === 'bind' && !source.startsWith('/')) {
      return [refused(`${path}.source`, `"${source}" is no absolute path of the machine of the engine`)];
    }
    if (textIn(treeIn(mount, 'volume'), 'subpath') !== undefined && !atLeast(version, [1, 45])) {
      return [unsupported(`${path}.volume.subpath`, 'a folder of a volume needs Engine API 1.45 or newer')];
    }
    return [];
  });
}

/** Secrets and configs are copied in: what is copied into a mount would be written to what is mounted. */
function fileRefusals(name: string, definition: Service): readonly BerthError[] {
  const mounts = (definition.volumes ?? []).filter(({ type }) => type !== 'tmpfs');
  return placedFiles(definition).flatMap(({ where, target }) => {
    const path = `services.${name}.${where}`;
    const mount = mounts.find((other) => isInside(target, other.target));
    if (mount !== undefined) {
      return [
        refused(`${path}.target`, `${target} lies in what is mounted at ${mount.target}`, 'Give it another target.'),
      ];
    }
    if (definition.read_only === true && target.lastIndexOf('/') === 0) {
      const hint = `Give it a target in a folder, such as /etc${target}.`;
      return [refused(`${path}.target`, `nothing can be copied to ${target}: the root is read-only`, hint)];
    }
    return [];
  });
}

/** Values that the loader lets pass as texts. */
function valueRefusals(name: string, definition: Service): readonly BerthError[] {
  const path = `services.${name}`;
  const limits = treeIn(definition.deploy?.resources ?? {}, 'limits');
  const cpus = limits['cpus'];
  const found: BerthError[] = [];
  if (cpus !== undefined && numberIn(limits, 'cpus') === undefined) {
    found.push(refused(`${path}.deploy.resources.limits.cpus`, `${JSON.stringify(cpus)} is no number of CPUs`));
  }
  for (const [index, text] of (definition.deploy?.placement?.constraints ?? []).entries()) {
    if (parseConstraint(text) !== undefined) continue;
    const hint = 'Constraints look like node.hostname==NAME, node.role!=manager or node.labels.KEY==VALUE.';
    const place = `${path}.deploy.placement.constraints[${index}]`;
    found.push(refused(place, `the constraint "${text}" cannot be understood`, hint));
  }
  for (const [index, text] of (textsIn(definition, 'security_opt') ?? []).entries()) {
    const profile = /^seccomp[=:](.*)$/s.exec(text)?.[1];
    if (profile === undefined || ['unconfined', 'builtin'].includes(profile) || profile.startsWith('{')) continue;
    const hint = 'Write the JSON of the profile itself, `unconfined` or `builtin`.';
    found.push(unsupported(`${path}.security_opt[${index}]`, `the profile ${profile} is not read from its file`, hint));
  }
  return found;
}

/** Fixed ports of the machine that two services want. */
function sharedPorts({ services }: Project): readonly BerthError[] {
  const taken = new Map<string, { readonly address: string; readonly by: string }[]>();
  const found: BerthError[] = [];
  for (const [name, { ports = [] }] of Object.entries(services)) {
    for (const [index, port] of ports.entries()) {
      const range = publishedRange(port);
      if (range?.size !== 1) continue;
      const key = `${range.first}/${port.protocol ?? 'tcp'}`;
      const users = taken.get(key) ?? [];
      const address = port.host_ip ?? '';
      const other = users.find((user) => user.address === address || isWildcard(user.address) || isWildcard(address));
      if (other !== undefined) {
        const what = `port ${range.first} is taken by ${other.by === name ? 'another entry' : `service ${other.by}`}`;
        found.push(refused(`services.${name}.ports[${index}]`, what));
      }
      taken.set(key, [...users, { address, by: name }]);
    }
  }
  return found;
}

function isWildcard(address: string): boolean {
  return address === '' || address === '0.0.0.0' || address === '::';
}
