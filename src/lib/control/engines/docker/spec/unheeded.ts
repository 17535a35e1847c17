import type { Project, Service } from '../../../../compose/project.js';
import { definedReplicas, isJob } from '../../../../plan/desired.js';
import type { Unheeded } from '../../engine.js';
import { atLeast, type ApiVersion } from '../../engine-api/version.js';
import { canStartFirst } from '../start-first.js';
import { orderedNetworks } from './endpoints.js';
import { heededKeys, whyUnheeded, type Heeded } from './heeded-keys.js';
import { isTree, textIn, textsIn, treeIn, type Tree } from './reading.js';

/**
 * Every key of a project that a Docker engine leaves unheeded, by path: what Docker cannot do without a swarm, what
 * needs a newer daemon, and what berth does not do.
 */
export function unheededKeys(project: Project, version: ApiVersion): readonly Unheeded[] {
  const found: Unheeded[] = [];
  walk(project, '', '', (path, why) => found.push({ path, why }), version);
  for (const [name, definition] of Object.entries(project.services)) {
    found.push(...combinations(`services.${name}`, definition, version));
  }
  return found;
}

type Report = (path: string, why: string) => void;

/** `pattern` is the path with names and indices as `*` and `[]`. */
function walk(value: unknown, path: string, pattern: string, report: Report, version: ApiVersion): void {
  const heeded = entryOf(pattern);
  if (heeded !== undefined) {
    const why = whyUnheeded(heeded, value, version);
    if (why !== undefined) report(path, why);
    return;
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, `${path}[${index}]`, `${pattern}.[]`, report, version);
    return;
  }
  if (isTree(value)) walkTree(value, path, pattern, report, version);
  else if (!patterns.has(pattern)) report(path, 'not known to berth');
}

function walkTree(tree: Tree, path: string, pattern: string, report: Report, version: ApiVersion): void {
  const isNamed = patterns.has(`${pattern}.*`);
  for (const [key, value] of Object.entries(tree)) {
    if (value === undefined) continue;
    const place = path === '' ? key : `${path}.${key}`;
    if (!isNamed && key.startsWith('x-')) {
      if (key === 'x-berth') reportExtension(value, place, pattern, report);
      continue;
    }
    const next = pattern === '' ? key : `${pattern}.${isNamed ? '*' : key}`;
    if (patterns.has(next)) walk(value, place, next, report, version);
    else report(place, 'not known to berth');
  }
}

/** The loader keeps contents of files in `x-berth.data` of secrets and configs. */
function reportExtension(value: unknown, path: string, pattern: string, report: Report): void {
  const isFile = /^(?:secrets|configs)\.\*$/.test(pattern);
  for (const key of Object.keys(isTree(value) ? value : {})) {
    if (isFile && key === 'data') continue;
    const why = key === 'sandbox' ? 'only the sandbox engine does this' : 'not done by the docker engine';
    report(`${path}.${key}`, why);
  }
}

/** Entries of the table, and every pattern above one. */
const patterns: ReadonlySet<string> = new Set(
  Object.keys(heededKeys).flatMap((pattern) => {
    const keys = pattern.split('.');
    return keys.map((_, index) => keys.slice(0, index + 1).join('.'));
  }),
);

function entryOf(pattern: string): Heeded | undefined {
  return Object.hasOwn(heededKeys, pattern) ? heededKeys[pattern] : undefined;
}

/** What is unheeded only because of another key. */
function combinations(path: string, definition: Service, version: ApiVersion): readonly Unheeded[] {
  const found: Unheeded[] = [];
  const policy = definition.deploy?.restart_policy;
  if (policy?.condition !== 'on-failure' && policy?.condition !== 'none' && (policy?.max_attempts ?? 0) > 0) {
    const why = 'Docker counts attempts only after failures: taken for `on-failure`';
    if (!isJob(definition)) found.push({ path: `${path}.deploy.restart_policy.condition`, why });
  }
  if (definition.network_mode === 'host' && (definition.ports ?? []).length > 0) {
    found.push({ path: `${path}.ports`, why: 'in the network of the host every port is open already' });
  }
  const service = { definition, replicas: definedReplicas(definition) };
  for (const key of ['update_config', 'rollback_config'] as const) {
    if (definition.deploy?.[key]?.order !== 'start-first' || canStartFirst(service)) continue;
    const why = 'old and new cannot run at once (a port, name or address): `stop-first`';
    found.push({ path: `${path}.deploy.${key}.order`, why });
  }
  if (!atLeast(version, [1, 44])) found.push(...laterAddresses(path, definition));
  const links = new Set((textsIn(definition, 'links') ?? []).map((link) => link.split(':')[0]));
  for (const [name, { restart }] of Object.entries(definition.depends_on ?? {})) {
    // The loader says it of every link, too, which follows the name of the service by itself.
    if (restart !== true || links.has(name)) continue;
    found.push({ path: `${path}.depends_on.${name}.restart`, why: `not restarted when ${name} is replaced` });
  }
  for (const [index, mount] of (definition.volumes ?? []).entries()) {
    const bind = treeIn(mount, 'bind');
    if (textIn(bind, 'selinux') === undefined) continue;
    if (bind['create_host_path'] !== false && textIn(bind, 'recursive') === undefined) continue;
    const why = 'not together with create_host_path: false or recursive';
    found.push({ path: `${path}.volumes[${index}].bind.selinux`, why });
  }
  return found;
}

/** Before API 1.44 only the first network of a container can have a MAC address of its own. */
function laterAddresses(path: string, definition: Service): readonly Unheeded[] {
  const networks = definition.networks ?? {};
  const [, ...later] = orderedNetworks(definition);
  return later
    .filter((key) => textIn(treeIn(networks, key), 'mac_address') !== undefined)
    .map((key) => ({ path: `${path}.networks.${key}.mac_address`, why: 'needs Engine API 1.44 or newer' }));
}
