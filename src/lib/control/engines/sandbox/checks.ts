import type { Project, Service } from '../../../compose/project.js';
import type { EngineResource, ResourceRef } from '../../../plan/resources.js';
import { ConflictError, NotFoundError, RefusedError, UsageError } from '../../../port/errors.js';
import { nearest } from '../../../text/nearest.js';
import { parseConstraint } from '../constraint.js';
import type { Unheeded } from '../engine.js';
import type { Faults } from './faults.js';
import { userOf } from './scheduler/apply.js';
import { isSame } from './scheduler/world.js';
import type { Refusal, SandboxState } from './state.js';
import { ownFaults } from './task-spec.js';

const maxReplicas = 10_000;

/** What no look could make sense of is refused before it is written down. */
export function checkResource(resource: EngineResource): void {
  if (resource.kind !== 'service') return;
  if (!Number.isSafeInteger(resource.replicas) || resource.replicas < 0) {
    throw new UsageError(`service ${resource.name}: ${resource.replicas} is no number of replicas`);
  }
  if (resource.replicas > maxReplicas) {
    throw new RefusedError(`service ${resource.name}: the sandbox takes no more than ${maxReplicas} replicas`);
  }
  checkDefinition(resource.name, resource.definition);
}

/** Faults and constraints of a service that cannot be read. */
export function checkDefinition(name: string, definition: Service): void {
  ownFaults(definition, `services.${name}.x-berth.sandbox`);
  const constraints = definition.deploy?.placement?.constraints ?? [];
  for (const [index, constraint] of constraints.entries()) {
    if (parseConstraint(constraint) !== undefined) continue;
    const path = `services.${name}.deploy.placement.constraints[${index}]`;
    throw new RefusedError(`${path}: the constraint "${constraint}" cannot be understood`, {
      hint: 'Constraints look like node.hostname==NAME, node.role!=manager or node.labels.KEY==VALUE.',
    });
  }
}

/** Keys of `x-berth` say what Compose cannot; the sandbox makes something of its own one only. */
export function unheeded({ services }: Project): Unheeded[] {
  return Object.entries(services).flatMap(([name, definition]) =>
    Object.keys(definition['x-berth'] ?? {})
      .filter((key) => key !== 'sandbox')
      .map((key) => ({ path: `services.${name}.x-berth.${key}`, why: 'not done by the sandbox engine' })),
  );
}

/** Tells why the sandbox did not take something in. */
export function throwRefusal(refusal: Omit<Refusal, 'input'> | undefined): void {
  if (refusal === undefined) return;
  const { code, message } = refusal;
  if (code === 'conflict')
    throw new ConflictError(message, { hint: 'See `berth action ls` for who does, then try again.' });
  if (code === 'not_found') throw new NotFoundError(message);
  throw new RefusedError(message);
}

/** Faults of nodes that are not there. */
export function checkNodes({ nodes: faults }: Faults, nodes: readonly { readonly name: string }[]): void {
  const names = nodes.map(({ name }) => name);
  const unknown = faults.find(({ node }) => !names.includes(node));
  if (unknown === undefined) return;
  const near = nearest(unknown.node, names);
  throw new UsageError(`BERTH_SANDBOX_FAULTS: there is no node "${unknown.node}"`, {
    hint: near === undefined ? `The nodes are ${names.slice(0, 10).join(', ')}.` : `Did you mean ${near}?`,
  });
}

/** What is in use is not removed. */
export function refuseInUse(state: SandboxState, ref: ResourceRef): void {
  const known = state.resources.find((other) => other.kind === ref.kind && isSame(other, ref));
  const user = known === undefined ? undefined : userOf(state, known);
  if (user !== undefined) throw new RefusedError(`${ref.kind} ${ref.name} is in use by ${user}`);
}
