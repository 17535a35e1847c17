import type { Project } from '../compose/project.js';
import { sameProject, stableJson } from './hash.js';
import { levels } from './order.js';
import { noReleaseOverlays, type ReleaseOverlays } from './overlays.js';
import type { Observation, StoredStack } from './plan.js';
import type { Step } from './steps.js';
import { summarise } from './summary.js';

/** A release as it should be. */
export interface WantedRelease {
  readonly definition: Project;
  readonly overlays: ReleaseOverlays;
  readonly standalone: boolean;
  /** The version it is made from again; null for a new one. */
  readonly rollbackOf: number | null;
}

/**
 * The step that makes a release; none where the newest says the same.
 *
 * @throws InputError when its services depend on each other in a circle.
 */
export function releaseSteps({ scope, id, stored }: Observation, wanted: WantedRelease): Omit<Step, 'wave'>[] {
  levels(wanted.definition.services);
  const { definition, overlays, standalone, rollbackOf } = wanted;
  const sameDefinition = stored !== null && sameProject(stored.definition, definition);
  if (sameDefinition && !stored.terminating && sameOverlays(releaseOverlays(stored), overlays)) return [];
  const before = stored === null ? null : { definition: stored.definition, overlays: stored.overlays };
  const changed = summarise(before, { definition, overlays });
  const summary = rollbackOf === null ? changed : `rolled back to v${rollbackOf}`;
  const reason =
    stored === null
      ? 'new'
      : stored.terminating
        ? 'it was being terminated'
        : rollbackOf !== null || sameDefinition
          ? summary
          : 'definition changed';
  return [
    {
      id: `store stack ${scope.stack}`,
      operation: 'store',
      kind: 'stack',
      name: scope.stack,
      reasons: [reason],
      body: { do: 'release', id, definition, overlays, standalone, summary, rollbackOf },
    },
  ];
}

/** What the newest release laid over its definition; nothing where there is none. */
export function releaseOverlays(stored: StoredStack | null): ReleaseOverlays {
  if (stored === null) return noReleaseOverlays;
  const { config, limits, placement } = stored.overlays;
  return { config, limits, placement };
}

function sameOverlays(one: ReleaseOverlays, other: ReleaseOverlays): boolean {
  return stableJson(one) === stableJson(other);
}

/** The step that sets replicas (null: those of the file), kept over releases. */
export function overlayStep(
  stack: string,
  replicas: Readonly<Record<string, number | null>>,
  reasons: readonly string[],
): Omit<Step, 'wave'> {
  return {
    id: `store scale of stack ${stack}`,
    operation: 'store',
    kind: 'stack',
    name: stack,
    reasons,
    body: { do: 'overlay', replicas },
  };
}
