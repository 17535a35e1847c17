import type { Project, Service } from '../compose/project.js';
import { RefusedError } from '../port/errors.js';
import type { RemoveIntent, TerminateIntent } from './intent.js';
import { member } from './member.js';
import { requirements, teardownLevels } from './order.js';
import type { Observation } from './plan.js';
import { checkServices, inStack, knownServices, liveStack } from './preconditions.js';
import { releaseOverlays, releaseSteps } from './release.js';
import { convergeStep } from './rollout.js';
import type { StackScope } from './resources.js';
import { type ObservedService, type Plan, type Step, StepList } from './steps.js';

/**
 * Takes a stack down: dependents before what they depend on, then what the services used, then the definition. Nothing is
 * left to do where there is none.
 */
export function planTerminate({ volumes }: Pick<TerminateIntent, 'volumes'>, seen: Observation): Plan {
  const { scope, stored, observed } = seen;
  if (stored === null) return { steps: [], notes: [] };
  const list = new StepList();
  const stackStep = { kind: 'stack' as const, name: scope.stack };
  const resources = observed.resources.filter(({ kind }) => kind !== 'service' && (kind !== 'volume' || volumes));
  if (observed.services.length > 0 || resources.length > 0) {
    list.wave([
      {
        ...stackStep,
        id: `stop stack ${scope.stack}`,
        operation: 'stop',
        reasons: ['terminate'],
        body: { do: 'retire' },
      },
    ]);
  }
  removeServices(list, { scope, stored: stored.definition, services: observed.services, reason: 'terminate' });
  list.wave(
    resources.map(({ kind, name }) => ({
      id: `remove ${kind} ${name}`,
      operation: 'remove',
      kind,
      name,
      reasons: ['terminate'],
      body: { do: 'remove', resource: { ...scope, kind, name } },
    })),
  );
  list.wave([
    {
      ...stackStep,
      id: `remove stack ${scope.stack}`,
      operation: 'remove',
      reasons: ['terminate'],
      body: { do: 'forget' },
    },
  ]);
  return { steps: list.steps, notes: [] };
}

/**
 * Takes one service out of the definition and down. The last one of a stack that is only its shell takes that with it.
 *
 * @throws RefusedError while another service shares its network or processes.
 */
export function planRemove({ service: name }: RemoveIntent, seen: Observation): Plan {
  const stored = liveStack(seen);
  const { scope, observed } = seen;
  checkServices([name], knownServices(seen), inStack(seen));
  const { [name]: _removed, ...others } = stored.definition.services;
  if (stored.standalone && Object.keys(others).length === 0) return planTerminate({ volumes: false }, seen);
  checkShared(name, others);

  const list = new StepList();
  const services = Object.fromEntries(
    Object.entries(others).map(([other, definition]) => [other, withoutDependency(definition, name)]),
  );
  const { standalone } = stored;
  const wanted = { definition: { ...stored.definition, services }, overlays: releaseOverlays(stored), standalone };
  const made = releaseSteps(seen, { ...wanted, rollbackOf: null });
  list.wave(made);
  const running = observed.services.filter((service) => service.name === name);
  removeServices(list, { scope, stored: stored.definition, services: running, reason: 'terminate' });
  // Nothing to wait for: the release counts as deployed when the service is gone, if the one before did.
  if (made.length > 0 && stored.deployed) {
    const nothing = { services: [], monitorMs: 0, deploys: true };
    list.wave([convergeStep(scope.stack, nothing, {}, 'the release is in force')]);
  }
  return { steps: list.steps, notes: [] };
}

function checkShared(name: string, others: Readonly<Record<string, Service>>): void {
  const [sharing] = Object.keys(others).filter((other) => {
    const { depends_on: _order, ...definition } = others[other] ?? {};
    return requirements(definition).some(({ service }) => service === name);
  });
  if (sharing === undefined) return;
  throw new RefusedError(`service ${name} cannot be terminated: ${sharing} shares its network or processes`, {
    hint: `Nothing was changed. Terminate ${sharing} first.`,
  });
}

function withoutDependency(definition: Service, name: string): Service {
  if (definition.depends_on === undefined || !Object.hasOwn(definition.depends_on, name)) return definition;
  const { depends_on, ...rest } = definition;
  const { [name]: _removed, ...left } = depends_on;
  return Object.keys(left).length === 0 ? rest : { ...rest, depends_on: left };
}

export interface Removal {
  readonly scope: StackScope;
  /** Its order counts where it has the service: an engine is not told of a `depends_on` that alone has changed. */
  readonly stored: Project | null;
  readonly services: readonly ObservedService[];
  readonly reason: string;
}

/** Adds the removal of services, dependents first, each level gone before the next is touched. */
export function removeServices(list: StepList, { scope, stored, services, reason }: Removal): void {
  const known = stored?.services ?? {};
  const definitions = Object.fromEntries(
    services.map(({ name, definition }) => [name, member(known, name) ?? definition]),
  );
  for (const level of teardownLevels(definitions)) {
    list.wave(
      level.map((name) => ({
        id: `remove service ${name}`,
        operation: 'remove',
        kind: 'service',
        name,
        reasons: [reason],
        body: { do: 'remove', resource: { ...scope, kind: 'service', name } },
      })),
    );
    list.wave(
      level.map((name): Omit<Step, 'wave'> => ({
        id: `wait service ${name} gone`,
        operation: 'wait',
        kind: 'service',
        name,
        reasons: [reason],
        body: { do: 'gone', service: name },
      })),
    );
  }
}
