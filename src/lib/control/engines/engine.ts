import type { Project } from '../../compose/project.js';
import type {
  ContainerCommand,
  EngineResource,
  ResourceRef,
  ServiceResource,
  StackScope,
} from '../../plan/resources.js';
import type { Container, ExecOptions, ExecSession } from '../../port/containers.js';
import type { ImagesFacet } from '../../port/images.js';
import type { LogLine, LogOptions } from '../../port/logs.js';
import type { RegistriesFacet } from '../../port/registries.js';
import type { CallContext } from '../../port/verb.js';
import type { Ledger } from '../ledger.js';

/** A service as the engine has it now. */
export interface ObservedService extends ServiceResource {
  /** True while replicas of an older hash or generation are being replaced. */
  readonly updating: boolean;
  /** How the latest replacing went; null or absent before the first. After a rollback `hash` is the one gone back to. */
  readonly rollout?: RolloutStatus | null;
}

export interface RolloutStatus {
  readonly state: 'updating' | 'paused' | 'rolling_back' | 'rolled_back' | 'completed';
  /** Why it paused or was rolled back. */
  readonly message: string | null;
}

/** What an engine has of one stack. */
export interface ObservedStack {
  /** By the engine's own clock, when it was looked at. RFC 3339 with milliseconds. */
  readonly at: string;
  readonly services: readonly ObservedService[];
  readonly resources: readonly ResourceRef[];
  /** Names of containers that carry the stack's name and were made by another tool: they are left alone. */
  readonly foreign?: readonly string[];
}

/** What runs under a name, read from the containers themselves, whichever tool has made them. */
export interface LiveStack {
  /** As a Compose file would say it; what images bring by themselves is left out. */
  readonly project: Project;
  /** Containers of each service, by number. */
  readonly containers: Readonly<Record<string, readonly { readonly id: string; readonly slot: number }[]>>;
  /** Paths and words: what of the containers the project cannot say. */
  readonly unsaid: readonly Unheeded[];
}

/** One replica: the container as everybody sees it, and what only the control plane needs to know of it. */
export interface Task extends Container {
  /** Counted from 1; in mode `global` the number of the node. */
  readonly slot: number;
  readonly hash: string;
  readonly generation: number;
  /** True for the replica that should run now; false for one that was replaced, or is on its way out. */
  readonly desired: boolean;
  /** True when it was stopped by a command, and stays so until one starts it. */
  readonly held: boolean;
  /** True when no node takes it; `message` says why. */
  readonly unplaceable: boolean;
}

export interface TaskFilter {
  readonly namespace: string;
  readonly stack?: string;
  readonly service?: string;
  /** Also those that have ended and were replaced. */
  readonly all?: boolean;
  /** How replicas stand is enough: of those that run, the command, restarts and exact times may be missing. */
  readonly brief?: boolean;
  /** What was seen a moment ago is not enough: everything is asked about after the call. */
  readonly fresh?: boolean;
}

/** Something that happened. */
export interface EngineEvent {
  /** Where to go on reading after this one. Opaque; unique to the event. */
  readonly cursor: string;
  /** RFC 3339 with milliseconds. */
  readonly at: string;
  readonly namespace: string;
  readonly stack: string;
  readonly kind: EngineResource['kind'] | 'container' | 'node';
  readonly name: string;
  /** `create`, `start`, `die`, `health_status: healthy`...: Docker's words. */
  readonly verb: string;
  readonly message: string | null;
}

/** A machine that runs replicas. */
export interface EngineNode {
  readonly id: string;
  readonly name: string;
  readonly role: 'manager' | 'worker';
  readonly state: 'ready' | 'down';
  readonly labels: Readonly<Record<string, string>>;
}

/** Says who changes a stack: an engine refuses (ConflictError) an epoch older than the newest that it has seen for it. */
export interface Fence {
  /** That of the lease of the stack's lock. */
  readonly epoch: number;
}

/** A key that an engine leaves unheeded. */
export interface Unheeded {
  /** Dotted: `services.web.x-berth.autodestroy`. */
  readonly path: string;
  /** Why, in a few words: `only `berth serve` does this`. */
  readonly why: string;
}

/** One replica of a stack. */
export interface TaskRef extends StackScope {
  readonly service: string;
  readonly id: string;
}

