import type { Project, Service } from '../compose/project.js';
import type { ServiceChanges } from '../port/services.js';
import type { ChangeIntent, CreateIntent, UpdateIntent } from './intent.js';
import { member } from './member.js';
import { noReleaseOverlays, type ReleaseOverlays, withOverlays } from './overlays.js';
import type { Observation, StoredStack } from './plan.js';
import { checkFresh, checkKind, checkServices, inStack, liveStack } from './preconditions.js';
import { releaseOverlays, releaseSteps } from './release.js';
import { addRollout, bringUp, isOutdated, pairOf, type Rollout } from './rollout.js';
import { type ObservedService, type Plan, StepList } from './steps.js';

/** Stores a definition that is not there yet, and runs nothing. */
export function planCreate({ definition, standalone }: CreateIntent, seen: Observation): Plan {
  checkKind(seen, standalone);
  checkFresh(seen);
  const list = new StepList();
  list.wave(releaseSteps(seen, { definition, overlays: noReleaseOverlays, standalone, rollbackOf: null }));
  return { steps: list.steps, notes: [] };
}

/** Stores a new definition; with `redeploy` also makes and replaces the services that are not as it says. */
export function planUpdate({ definition, redeploy, monitorMs }: UpdateIntent, seen: Observation): Plan {
  const stored = liveStack(seen);
  const names = Object.keys(definition.services);
  const wanted = { definition, overlays: releaseOverlays(stored) };
  const concerned = seen.observed.services.some(({ stopped }) => stopped !== true) ? names : [];
  const { steps, notes } = planNext(seen, stored, wanted, { services: concerned, redeploy, monitorMs });
  const orphans = seen.observed.services.filter(({ name }) => !names.includes(name)).map(orphanNote);
  return { steps, notes: [...orphans, ...notes] };
}

/** Changes attributes of one service of the stored definition, and with `redeploy` replaces what runs of it. */
export function planChange({ service, changes, redeploy, monitorMs }: ChangeIntent, seen: Observation): Plan {
  const stored = liveStack(seen);
  const { services } = stored.definition;
  checkServices([service], Object.keys(services), inStack(seen));
  const changed = changedService(member(services, service) ?? {}, changes);
  const definition = { ...stored.definition, services: { ...services, [service]: changed } };
  const wanted = { definition, overlays: releaseOverlays(stored) };
  return planNext(seen, stored, wanted, { services: deployed(seen, [service]), redeploy, monitorMs });
}

/** Those of the services that the engine has. */
export function deployed({ observed }: Observation, names: readonly string[]): string[] {
  return names.filter((name) => observed.services.some((service) => service.name === name));
}

/** What is to be done after a release was stored. */
export interface Afterwards {
  /** Services that it concerns. */
  readonly services: readonly string[];
  /** Make those that are not as the release says as it says. */
  readonly redeploy: boolean;
  readonly monitorMs: number;
}

/**
 * Stores the next release of a stack where it differs from the newest, and brings services that it concerns up to date
 * if that is asked for. Services that are stopped stay so.
 */
export function planNext(
  seen: Observation,
  { standalone }: StoredStack,
  { definition, overlays }: { readonly definition: Project; readonly overlays: ReleaseOverlays },
  { services, redeploy, monitorMs }: Afterwards,
): Plan {
  const list = new StepList();
  list.wave(releaseSteps(seen, { definition, overlays, standalone, rollbackOf: null }));
  if (!redeploy) return { steps: list.steps, notes: [] };
  const scale = seen.stored?.overlays.scale ?? {};
  const rollout: Rollout = { seen, desired: withOverlays(definition, overlays), scale };
  const outdated = services.flatMap((name) => {
    const pair = pairOf(rollout, name);
    return pair !== undefined && isOutdated(pair) ? [pair] : [];
  });
  const stopped = outdated.filter(({ observed }) => observed?.stopped === true);
  const changed = outdated
    .filter((pair) => !stopped.includes(pair))
    .flatMap(({ wanted }) => bringUp(rollout, wanted.name) ?? []);
  addRollout(list, rollout, changed, { monitorMs, deploys: true });
  return { steps: list.steps, notes: stopped.map(({ wanted }) => stoppedNote(wanted.name)) };
}

function stoppedNote(name: string): string {
  return `service ${name} is stopped and stays so; it is as now defined when it is started`;
}

function orphanNote({ name }: ObservedService): string {
  return `service ${name} is gone from the definition and left alone; \`berth service terminate\` removes it`;
}

function changedService(definition: Service, changes: ServiceChanges): Service {
  const kept = Object.entries(definition).filter(([attribute]) => member(changes, attribute) === undefined);
  const set = Object.entries(changes).filter(([, value]) => value !== undefined && value !== null);
  return Object.fromEntries([...kept, ...set]);
}
