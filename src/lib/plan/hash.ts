import { createHash } from 'node:crypto';
import type { Service } from '../compose/project.js';

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
 * orders or selects services (`depends_on`, `profiles`): none of these is a reason to replace a replica.
 */
export function serviceHash(definition: Service): string {
  return digest(replicaDefinition(definition));
}

/** The definition without what `serviceHash` leaves out. */
export function replicaDefinition(definition: Service): Readonly<Record<string, unknown>> {
  const { scale: _scale, depends_on: _order, profiles: _profiles, deploy, ...rest } = definition;
  if (deploy === undefined) return rest;
  const { replicas: _replicas, ...deployment } = deploy;
  return Object.keys(deployment).length === 0 ? rest : { ...rest, deploy: deployment };
}
