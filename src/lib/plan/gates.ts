import type { Project } from '../compose/project.js';
import { member } from './member.js';
import { requirements } from './order.js';
import type { Observation } from './plan.js';
import type { Step } from './steps.js';

export interface GateInput {
  readonly seen: Observation;
  readonly desired: Project;
  /** Services that the plan changes. */
  readonly changed: ReadonlySet<string>;
  /** Services that may not run as they should when they are looked at: those changed, and the unsettled. */
  readonly busy: ReadonlySet<string>;
}

/**
 * Waits for the dependencies of services that are not known to be as needed: those that the plan changes, that are
 * unsettled, or that run as they should but have not got as far as they are needed, as a job that is still at work. What
 * neither runs nor is changed is not waited for: it would be for ever.
 */
export function gates({ seen, desired, changed, busy }: GateInput, services: readonly string[]): Omit<Step, 'wave'>[] {
  const found = new Map<string, Omit<Step, 'wave'>>();
  for (const name of services) {
    for (const { service, condition, required } of requirements(member(desired.services, name) ?? {})) {
      if (!Object.hasOwn(desired.services, service)) continue;
      if (!changed.has(service) && !isRunning(seen, service)) continue;
      const known = member(seen.fulfilled, service)?.includes(condition) === true;
      if (known && !busy.has(service)) continue;
      const id = `wait service ${service} ${condition}`;
      const earlier = found.get(id);
      const demanded = required || (earlier?.body.do === 'gate' && earlier.body.required);
      found.set(id, {
        id,
        operation: 'wait',
        kind: 'service',
        name: service,
        reasons: [...(earlier?.reasons ?? []), `${name} needs it`],
        body: { do: 'gate', service, condition, required: demanded },
      });
    }
  }
  return [...found.values()];
}

/** True for a service that the engine has, and is not told to keep from running. */
export function isRunning({ observed }: Observation, name: string): boolean {
  return observed.services.some((service) => service.name === name && service.stopped !== true);
}
