import type { Project } from '../compose/project.js';
import { definedReplicas, desiredService, isGlobal, resourcesOf, usedResources } from './desired.js';
import { digest, sameProject } from './hash.js';
import { levels, requirements, withDependencies } from './order.js';
import { changes } from './reasons.js';
import { removeServices } from './terminate.js';
import type { ServiceResource, StackScope } from './resources.js';
import {
  type ConvergeBody,
  type GateCondition,
  type ObservedService,
  type ObservedState,
  type Plan,
  type Step,
  StepList,
} from './steps.js';

/** What `planUp` looks at. */
export interface UpInput {
  readonly scope: StackScope;
  /** The stack's id; a fresh one for a new stack. */
  readonly id: string;
  readonly desired: Project;
  /** Replicas set by `scale`, by service. */
  readonly scale: Readonly<Record<string, number>>;
  /** The definition stored for the stack; null for a new one, and for one that is half terminated. */
  readonly stored: Project | null;
  /** Digests of the networks, volumes, secrets and configs as they were applied, by `<kind> <name>`. */
  readonly applied: Readonly<Record<string, string>>;
  readonly observed: ObservedState;
  /** Why a service does not run as it should although its definition is applied, by service. */
  readonly unsettled: Readonly<Record<string, string>>;
  /** Conditions that the replicas of a service are known to fulfil, by service. */
  readonly fulfilled: Readonly<Record<string, readonly GateCondition[]>>;
  /** Only these and what they depend on; undefined for all. */
  readonly services?: readonly string[] | undefined;
  /** Remove what is gone from the file. */
  readonly prune: boolean;
  /** How long what runs must stay up before the rollout counts as done. */
  readonly monitorMs: number;
}

/**
 * The steps from what is observed to what is desired; none when everything is as it should be.
 *
 * @throws InputError on a dependency cycle.
 */
export function planUp(input: UpInput): Plan {
  const { desired, scope, observed, stored } = input;
  const ordered = levels(desired.services);
  const targets = withDependencies(desired.services, input.services ?? Object.keys(desired.services));
  const orphans = observed.services.filter((service) => !Object.hasOwn(desired.services, service.name));
  const list = new StepList();

  list.wave(storeSteps(input));
  list.wave(usedResources(scope, desired, targets).flatMap((resource) => resourceStep(input, resource)));
  if (input.prune) removeServices(list, { scope, stored, services: orphans, reason: 'gone from the file' });

  const busy = new Set(Object.keys(input.unsettled));
  for (const level of ordered) {
    const steps = level.filter((name) => targets.has(name)).flatMap((name) => serviceStep(input, name));
    list.wave(gates(input, steps, busy, list.steps));
    list.wave(steps);
    for (const step of steps) busy.add(step.name);
  }
  const waiting = [...targets].filter((name) => list.steps.length > 0 || busy.has(name)).sort();
  if (waiting.length > 0) {
    const { monitorMs, unsettled } = input;
    list.wave([convergeStep(scope.stack, { services: waiting, monitorMs, deploys: true }, unsettled)]);
  }
  // Last: replicas of the services as they were hold what they used until the new ones run.
  if (input.prune) list.wave(orphanedResources(input, targets));
  return { steps: list.steps, notes: input.prune ? [] : orphans.map(orphanNote) };
}

/** The steps that store the definition of a new stack and run nothing. */
export function planCreate(definition: Project, id: string): Plan {
  return { steps: [{ ...storeStep(definition, id, 'new'), wave: 1 }], notes: [] };
}

/** The step that waits for a stack, last in every plan that changes a service. */
export function convergeStep(
  stack: string,
  { services, monitorMs, deploys }: Omit<ConvergeBody, 'do'>,
  unsettled: Readonly<Record<string, string>>,
): Omit<Step, 'wave'> {
  const reasons = services.flatMap((name) => {
    const reason = unsettled[name];
    return reason === undefined ? [] : [`${name}: ${reason}`];
  });
  return {
    id: `wait stack ${stack}`,
    operation: 'wait',
    kind: 'stack',
    name: stack,
    reasons: reasons.length > 0 ? reasons : ['until every service runs as it should'],
    body: { do: 'converge', services, monitorMs, deploys },
  };
}

function storeSteps({ id, stored, desired }: UpInput): Omit<Step, 'wave'>[] {
  if (stored !== null && sameProject(stored, desired)) return [];
  return [storeStep(desired, id, stored === null ? 'new' : 'definition changed')];
}

function storeStep(definition: Project, id: string, reason: string): Omit<Step, 'wave'> {
  const { name } = definition;
  return {
    id: `store stack ${name}`,
    operation: 'store',
    kind: 'stack',
    name,
    reasons: [reason],
    body: { do: 'define', definition, id },
  };
}

