import type { Project } from '../compose/project.js';
import { NotFoundError } from '../port/errors.js';
import { definedReplicas, resourcesOf, type SharedResource, usedResources } from './desired.js';
import type { RollbackIntent, UpIntent } from './intent.js';
import { member } from './member.js';
import { withDependencies } from './order.js';
import { noReleaseOverlays, type ReleaseOverlays, withOverlays } from './overlays.js';
import type { Observation } from './plan.js';
import { checkForeign, checkFresh, checkKind, checkServices, foreignNotes, unknownStack } from './preconditions.js';
import { overlayStep, releaseOverlays, releaseSteps } from './release.js';
import { addChanges, addResources, bringUp, convergeStep, type Rollout } from './rollout.js';
import { type ObservedService, type Plan, type Step, StepList } from './steps.js';
import { removeServices } from './terminate.js';

/** The steps from what is there to what the definition says, overlays applied; none when everything is as it should be. */
export function planUp(intent: UpIntent, seen: Observation): Plan {
  const { definition: given, standalone, services } = intent;
  const known = Object.keys(given.services);
  checkKind(seen, standalone);
  if (intent.fresh) checkFresh(seen);
  checkForeign(seen);
  checkServices(services ?? [], known, 'the file');
  const targets = withDependencies(given.services, services ?? known);
  return bringAllUp(seen, {
    definition: services === null ? given : limitedTo(targets, given, seen),
    overlays: intent.resetConfig ? noReleaseOverlays : releaseOverlays(seen.stored),
    standalone,
    rollbackOf: null,
    targets,
    limited: services !== null,
    resetScale: intent.resetScale,
    prune: intent.prune ? 'all' : 'none',
    monitorMs: intent.monitorMs,
  });
}

/**
 * The stored definition with those services as the file has them, and what they use. Of a new stack all is taken, so that
 * the rest can be brought up later.
 */
function limitedTo(targets: ReadonlySet<string>, given: Project, { stored, scope }: Observation): Project {
  if (stored === null || stored.terminating) return given;
  const { definition } = stored;
  const taken = Object.entries(given.services).filter(([name]) => targets.has(name));
  const project: Project = { ...definition, services: { ...definition.services, ...Object.fromEntries(taken) } };
  return withResources(project, given, usedResources(scope, given, targets));
}

const resourceKeys = { network: 'networks', volume: 'volumes', secret: 'secrets', config: 'configs' } as const;

/** Also those that are not made by us: a service that names one needs it in its project. */
function withResources(project: Project, given: Project, used: readonly SharedResource[]): Project {
  let merged = project;
  for (const kind of ['network', 'volume', 'secret', 'config'] as const) {
    const key = resourceKeys[kind];
    const names = new Set(used.filter((resource) => resource.kind === kind).map(({ name }) => name));
    const taken = Object.entries(given[key] ?? {}).filter(
      ([name, { external }]) => names.has(name) || external === true,
    );
    if (taken.length > 0) merged = { ...merged, [key]: { ...merged[key], ...Object.fromEntries(taken) } };
  }
  return merged;
}

/**
 * The steps from what is there to an earlier release, as a new one. Services that came after it are removed; those that
 * were gone before are left alone. What was scaled stays so.
 */
export function planRollback({ version, monitorMs }: RollbackIntent, seen: Observation): Plan {
  const { stored, target, scope } = seen;
  if (stored === null) throw unknownStack(scope.stack);
  if (target === null) {
    throw new NotFoundError(`stack ${JSON.stringify(scope.stack)} has no release v${version}, or it is not kept`, {
      hint: `See those that are kept with \`berth releases ls --app ${scope.stack}\`.`,
    });
  }
  const { definition, overlays } = target;
  return bringAllUp(seen, {
    definition,
    overlays,
    standalone: stored.standalone,
    rollbackOf: version,
    targets: new Set(Object.keys(definition.services)),
    limited: false,
    resetScale: false,
    prune: target.later,
    monitorMs,
  });
}

interface Wanted {
  readonly definition: Project;
  readonly overlays: ReleaseOverlays;
  readonly standalone: boolean;
  readonly rollbackOf: number | null;
  readonly targets: ReadonlySet<string>;
  /** The targets were named: what else there is, is left alone. */
  readonly limited: boolean;
  readonly resetScale: boolean;
  /** What to remove of that which the definition lacks: nothing, everything, or these services. */
  readonly prune: 'none' | 'all' | readonly string[];
  readonly monitorMs: number;
}

function bringAllUp(seen: Observation, wanted: Wanted): Plan {
  const { definition, targets, prune, monitorMs } = wanted;
  const { scope, observed, stored, unsettled } = seen;
  const orphans = observed.services.filter((service) => !Object.hasOwn(definition.services, service.name));
  const unwanted = typeof prune === 'string' ? orphans : orphans.filter(({ name }) => prune.includes(name));
  const list = new StepList();

  list.wave(releaseSteps(seen, wanted));
  const scale = wanted.resetScale ? resetScale(list, seen, wanted) : (stored?.overlays.scale ?? {});
  const rollout: Rollout = { seen, desired: withOverlays(definition, wanted.overlays), scale };
  addResources(list, rollout, targets);
  if (prune !== 'none') {
    const reason = wanted.rollbackOf === null ? 'gone from the file' : `not in v${wanted.rollbackOf}`;
    removeServices(list, { scope, stored: stored?.definition ?? null, services: unwanted, reason });
  }
  addChanges(
    list,
    rollout,
    [...targets].flatMap((name) => bringUp(rollout, name) ?? []),
  );
  if (list.steps.length > 0 && targets.size > 0) {
    list.wave([convergeStep(scope.stack, { services: [...targets].sort(), monitorMs, deploys: true }, unsettled)]);
  }
  // Last: replicas of the services as they were hold what they used until the new ones run.
  if (prune === 'all') list.wave(orphanedResources(rollout, targets));
  const left = prune === 'none' ? orphans : orphans.filter((service) => !unwanted.includes(service));
  return { steps: list.steps, notes: [...left.map(orphanNote), ...foreignNotes(seen)] };
}

/** Adds the step that takes the overlay away; gives what is left of it. */
function resetScale(list: StepList, { scope, stored }: Observation, wanted: Wanted): Readonly<Record<string, number>> {
  const scale = stored?.overlays.scale ?? {};
  const isReset = (name: string): boolean => !wanted.limited || wanted.targets.has(name);
  const names = Object.keys(scale).filter(isReset).sort();
  if (names.length > 0) {
    const reasons = names.map((name) => {
      const definition = member(wanted.definition.services, name);
      const after = definition === undefined ? 'not in the file' : `${definedReplicas(definition)}, as the file says`;
      return `replicas of ${name}: ${member(scale, name) ?? 0} -> ${after}`;
    });
    list.wave([overlayStep(scope.stack, Object.fromEntries(names.map((name) => [name, null])), reasons)]);
  }
  return Object.fromEntries(Object.entries(scale).filter(([name]) => !isReset(name)));
}

/**
 * Networks, secrets and configs that no service of the file uses any more, nor one that runs and is left as it is.
 * Volumes hold data: only `terminate` asks.
 */
function orphanedResources({ seen, desired }: Rollout, targets: ReadonlySet<string>): Omit<Step, 'wave'>[] {
  const { scope, observed } = seen;
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

/** Tells of a service that runs although the definition has it no more. */
function orphanNote(service: ObservedService): string {
  return `service ${service.name} is gone from the definition and left alone; \`stack up --prune\` removes it`;
}
