import { asObserved, desiredReplicas } from './desired.js';
import { isRunning } from './gates.js';
import type { ScaleIntent } from './intent.js';
import { member } from './member.js';
import type { Observation, StoredStack } from './plan.js';
import { checkScalable, checkServices, inStack, liveStack } from './preconditions.js';
import { overlayStep } from './release.js';
import { applyStep, convergeStep } from './rollout.js';
import { type Plan, StepList } from './steps.js';

/**
 * Sets the overlay, then the replicas of what is there: a service keeps the definition that it was deployed with, also
 * where a newer one is stored, and stays stopped where it is.
 */
export function planScale({ replicas: targets, monitorMs }: ScaleIntent, seen: Observation): Plan {
  const stored = liveStack(seen);
  const { scope, observed, unsettled } = seen;
  const names = Object.keys(targets).sort();
  checkServices(names, Object.keys(stored.definition.services), inStack(seen));
  for (const name of names) checkScalable(seen, name);
  const list = new StepList();

  // Also where the file says the same today: what was scaled is kept, whatever a later file says.
  const overlay = names.filter((name) => member(stored.overlays.scale, name) !== targets[name]);
  if (overlay.length > 0) {
    const reasons = overlay.map((name) => overlayReason(stored, name, targets[name] ?? 0));
    list.wave([overlayStep(scope.stack, targets, reasons)]);
  }
  const there = observed.services.filter((service) => Object.hasOwn(targets, service.name));
  const scaled = there.flatMap((service) => {
    const replicas = targets[service.name] ?? service.replicas;
    if (replicas === service.replicas) return [];
    const reasons = [`replicas: ${service.replicas} -> ${replicas}`];
    return [{ operation: 'scale' as const, reasons, resource: { ...asObserved(scope, service), replicas } }];
  });
  list.wave(scaled.map(applyStep));
  const waiting = there
    .map(({ name }) => name)
    .filter(
      (name) =>
        scaled.some(({ resource }) => resource.name === name) ||
        (isRunning(seen, name) && Object.hasOwn(unsettled, name)),
    )
    .sort();
  if (waiting.length > 0) {
    list.wave([convergeStep(scope.stack, { services: waiting, monitorMs, deploys: false }, unsettled)]);
  }
  return { steps: list.steps, notes: [] };
}

function overlayReason({ definition, overlays }: StoredStack, name: string, after: number): string {
  const service = member(definition.services, name);
  const before = service === undefined ? 0 : desiredReplicas(name, service, overlays.scale);
  return `replicas of ${name}: ${before === after ? `${after}, kept whatever the file says` : `${before} -> ${after}`}`;
}
