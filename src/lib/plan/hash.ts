import { createHash } from 'node:crypto';
import type { Project, Service } from '../compose/project.js';
import { inOneForm } from './alike.js';
import type { UsedResource } from './resources.js';

/** JSON with the keys of every object sorted, so that equal values give equal text. `undefined` members are left out. */
export function stableJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map((item) => stableJson(item ?? null)).join(',')}]`;
  if (typeof value === 'object' && value !== null) {
    const members = Object.entries(value)
      .filter(([, member]) => member !== undefined)
      .sort(([one], [other]) => (one < other ? -1 : 1))
      .map(([key, member]) => `${JSON.stringify(key)}:${stableJson(member)}`);
    return `{${members.join(',')}}`;
  }
  return JSON.stringify(value ?? null);
}

/** A short digest (16 hexadecimal digits) of any JSON value. */
export function digest(value: unknown): string {
  return createHash('sha256').update(stableJson(value)).digest('hex').slice(0, 16);
}

/**
 * Identifies what the replicas of a service are made from. The number of replicas is not part of it, nor is what only
 * orders or selects services (`depends_on`, `profiles`), nor are the extensions of others (`x-` but for `x-berth`): none
 * of these is a reason to replace a replica. Another content of a secret or config is one.
 */
export function serviceHash(definition: Service, uses: Readonly<Record<string, UsedResource>> = {}): string {
  const contents = Object.entries(uses).flatMap(([key, { digest: content }]) =>
    content === undefined ? [] : [[key, content] as const],
  );
  const replica = replicaDefinition(definition);
  return digest(contents.length === 0 ? replica : { replica, contents: Object.fromEntries(contents) });
}

/** The definition without what `serviceHash` leaves out, in one form of those that mean the same. */
export function replicaDefinition(definition: Service): Readonly<Record<string, unknown>> {
  const alike = inOneForm(withoutNulls(definition));
  const { scale: _scale, depends_on: _order, profiles: _profiles, deploy = {}, ...rest } = alike;
  const { replicas: _replicas, ...deployment } = attributesOf(deploy);
  return { ...attributesOf(rest), ...(Object.keys(deployment).length > 0 && { deploy: deployment }) };
}

/** Attributes whose keys are the user's own names, so that one may begin with `x-` and be none of an extension. */
const namedByUser: ReadonlySet<string> = new Set([
  'additional_contexts',
  'annotations',
  'args',
  'driver_opts',
  'environment',
  'extra_hosts',
  'labels',
  'models',
  'networks',
  'options',
  'storage_opt',
  'sysctls',
  'ulimits',
]);

/** An object of attributes without the extensions of others, at any depth. */
function attributesOf(attributes: object): Record<string, unknown> {
  const own = Object.entries(attributes).filter(([key]) => key === 'x-berth' || !key.startsWith('x-'));
  return Object.fromEntries(
    own.map(([key, value]) => {
      if (key === 'x-berth') return [key, value];
      return [key, namedByUser.has(key) && isTree(value) ? mapMembers(value) : withoutExtensions(value)];
    }),
  );
}

function withoutExtensions(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutExtensions);
  return isTree(value) ? attributesOf(value) : value;
}

function mapMembers(tree: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(tree).map(([name, value]) => [name, withoutExtensions(value)]));
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Whether two projects say the same, in one form of those that mean it. */
export function sameProject(one: Project, other: Project): boolean {
  return projectText(one) === projectText(other);
}

function projectText(project: Project): string {
  const services: Record<string, Service> = {};
  for (const [name, service] of Object.entries(project.services)) services[name] = inOneForm(withoutNulls(service));
  return stableJson({ ...project, services });
}

/** A null command or entrypoint is the image's own, as is none. */
export function withoutNulls({ command, entrypoint, ...rest }: Service): Service {
  return { ...rest, ...(command && { command }), ...(entrypoint && { entrypoint }) };
}
