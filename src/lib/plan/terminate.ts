import { levels } from './order.js';
import type { StackScope } from './resources.js';
import { type ObservedService, type ObservedState, type Plan, type Step, StepList } from './steps.js';

export interface TerminateInput {
  readonly scope: StackScope;
  readonly observed: ObservedState;
  /** Remove volumes too. */
  readonly volumes: boolean;
}

/** Takes a stack down: dependents before what they depend on, then what the services used, then the definition. */
export function planTerminate({ scope, observed, volumes }: TerminateInput): Plan {
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
  removeServices(list, scope, observed.services, 'terminate');
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

/** Adds the removal of services, dependents first, each level gone before the next is touched. */
export function removeServices(
  list: StepList,
  scope: StackScope,
  services: readonly ObservedService[],
  reason: string,
): void {
  const definitions = Object.fromEntries(services.map((service) => [service.name, service.definition]));
  for (const level of levels(definitions).reverse()) {
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
