import { ConflictError } from '../port/errors.js';
import { desiredService, type SharedResource, usedResources } from './desired.js';
import { sameProject } from './hash.js';
import type { AdoptIntent } from './intent.js';
import { member } from './member.js';
import { levels } from './order.js';
import { noReleaseOverlays } from './overlays.js';
import type { Observation } from './plan.js';
import { convergeStep } from './rollout.js';
import { type Plan, type Step, StepList } from './steps.js';

/**
 * Writes down what another tool has deployed as a stack of ours. Nothing of what runs is touched, or waited for: the
 * definition is the one read from the containers, so that they are as it says, and those that are stopped stay so.
 *
 * @throws ConflictError when there is a stack of that name already; InputError on a dependency cycle.
 */
export function planAdopt({ definition, containers, unsaid }: AdoptIntent, seen: Observation): Plan {
  const { scope, stored } = seen;
  // One that has begun and was interrupted goes on.
  if (stored !== null && (stored.deployed || !sameProject(stored.definition, definition))) {
    throw knownAlready(scope.stack);
  }
  const names = levels(definition.services).flat();
  const list = new StepList();
  if (stored === null) list.wave([releaseStep(seen, definition, names)]);
  list.wave(usedResources(scope, definition, new Set(names)).map(resourceStep));
  list.wave(
    names.flatMap((name) => {
      const service = member(definition.services, name);
      if (service === undefined) return [];
      const resource = desiredService(scope, definition, name, service, {}, undefined);
      const slots = (member(containers, name) ?? []).map(({ id, slot }): [string, number] => [id, slot]);
      return [
        {
          ...storeStep('service', name, [runningText(slots.length)]),
          body: { do: 'adopt' as const, resource, containers: Object.fromEntries(slots) },
        },
      ];
    }),
  );
  // How it runs is as it was: there is nothing to wait for.
  const nothing = { services: [], monitorMs: 0, deploys: true };
  list.wave([convergeStep(scope.stack, nothing, {}, 'the release is in force')]);
  return { steps: list.steps, notes: unsaid.map(({ path, why }) => `${path} is not in the definition: ${why}`) };
}

/** For a name that berth has a stack of. */
export function knownAlready(stack: string): ConflictError {
  return new ConflictError(`there is a stack ${JSON.stringify(stack)} already`, {
    hint: `Nothing was changed. See it with \`berth stack inspect ${stack}\`.`,
  });
}

function releaseStep(
  { scope, id }: Observation,
  definition: AdoptIntent['definition'],
  names: readonly string[],
): Omit<Step, 'wave'> {
  const listed = [...names].sort().join(', ');
  const summary = `adopted ${listed.length > 100 ? `${names.length} services` : listed}`;
  const release = { id, definition, overlays: noReleaseOverlays, standalone: false, summary, rollbackOf: null };
  return {
    id: `store stack ${scope.stack}`,
    operation: 'store',
    kind: 'stack',
    name: scope.stack,
    reasons: [summary],
    body: { do: 'release', ...release },
  };
}

function resourceStep(resource: SharedResource): Omit<Step, 'wave'> {
  const { kind, name } = resource;
  return { ...storeStep(kind, name, ['taken over as it is']), body: { do: 'mark', resource } };
}

function storeStep(kind: Step['kind'], name: string, reasons: readonly string[]): Omit<Step, 'wave' | 'body'> {
  return { id: `adopt ${kind} ${name}`, operation: 'store', kind, name, reasons };
}

function runningText(count: number): string {
  return `taken over with its ${count === 1 ? 'container' : `${count} containers`}`;
}
