import type { Project } from '../compose/project.js';
import { definedReplicas, desiredService, isGlobal, type SharedResource, usedResources } from './desired.js';
import { gates } from './gates.js';
import { digest } from './hash.js';
import { member } from './member.js';
import { levels } from './order.js';
import type { Observation } from './plan.js';
import { changes } from './reasons.js';
import type { ServiceResource } from './resources.js';
import type { ConvergeBody, ObservedService, Step, StepList } from './steps.js';

/** What services are brought to. */
export interface Rollout {
  readonly seen: Observation;
  /** Overlays applied. */
  readonly desired: Project;
  /** Replicas set by `scale`, by service. */
  readonly scale: Readonly<Record<string, number>>;
}

/** What is done to one service. */
export interface ServiceChange {
  readonly operation: 'create' | 'update' | 'start' | 'restart' | 'scale';
  readonly reasons: readonly string[];
  readonly resource: ServiceResource;
}

/** A service as it should be and, if it is there, as it is. */
export interface ServicePair {
  readonly wanted: ServiceResource;
  readonly observed: ObservedService | undefined;
}

/** Undefined for a service that the definition lacks. */
export function pairOf({ seen, desired, scale }: Rollout, name: string): ServicePair | undefined {
  const definition = member(desired.services, name);
  if (definition === undefined) return undefined;
  const observed = seen.observed.services.find((service) => service.name === name);
  return { wanted: desiredService(seen.scope, desired, name, definition, scale, observed), observed };
}

/** What makes a service run as it should; undefined where it does. */
export function bringUp(rollout: Rollout, name: string): ServiceChange | undefined {
  const pair = pairOf(rollout, name);
  if (pair === undefined) return undefined;
  const { wanted: resource, observed } = pair;
  const scaled = scaleReasons(rollout, pair);
  if (observed === undefined) return { operation: 'create', reasons: ['new', ...scaled], resource };
  const changed = changeReasons(pair);
  if (observed.stopped === true) return { operation: 'start', reasons: ['stopped', ...changed, ...scaled], resource };
  if (changed.length > 0) return { operation: 'update', reasons: [...changed, ...scaled], resource };
  if (isScaled(pair)) return { operation: 'scale', reasons: scaled, resource };
  // Asked for again, an engine resumes a paused rollout and replaces replicas that ended for good.
  const reason = member(rollout.seen.unsettled, name);
  return reason === undefined ? undefined : { operation: 'update', reasons: [reason], resource };
}

/** True for a service that is not there, or was made from another definition, or with other replicas. */
export function isOutdated(pair: ServicePair): boolean {
  return pair.observed === undefined || pair.observed.hash !== pair.wanted.hash || isScaled(pair);
}

function isScaled({ wanted, observed }: ServicePair): boolean {
  return observed !== undefined && observed.replicas !== wanted.replicas && !isGlobal(wanted.definition);
}

/** Why replicas have to be replaced; none where they need not be. */
export function changeReasons({ wanted, observed }: ServicePair): string[] {
  if (observed === undefined || observed.hash === wanted.hash) return [];
  const changed = changes(observed.definition, wanted.definition);
  return changed.length > 0 ? changed : ['definition changed'];
}

/** What there is to say of the number of replicas. */
export function scaleReasons({ scale }: Rollout, pair: ServicePair): string[] {
  const { wanted, observed } = pair;
  if (isGlobal(wanted.definition)) return [];
  const defined = definedReplicas(wanted.definition);
  const byHand = Object.hasOwn(scale, wanted.name) ? ` (scaled by hand, the file says ${defined})` : '';
  if (observed !== undefined && isScaled(pair)) {
    return [`replicas: ${observed.replicas} -> ${wanted.replicas}${byHand}`];
  }
  return byHand === '' ? [] : [`replicas: ${wanted.replicas}${byHand}`];
}

/** Adds the networks, volumes, secrets and configs that the services need and that are not as they should be. */
export function addResources(list: StepList, { seen, desired }: Rollout, services: ReadonlySet<string>): void {
  list.wave(usedResources(seen.scope, desired, services).flatMap((resource) => resourceStep(seen, resource)));
}

function resourceStep({ observed, stored }: Observation, resource: SharedResource): Omit<Step, 'wave'>[] {
  const { kind, name } = resource;
  const there = observed.resources.some((other) => other.kind === kind && other.name === name);
  const known = member(stored?.applied ?? {}, `${kind} ${name}`);
  if (there && known === digest(resource.definition)) return [];
  const operation = there ? ('update' as const) : ('create' as const);
  const reason = !there ? 'new' : known === undefined ? 'it is there already, and is taken over' : 'definition changed';
  return [
    { id: `${operation} ${kind} ${name}`, operation, kind, name, reasons: [reason], body: { do: 'apply', resource } },
  ];
}

/** Adds changes of services: each after what it needs, and after the wait for it. */
export function addChanges(list: StepList, rollout: Rollout, changed: readonly ServiceChange[]): void {
  const { seen, desired } = rollout;
  const byName = new Map(changed.map((change) => [change.resource.name, change]));
  const busy = new Set([...Object.keys(seen.unsettled), ...byName.keys()]);
  for (const level of levels(desired.services)) {
    const now = level.flatMap((name) => byName.get(name) ?? []);
    const waits = gates(
      { seen, desired, changed: new Set(byName.keys()), busy },
      now.filter(({ operation }) => operation !== 'scale').map(({ resource }) => resource.name),
    );
    list.wave(waits.filter(({ id }) => list.steps.every((other) => other.id !== id)));
    list.wave(now.map(applyStep));
  }
}

/** The step that gives a service to the engine. */
export function applyStep({
  operation,
  reasons,
  resource,
}: Omit<ServiceChange, 'operation'> & Pick<Step, 'operation'>): Omit<Step, 'wave'> {
  const { name } = resource;
  return {
    id: `${operation} service ${name}`,
    operation,
    kind: 'service',
    name,
    reasons,
    body: { do: 'apply', resource },
  };
}

/**
 * Adds what a verb does to some services and to nothing else: what they use, they themselves, and the wait for them.
 * Nothing where there are no changes.
 */
export function addRollout(
  list: StepList,
  rollout: Rollout,
  changed: readonly ServiceChange[],
  converge: Pick<ConvergeBody, 'monitorMs' | 'deploys'>,
): void {
  if (changed.length === 0) return;
  const names = changed.map(({ resource }) => resource.name).sort();
  addResources(list, rollout, new Set(names));
  addChanges(list, rollout, changed);
  const { scope, unsettled } = rollout.seen;
  list.wave([convergeStep(scope.stack, { services: names, ...converge }, unsettled)]);
}

/** The step that waits for services, last in every plan that changes one. */
export function convergeStep(
  stack: string,
  { services, monitorMs, deploys }: Omit<ConvergeBody, 'do'>,
  unsettled: Readonly<Record<string, string>>,
  until = 'until every service runs as it should',
): Omit<Step, 'wave'> {
  const reasons = services.flatMap((name) => {
    const reason = member(unsettled, name);
    return reason === undefined ? [] : [`${name}: ${reason}`];
  });
  return {
    id: `wait stack ${stack}`,
    operation: 'wait',
    kind: 'stack',
    name: stack,
    reasons: reasons.length > 0 ? reasons : [until],
    body: { do: 'converge', services, monitorMs, deploys },
  };
}