/** How a container for one command is made. */
export interface OneOffOptions extends ExecOptions {
  /** Publish the ports of the service. Default false: its replicas have them. */
  readonly publish?: boolean;
}

/**
 * What really runs containers. `apply` and `remove` are idempotent and return when the engine has accepted the change;
 * whoever wants to know when it has happened reads `tasks`.
 */
export interface Engine {
  readonly kind: 'sandbox' | 'docker' | 'swarm';
  /** Tells this engine from every other; rows of the store are keyed by it. */
  readonly identity: string;
  /**
   * Refuses what this engine cannot make of a project, before anything is stored or sent. Throws UsageError, RefusedError
   * or UnsupportedError with the attribute's path. Gives what it would leave unheeded, by path.
   */
  check(project: Project, context: CallContext): Promise<readonly Unheeded[]>;
  /**
   * Refuses a service that cannot be as it is asked for, with so many replicas, before anything is stored or sent.
   * Throws RefusedError.
   */
  checkService?(service: ServiceResource): void;
  /** Network, volume, secret, config or service: made, or changed to be this. */
  apply(resource: EngineResource, fence: Fence, context: CallContext): Promise<void>;
  /**
   * Takes what was applied a step further: replicas are made, started, replaced and removed. Present on an engine that
   * does nothing by itself. Returns soon; who waits for a service calls it before every look. Throws ConflictError, and
   * what stands in the way of a step: DaemonError, RefusedError, AuthenticationError.
   *
   * @param services those that are waited for. What was applied under the fence goes on too.
   */
  reconcile?(scope: StackScope, services: readonly string[], fence: Fence, context: CallContext): Promise<void>;
  /** A resource that is not there is removed already. */
  remove(resource: ResourceRef, fence: Fence, context: CallContext): Promise<void>;
  /**
   * Does something to one replica. Throws NotFoundError when it is gone, RefusedError when it is in no state for it.
   * Absent on an engine that knows services only.
   */
  command?(task: TaskRef, command: ContainerCommand, fence: Fence, context: CallContext): Promise<void>;
  /**
   * @param part `services`: the rest may be left empty, and what was seen a moment ago is fresh enough: for who looks
   *   again and again. Default `all`.
   */
  observe(scope: StackScope, context: CallContext, part?: 'all' | 'services'): Promise<ObservedStack>;
  /** By stack, service and slot. */
  tasks(filter: TaskFilter, context: CallContext): Promise<readonly Task[]>;
  /** True: its logs go on over lost connections by themselves. */
  readonly resumesLogs?: true;
  /** Lines of the tasks of the filter, merged by time, perhaps in batches. With `follow`, until the signal aborts. */
  logs(
    filter: TaskFilter & { readonly container?: string },
    options: LogOptions,
    context: CallContext,
  ): AsyncIterable<LogLine>;
  /** Events after that cursor, or all that are kept (null). With `follow`, until the signal aborts. */
  events(after: string | null, options: { readonly follow: boolean }, context: CallContext): AsyncIterable<EngineEvent>;
  nodes(context: CallContext): Promise<readonly EngineNode[]>;
  /** Runs a command in a replica. Absent where containers run nothing. Throws NotFoundError, RefusedError. */
  exec?(task: TaskRef, command: readonly string[], options: ExecOptions, context: CallContext): Promise<ExecSession>;
  /** Runs a command in a container of its own, made like those of the service, and removed after it. */
  run?(
    service: ServiceResource,
    command: readonly string[],
    options: OneOffOptions,
    context: CallContext,
  ): Promise<ExecSession>;
  /** Null when nothing runs under the name. Absent where there is nothing to read it from. */
  live?(scope: StackScope, context: CallContext): Promise<LiveStack | null>;
  /**
   * Keeps a service as applied of which another tool has made the containers, and touches none of them.
   *
   * @param containers ids, by slot.
   */
  adopt?(
    resource: ServiceResource,
    containers: Readonly<Record<string, number>>,
    fence: Fence,
    context: CallContext,
  ): Promise<void>;
  /** Images and registries, where the engine has its own. */
  readonly images?: ImagesFacet;
  readonly registries?: RegistriesFacet;
  /** Where stacks, releases and locks are kept that live with this engine. Absent: in the store of this user. */
  readonly ledger?: Ledger;
  /** Lets go of sockets. Idempotent. */
  close(): Promise<void>;
}
