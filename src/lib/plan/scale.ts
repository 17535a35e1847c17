import type { Project } from '../compose/project.js';
import { desiredReplicas } from './desired.js';
import type { ServiceResource, StackScope } from './resources.js';
import { type ObservedState, type Plan, StepList } from './steps.js';
import { convergeStep } from './up.js';

export interface ScaleInput {
  readonly scope: StackScope;
  /** The stored definition. */
  readonly definition: Project;
  /** The overlay as it is. */
  readonly scale: Readonly<Record<string, number>>;
  readonly observed: ObservedState;
  readonly unsettled: Readonly<Record<string, string>>;
  /** Replicas asked for, by service; services of the definition only. */
  readonly targets: Readonly<Record<string, number>>;
  /** How long what runs must stay up before it counts as scaled. */
  readonly monitorMs: number;
}

/**
 * Sets the overlay, then the replicas of what runs: a service keeps the definition that it runs with, also where a newer
 * one is stored.
 */
export function planScale(input: ScaleInput): Plan {
  const { scope, observed, targets } = input;
  const names = Object.keys(targets).sort();
  const list = new StepList();

  // Also where the file says the same today: what was scaled is kept, whatever a later file says.
  const overlay = names.filter((name) => !Object.hasOwn(input.scale, name) || input.scale[name] !== targets[name]);
  if (overlay.length > 0) {
    list.wave([
      {
        id: `store stack ${scope.stack}`,
        operation: 'store',
        kind: 'stack',
        name: scope.stack,
        reasons: overlay.map((name) => overlayReason(input, name)),
        body: { do: 'overlay', replicas: targets },
      },
    ]);
  }
  const running = observed.services.filter((service) => Object.hasOwn(targets, service.name));
  list.wave(
    running.flatMap((service) => {
      const replicas = targets[service.name] ?? service.replicas;
      if (replicas === service.replicas) return [];
      const { name, definition, hash, generation, completes } = service;
      const resource: ServiceResource = {
        ...scope,
        kind: 'service',
        ...{ name, replicas, definition, hash, generation },
        ...(completes === undefined ? {} : { completes }),
      };
      return [
        {
          id: `scale service ${name}`,
          operation: 'scale',
          kind: 'service',
          name,
          reasons: [`replicas: ${service.replicas} -> ${replicas}`],
          body: { do: 'apply', resource },
        },
      ];
    }),
  );
  const waiting = running
    .map((service) => service.name)
    .filter((name) => list.steps.some((step) => step.name === name) || Object.hasOwn(input.unsettled, name))
    .sort();
  if (waiting.length > 0) {
    const { monitorMs, unsettled } = input;
    list.wave([convergeStep(scope.stack, { services: waiting, monitorMs, deploys: false }, unsettled)]);
  }
  return { steps: list.steps, notes: [] };
}

function overlayReason({ definition, scale, targets }: ScaleInput, name: string): string {
  const service = definition.services[name];
  const before = service === undefined ? 0 : desiredReplicas(name, service, scale);
  const after = targets[name] ?? 0;
  return `replicas of ${name}: ${before === after ? `${after}, kept whatever the file says` : `${before} -> ${after}`}`;
}
