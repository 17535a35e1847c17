import type { Project } from '../compose/project.js';
import { teardownLevels } from './order.js';
import type { StackScope } from './resources.js';
import { type ObservedService, type ObservedState, type Plan, type Step, StepList } from './steps.js';

export interface TerminateInput {
  readonly scope: StackScope;
  /** The stored definition; null where there is none. */
  readonly stored: Project | null;
  readonly observed: ObservedState;
  /** Remove volumes too. */
  readonly volumes: boolean;
}

/** Takes a stack down: dependents before what they depend on, then what the services used, then the definition. */
export function planTerminate({ scope, stored, observed, volumes }: TerminateInput): Plan {
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
  removeServices(list, { scope, stored, services: observed.services, reason: 'terminate' });
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
    services.map(({ name, definition }) => [
      name,
      (Object.hasOwn(known, name) ? known[name] : undefined) ?? definition,
    ]),
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
