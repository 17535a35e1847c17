import type { Project } from '../compose/project.js';
import { planAdopt } from './adopt.js';
import { planConfigure } from './configure.js';
import { planContainer } from './container.js';
import type { Intent } from './intent.js';
import type { Overlays, ReleaseOverlays } from './overlays.js';
import type { StackScope } from './resources.js';
import { planRedeploy, planStart, planStop } from './run.js';
import { planScale } from './scale.js';
import type { GateCondition, ObservedState, Plan } from './steps.js';
import { planRemove, planTerminate } from './terminate.js';
import { planRollback, planUp } from './up.js';
import { planChange, planCreate, planUpdate } from './update.js';

/** A stack as the ledger has it. */
export interface StoredStack {
  /** That of the newest release. */
  readonly definition: Project;
  readonly overlays: Overlays;
  /** Version of the newest release. */
  readonly release: number;
  /** The newest release was deployed: everything ran as it says, once. */
  readonly deployed: boolean;
  /** True: it is only the shell of one service that stands alone. */
  readonly standalone: boolean;
  /** True from the start of `terminate` until it is gone or brought up again. */
  readonly terminating: boolean;
  /** Digests of the networks, volumes, secrets and configs as they were applied, by `<kind> <name>`. */
  readonly applied: Readonly<Record<string, string>>;
}

/** All that a plan is made from, besides what is asked for. */
export interface Observation {
  readonly scope: StackScope;
  /** Id of the stack; a fresh one where there is none. */
  readonly id: string;
  readonly stored: StoredStack | null;
  readonly observed: ObservedState;
  /** Ids of the containers that should run, or are kept stopped. */
  readonly containers: readonly string[];
  /** Why a service does not run as it should although its definition is applied, by service. */
  readonly unsettled: Readonly<Record<string, string>>;
  /** Conditions that the replicas of a service are known to fulfil, by service. */
  readonly fulfilled: Readonly<Record<string, readonly GateCondition[]>>;
  /** The release that a rollback asks for; null where none is, or it is not kept. */
  readonly target: {
    readonly version: number;
    readonly definition: Project;
    readonly overlays: ReleaseOverlays;
    /** Names of the services that releases after it have had. */
    readonly later: readonly string[];
  } | null;
}

/**
 * The steps from what is there to what is asked for; none when it is so already. Pure: the same intent and observation
 * give the same plan.
 *
 * @throws ConflictError when the stack is not there as it should be, or is when it should not; NotFoundError for a stack,
 *   service, release or variable; RefusedError for what cannot be done to a service; InputError on a dependency cycle.
 */
export function planIntent(intent: Intent, seen: Observation): Plan {
  switch (intent.want) {
    case 'create':
      return planCreate(intent, seen);
    case 'adopt':
      return planAdopt(intent, seen);
    case 'up':
      return planUp(intent, seen);
    case 'update':
      return planUpdate(intent, seen);
    case 'change':
      return planChange(intent, seen);
    case 'configure':
      return planConfigure(intent, seen);
    case 'scale':
      return planScale(intent, seen);
    case 'start':
      return planStart(intent, seen);
    case 'stop':
      return planStop(intent, seen);
    case 'redeploy':
      return planRedeploy(intent, seen);
    case 'terminate':
      return planTerminate(intent, seen);
    case 'remove':
      return planRemove(intent, seen);
    case 'rollback':
      return planRollback(intent, seen);
    case 'container':
      return planContainer(intent, seen);
  }
}
