import { asObserved, usedResources } from './desired.js';
import { teardownLevels } from './order.js';
import { withOverlays } from './overlays.js';
import type { Observation, StoredStack } from './plan.js';
import { overlayStep, releaseOverlays } from './release.js';
import type { ServiceResource } from './resources.js';
import { applyStep, convergeStep } from './rollout.js';
import { type ObservedService, type Plan, type ReleaseBody, type Step, StepList } from './steps.js';
import { removeServices } from './terminate.js';

/**
 * The compensations of a plan that makes a release: the steps that put back what it touches, as it was seen before, and
 * leave alone what it leaves alone. Their ids begin with `undo: `.
 *
 * @returns null where there is no release that was deployed to go back to.
 */
export function planWayBack(seen: Observation, { steps }: Plan, monitorMs: number): readonly Step[] | null {
  const { scope, stored, observed } = seen;
  const release = steps.map(({ body }) => body).find((body): body is ReleaseBody => body.do === 'release');
  if (stored === null || !stored.deployed || release === undefined) return null;
  const applied = servicesApplied(steps);
  const removed = new Set(steps.flatMap(({ body, name }) => (body.do === 'remove' ? [name] : [])));
  const before = observed.services.filter(({ name }) => removed.has(name) || applied.some((one) => one.name === name));
  const created = applied.filter(({ name }) => !observed.services.some((service) => service.name === name));

  const list = new StepList();
  list.wave([releaseAgain(seen, stored)]);
  list.wave(scaleAgain(scope.stack, stored, steps));
  list.wave(resourcesAgain(seen, stored, steps));
  const reason = `not in v${stored.release}`;
  removeServices(list, { scope, stored: release.definition, services: created, reason });
  for (const wave of wavesOf(before)) {
    list.wave(
      wave.map((service) => {
        const operation = removed.has(service.name) ? ('create' as const) : ('update' as const);
        return applyStep({ operation, reasons: ['as it was before'], resource: asObserved(scope, service) });
      }),
    );
  }
  const names = before.map(({ name }) => name).sort();
  list.wave([convergeStep(scope.stack, { services: names, monitorMs, deploys: true }, {})]);
  return list.steps.map((step) => ({ ...step, id: `undo: ${step.id}` }));
}

function servicesApplied(steps: readonly Step[]): ServiceResource[] {
  return steps.flatMap(({ body }) => (body.do === 'apply' && body.resource.kind === 'service' ? [body.resource] : []));
}

function releaseAgain({ scope, id }: Observation, stored: StoredStack): Omit<Step, 'wave'> {
  const { definition, standalone, release } = stored;
  const summary = `rolled back to v${release}`;
  return {
    id: `store stack ${scope.stack}`,
    operation: 'store',
    kind: 'stack',
    name: scope.stack,
    reasons: [summary],
    body: {
      ...{ do: 'release', id, definition, standalone, summary },
      overlays: releaseOverlays(stored),
      rollbackOf: release,
    },
  };
}

/** The overlay of the services whose overlay the plan changes. */
function scaleAgain(stack: string, { overlays }: StoredStack, steps: readonly Step[]): Omit<Step, 'wave'>[] {
  const names = steps.flatMap(({ body }) => (body.do === 'overlay' ? Object.keys(body.replicas) : []));
  if (names.length === 0) return [];
  const scale = new Map(Object.entries(overlays.scale));
  const replicas = Object.fromEntries(names.map((name) => [name, scale.get(name) ?? null]));
  return [overlayStep(stack, replicas, ['as it was before'])];
}

/** Networks, volumes, secrets and configs that the plan changes. Those it makes stay: nobody uses them. */
function resourcesAgain(
  { scope }: Observation,
  { definition, overlays }: StoredStack,
  steps: readonly Step[],
): Omit<Step, 'wave'>[] {
  const changed = new Set(
    steps.flatMap(({ operation, body }) =>
      operation === 'update' && body.do === 'apply' ? [`${body.resource.kind} ${body.resource.name}`] : [],
    ),
  );
  const project = withOverlays(definition, overlays);
  return usedResources(scope, project, new Set(Object.keys(project.services)))
    .filter(({ kind, name }) => changed.has(`${kind} ${name}`))
    .map((resource) => ({
      id: `update ${resource.kind} ${resource.name}`,
      operation: 'update',
      kind: resource.kind,
      name: resource.name,
      reasons: ['as it was before'],
      body: { do: 'apply', resource },
    }));
}

/** What others need comes first. */
function wavesOf(services: readonly ObservedService[]): ObservedService[][] {
  const definitions = Object.fromEntries(services.map(({ name, definition }) => [name, definition]));
  return teardownLevels(definitions)
    .reverse()
    .map((level) => services.filter(({ name }) => level.includes(name)));
}
