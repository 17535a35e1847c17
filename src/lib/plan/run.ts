import { asObserved } from './desired.js';
import type { RunIntent } from './intent.js';
import { isRunning } from './gates.js';
import { member } from './member.js';
import { requirements, teardownLevels } from './order.js';
import { withOverlays } from './overlays.js';
import type { Observation } from './plan.js';
import { checkServices, inStack, knownServices, liveStack } from './preconditions.js';
import {
  addRollout,
  applyStep,
  bringUp,
  changeReasons,
  convergeStep,
  pairOf,
  type Rollout,
  scaleReasons,
  type ServiceChange,
} from './rollout.js';
import { type Plan, StepList } from './steps.js';

/** Starts services that are stopped, that do not run as they should, or that were never deployed. */
export function planStart({ services, monitorMs }: RunIntent, seen: Observation): Plan {
  const rollout = asStored(seen);
  const changed = chosen(seen, services).flatMap((name) => {
    const standsStill = !isRunning(seen, name) || Object.hasOwn(seen.unsettled, name);
    return standsStill ? (bringUp(rollout, name) ?? []) : [];
  });
  const list = new StepList();
  // What was deployed before and only stood still says nothing of the newest release.
  const deploys = changed.some(({ resource }) => {
    const observed = seen.observed.services.find(({ name }) => name === resource.name);
    return observed?.hash !== resource.hash;
  });
  addRollout(list, rollout, changed, { monitorMs, deploys });
  return { steps: list.steps, notes: missing(rollout, changed) };
}

/** Replaces every replica with one of the stored definition; also starts what is stopped, and makes what is not there. */
export function planRedeploy({ services, monitorMs }: RunIntent, seen: Observation): Plan {
  const rollout = asStored(seen);
  const changed = chosen(seen, services).flatMap((name): ServiceChange[] => {
    const pair = pairOf(rollout, name);
    if (pair === undefined) return [];
    const { wanted, observed } = pair;
    if (observed === undefined) return [{ operation: 'create', reasons: ['new'], resource: wanted }];
    const reasons = ['redeploy', ...changeReasons(pair), ...scaleReasons(rollout, pair)];
    return [{ operation: 'restart', reasons, resource: { ...wanted, generation: observed.generation + 1 } }];
  });
  const list = new StepList();
  addRollout(list, rollout, changed, { monitorMs, deploys: true });
  return { steps: list.steps, notes: missing(rollout, changed) };
}

/** Keeps services from running, as they are, dependents before what they depend on. */
export function planStop({ services, monitorMs }: RunIntent, seen: Observation): Plan {
  const { definition } = liveStack(seen);
  const names = chosen(seen, services);
  const running = seen.observed.services.filter(({ name }) => names.includes(name) && isRunning(seen, name));
  const definitions = running.map(
    (service) => [service.name, member(definition.services, service.name) ?? service.definition] as const,
  );
  const list = new StepList();
  for (const level of teardownLevels(Object.fromEntries(definitions))) {
    const now = running.filter(({ name }) => level.includes(name));
    list.wave(
      now.map((service) =>
        applyStep({
          operation: 'stop',
          reasons: ['stop'],
          resource: { ...asObserved(seen.scope, service), stopped: true },
        }),
      ),
    );
  }
  if (running.length > 0) {
    const stopped = running.map(({ name }) => name).sort();
    list.wave([
      convergeStep(seen.scope.stack, { services: stopped, monitorMs, deploys: false }, {}, 'until they have stopped'),
    ]);
  }
  return { steps: list.steps, notes: [] };
}

/** The stored definition, overlays applied, with the services that run although it has them no more. */
function asStored(seen: Observation): Rollout {
  const { definition, overlays } = liveStack(seen);
  const orphans = Object.fromEntries(seen.observed.services.map((service) => [service.name, service.definition]));
  const effective = withOverlays(definition, overlays);
  return {
    seen,
    desired: { ...effective, services: { ...orphans, ...effective.services } },
    scale: overlays.scale,
  };
}

/** @throws NotFoundError for a service that is neither defined nor there. */
function chosen(seen: Observation, services: readonly string[] | null): string[] {
  const known = [...new Set(knownServices(seen))];
  checkServices(services ?? [], known, inStack(seen));
  return [...new Set(services ?? known)].sort();
}

/** A sentence for everything that a changed service needs, and that stands still and is left so. */
function missing({ seen, desired }: Rollout, changed: readonly ServiceChange[]): string[] {
  const names = new Set(changed.map(({ resource }) => resource.name));
  return changed.flatMap(({ resource: { name, definition } }) =>
    requirements(definition)
      .filter(({ service, required }) => required && Object.hasOwn(desired.services, service) && !names.has(service))
      .filter(({ service }) => !isRunning(seen, service))
      .map(({ service }) => `service ${name} needs ${service}, which does not run`),
  );
}
