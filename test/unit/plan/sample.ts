import type { Dependency, Project, Service } from '../../../src/lib/compose/project.js';
import type { ObservedService, ObservedState, Step } from '../../../src/lib/plan/steps.js';
import type { EngineResource } from '../../../src/lib/plan/resources.js';
import { planUp, type UpInput } from '../../../src/lib/plan/up.js';
import { digest } from '../../../src/lib/plan/hash.js';

export const scope = { namespace: 'ann', stack: 'shop' };

export function needs(condition: Dependency['condition'], required = true): Dependency {
  return { condition, required };
}

export function project(
  services: Readonly<Record<string, Service>>,
  rest: Omit<Partial<Project>, 'services'> = {},
): Project {
  return { name: 'shop', services, ...rest };
}

const conditions = ['started', 'healthy', 'completed'] as const;

/** What an engine and a ledger would hold after the steps of a plan. */
export interface World {
  readonly observed: { services: ObservedService[]; resources: { kind: EngineResource['kind']; name: string }[] };
  applied: Record<string, string>;
  stored: Project | null;
  scale: Record<string, number>;
}

export function emptyWorld(): World {
  return { observed: { services: [], resources: [] }, applied: {}, stored: null, scale: {} };
}

/** As it is after a plan that went well: every service is as its dependents need it. */
export function inputFor(world: World, desired: Project, rest: Partial<UpInput> = {}): UpInput {
  const observed: ObservedState = world.observed;
  const { applied, stored, scale } = world;
  return {
    scope,
    id: 'id-1',
    desired,
    observed,
    applied,
    stored,
    scale,
    unsettled: {},
    fulfilled: Object.fromEntries(observed.services.map(({ name }) => [name, conditions])),
    prune: false,
    monitorMs: 500,
    ...rest,
  };
}

export function upSteps(world: World, desired: Project, rest: Partial<UpInput> = {}): readonly Step[] {
  return planUp(inputFor(world, desired, rest)).steps;
}

/** Carries the steps out on the model. */
export function carryOut(world: World, steps: readonly Step[]): void {
  const { observed } = world;
  for (const { body } of steps) {
    if (body.do === 'define') world.stored = body.definition;
    if (body.do === 'forget') world.stored = null;
    if (body.do === 'overlay') Object.assign(world.scale, body.replicas);
    if (body.do !== 'apply' && body.do !== 'remove') continue;
    const { kind, name } = body.resource;
    observed.resources = observed.resources.filter((other) => other.kind !== kind || other.name !== name);
    observed.services = observed.services.filter((other) => kind !== 'service' || other.name !== name);
    if (body.do === 'remove') continue;
    observed.resources.push({ kind, name });
    if (body.resource.kind === 'service') observed.services.push(body.resource);
    else world.applied[`${kind} ${name}`] = digest(body.resource.definition);
  }
}

export function ids(steps: readonly Step[]): string[] {
  return steps.map((step) => step.id);
}
