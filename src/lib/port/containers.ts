import type { Service as ServiceDefinition } from '../compose/project.js';
import type { Mutation } from './actions.js';
import type { PortBinding, ServiceCreation } from './services.js';
import type { MutationOptions, Verb } from './verb.js';

/** States of a container (reference dockercloud/API.md section 9.2, with `Init` and `Paused`). */
export type ContainerState =
  'Init' | 'Starting' | 'Running' | 'Paused' | 'Stopping' | 'Stopped' | 'Terminating' | 'Terminated';

export type HealthState = 'starting' | 'healthy' | 'unhealthy';

/** One replica. */
export interface Container {
  readonly id: string;
  /** `<service>-<slot>`, slots counted from 1. */
  readonly name: string;
  readonly service: string;
  readonly stack: string | null;
  readonly namespace: string;
  readonly state: ContainerState;
  /** Null without a health check. */
  readonly health: HealthState | null;
  readonly image: string;
  /** The command line it runs, as one string; null for the image's own. */
  readonly command: string | null;
  readonly exitCode: number | null;
  /** The engine's own words on the state: why it stopped, or why it cannot be placed. */
  readonly message: string | null;
  readonly restarts: number;
  /** Name of the node it is on; null while it has none. */
  readonly node: string | null;
  readonly ports: readonly PortBinding[];
  /** RFC 3339. */
  readonly createdAt: string;
  readonly startedAt: string | null;
  readonly stoppedAt: string | null;
  /** Number of the release it was made from, where the platform has releases. */
  readonly release?: number | null;
  /** DNS name under which its published ports are reached, where the platform gives it one. */
  readonly hostname?: string | null;
}

/** A container with what it was made from. */
export interface ContainerDetail extends Container {
  /** As of when it was made: the service's own may be newer. Absent where the platform does not tell. */
  readonly definition?: ServiceDefinition;
  /** IP address on the network of its stack; null while it has none, absent where the platform does not tell. */
  readonly address?: string | null;
}

export interface ContainerRef {
  /** Id, prefix of one, `name`, or `name.stack`. */
  readonly container: string;
}

export interface ContainerListOptions {
  /** `name` or `name.stack`, or an id. */
  readonly service?: string;
  readonly stack?: string;
  /** Id, prefix of one, or name. */
  readonly node?: string;
  /** `repository[:tag]` or the id of an image. */
  readonly image?: string;
  readonly state?: ContainerState;
  /** Also those that have ended and were replaced, as long as the platform keeps them. Default false. */
  readonly all?: boolean;
}

export interface ExecOptions {
  readonly tty?: boolean;
  readonly interactive?: boolean;
  readonly user?: string;
  readonly workingDir?: string;
  readonly env?: Readonly<Record<string, string>>;
}

/** A running command: bytes both ways and, at the end, its exit code (null where the platform does not tell it). */
export interface ExecSession {
  readonly output: AsyncIterable<{ readonly stream: 'stdout' | 'stderr'; readonly data: Uint8Array }>;
  write(data: Uint8Array): Promise<void>;
  /** Ends the remote command's standard input. */
  end(): Promise<void>;
  resize?(columns: number, rows: number): Promise<void>;
  readonly exitCode: Promise<number | null>;
}

/** A command in a new container, made for it like those of a service, and removed after it. */
export interface OneOffCommand {
  /**
   * A stack whose services share an image (an app), or a service, by names or ids. Or a service that is there only for as
   * long as the command: it alone has its ports published.
   */
  readonly target: { readonly stack: string } | { readonly service: string } | { readonly creation: ServiceCreation };
  /** Argument vector; empty for what the definition, or its image, runs. */
  readonly command: readonly string[];
}

export interface ContainersFacet {
  /** By stack, service and slot. */
  list?: Verb<object, ContainerListOptions, AsyncIterable<Container>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<ContainerRef, object, Promise<ContainerDetail>>;
  start?: Verb<ContainerRef, MutationOptions, Promise<Mutation<Container>>>;
  stop?: Verb<ContainerRef, MutationOptions, Promise<Mutation<Container>>>;
  restart?: Verb<ContainerRef, MutationOptions, Promise<Mutation<Container>>>;
  /** Throws UsageError for what is no signal (`parseSignal`); SIGKILL when none is given. */
  kill?: Verb<ContainerRef, MutationOptions & { readonly signal?: string }, Promise<Mutation<Container>>>;
  pause?: Verb<ContainerRef, MutationOptions, Promise<Mutation<Container>>>;
  unpause?: Verb<ContainerRef, MutationOptions, Promise<Mutation<Container>>>;
  redeploy?: Verb<ContainerRef, MutationOptions & { readonly reuseVolumes?: boolean }, Promise<Mutation<Container>>>;
  terminate?: Verb<ContainerRef, MutationOptions, Promise<Mutation<Container>>>;
  exec?: Verb<ContainerRef & { readonly command: readonly string[] }, ExecOptions, Promise<ExecSession>>;
  /** Where the platform cannot stream, all output comes at the end. Throws RefusedError where there is no image yet. */
  run?: Verb<OneOffCommand, ExecOptions, Promise<ExecSession>>;
}