function resourceStep(
  { observed, applied }: UpInput,
  resource: ReturnType<typeof usedResources>[number],
): Omit<Step, 'wave'>[] {
  const { kind, name } = resource;
  const there = observed.resources.some((other) => other.kind === kind && other.name === name);
  const known = applied[`${kind} ${name}`];
  if (there && known === digest(resource.definition)) return [];
  const operation = there ? ('update' as const) : ('create' as const);
  const reason = !there ? 'new' : known === undefined ? 'it is there already, and is taken over' : 'definition changed';
  return [
    { id: `${operation} ${kind} ${name}`, operation, kind, name, reasons: [reason], body: { do: 'apply', resource } },
  ];
}

function serviceStep(input: UpInput, name: string): Omit<Step, 'wave'>[] {
  const definition = input.desired.services[name];
  if (definition === undefined) return [];
  const observed = input.observed.services.find((service) => service.name === name);
  const resource = desiredService(input.scope, input.desired, name, definition, input.scale, observed);
  const scaled = scaleReasons(input, resource, observed);
  const step = (operation: 'create' | 'update' | 'scale', reasons: readonly string[]): Omit<Step, 'wave'> => ({
    id: `${operation} service ${name}`,
    operation,
    kind: 'service',
    name,
    reasons,
    body: { do: 'apply', resource },
  });
  if (observed === undefined) return [step('create', ['new', ...scaled])];
  if (observed.hash !== resource.hash) {
    const changed = changes(observed.definition, definition);
    return [step('update', [...(changed.length > 0 ? changed : ['definition changed']), ...scaled])];
  }
  if (observed.replicas !== resource.replicas && !isGlobal(definition)) return [step('scale', scaled)];
  // Asked for again, an engine resumes a paused rollout and replaces replicas that ended for good.
  const reason = input.unsettled[name];
  return reason === undefined ? [] : [step('update', [reason])];
}

function scaleReasons(input: UpInput, wanted: ServiceResource, observed: ObservedService | undefined): string[] {
  if (isGlobal(wanted.definition)) return [];
  const defined = definedReplicas(wanted.definition);
  const byHand = Object.hasOwn(input.scale, wanted.name) ? ` (scaled by hand, the file says ${defined})` : '';
  if (observed !== undefined && observed.replicas !== wanted.replicas) {
    return [`replicas: ${observed.replicas} -> ${wanted.replicas}${byHand}`];
  }
  return byHand === '' ? [] : [`replicas: ${wanted.replicas}${byHand}`];
}

/**
 * Waits for the dependencies that are not known to be as needed: those that this plan touches, that are unsettled, or
 * that run as they should but have not got as far as they are needed, as a job that is still at work.
 */
function gates(
  { desired, fulfilled }: UpInput,
  steps: readonly Omit<Step, 'wave'>[],
  busy: ReadonlySet<string>,
  before: readonly Step[],
): Omit<Step, 'wave'>[] {
  const found = new Map<string, Omit<Step, 'wave'>>();
  for (const step of steps) {
    const definition = desired.services[step.name];
    if (definition === undefined || step.operation === 'scale') continue;
    for (const { service, condition, required } of requirements(definition)) {
      if (!Object.hasOwn(desired.services, service)) continue;
      const known = Object.hasOwn(fulfilled, service) && fulfilled[service]?.includes(condition) === true;
      if (known && !busy.has(service)) continue;
      const id = `wait service ${service} ${condition}`;
      const earlier = found.get(id);
      if (before.some((other) => other.id === id)) continue;
      const needs = [...(earlier?.reasons ?? []), `${step.name} needs it`];
      const demanded = required || (earlier?.body.do === 'gate' && earlier.body.required);
      found.set(id, {
        id,
        operation: 'wait',
        kind: 'service',
        name: service,
        reasons: needs,
        body: { do: 'gate', service, condition, required: demanded },
      });
    }
  }
  return [...found.values()];
}

/**
 * Networks, secrets and configs that no service of the file uses any more, nor one that runs and is left as it is.
 * Volumes hold data: only `terminate` asks.
 */
function orphanedResources({ scope, desired, observed }: UpInput, targets: ReadonlySet<string>): Omit<Step, 'wave'>[] {
  const wanted = usedResources(scope, desired, new Set(Object.keys(desired.services)));
  const left = observed.services.filter(({ name }) => Object.hasOwn(desired.services, name) && !targets.has(name));
  const held = new Set(left.flatMap(({ definition }) => resourcesOf(definition)));
  return observed.resources
    .filter(({ kind }) => kind === 'network' || kind === 'secret' || kind === 'config')
    .filter(({ kind, name }) => !wanted.some((other) => other.kind === kind && other.name === name))
    .filter(({ kind, name }) => !held.has(`${kind} ${name}`))
    .map(({ kind, name }) => ({
      id: `remove ${kind} ${name}`,
      operation: 'remove' as const,
      kind,
      name,
      reasons: ['gone from the file'],
      body: { do: 'remove' as const, resource: { ...scope, kind, name } },
    }));
}

function orphanNote(service: ObservedService): string {
  return `service ${service.name} is gone from the file and left alone; --prune removes it`;
}
