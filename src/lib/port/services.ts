import type { Service as ServiceDefinition } from '../compose/project.js';
import type { Mutation } from './actions.js';
import type { DeploymentState, RedeployOptions, StackUpdateOptions } from './stacks.js';
import type { MutationOptions, Verb } from './verb.js';

/** A published or exposed port of a service or container. */
export interface PortBinding {
  /** 1-65535. */
  readonly target: number;
  /** 1-65535; null when the port is only exposed, or published at a port not chosen yet. */
  readonly published: number | null;
  readonly hostIp: string | null;
  readonly protocol: 'tcp' | 'udp' | 'sctp';
}

/** One component of a stack: N replicas of an image. Deis: a process type. */
export interface Service {
  readonly id: string;
  readonly name: string;
  /** Name of its stack; null for a service that stands alone. */
  readonly stack: string | null;
  readonly namespace: string;
  readonly state: DeploymentState;
  readonly synchronized: boolean;
  readonly image: string;
  readonly replicas: ReplicaCount;
  readonly ports: readonly PortBinding[];
  /** RFC 3339. */
  readonly createdAt: string;
  /** RFC 3339; null before the first deployment. */
  readonly deployedAt: string | null;
  /** RFC 3339; those below only where the platform tells. */
  readonly startedAt?: string | null;
  readonly stoppedAt?: string | null;
  readonly terminatedAt?: string | null;
  /** DNS name under which its published ports are reached, where the platform gives it one. */
  readonly hostname?: string | null;
}

/** How many replicas a service has. */
export interface ReplicaCount {
  /** Asked for, overlays applied. */
  readonly desired: number;
  readonly running: number;
  /** In any state, stopped ones too, where the platform counts them. */
  readonly existing?: number;
}

/** Between how many replicas a service is scaled by its load. */
export interface AutoscaleRule {
  /** Whole, 1 <= min <= max. */
  readonly min: number;
  readonly max: number;
  /** Average CPU use of its replicas to aim at, 1-100. */
  readonly cpuPercent: number;
}

/** A service with the definition its replicas are made from, overlays applied. */
export interface ServiceDetail extends Service {
  readonly definition: ServiceDefinition;
  /** As it is stored, without what verbs laid over it; null where it is gone from the stored definition, absent where the platform knows no difference. */
  readonly stored?: ServiceDefinition | null;
  /** Replicas that the file asks for; differs from `replicas.desired` where `scale` overrides it. */
  readonly definedReplicas: number;
  /** Null, or absent where the platform cannot, when nothing scales it by load. */
  readonly autoscale?: AutoscaleRule | null;
}

export interface ServiceRef {
  /** Id, prefix of one, `name`, or `name.stack`. */
  readonly service: string;
}

export interface ServiceListOptions {
  /** Name or id of a stack. */
  readonly stack?: string;
  readonly state?: DeploymentState;
  /** Also those that have been terminated lately. Default false. */
  readonly all?: boolean;
}

/** Attributes that are replaced, whole; null takes one away, what is absent stays. */
export type ServiceChanges = { readonly [A in keyof ServiceDefinition]?: ServiceDefinition[A] | null };

/** A service that stands alone. */
export interface ServiceCreation {
  readonly name: string;
  readonly definition: ServiceDefinition;
}

export interface ServiceCreateOptions {
  readonly dryRun?: boolean;
  /** Refuse keys that the backend cannot do, in place of naming them in a warning. Default false. */
  readonly strict?: boolean;
}

export interface ServicesFacet {
  /** By stack and name. */
  list?: Verb<object, ServiceListOptions, AsyncIterable<Service>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<ServiceRef, object, Promise<ServiceDetail>>;
  /** Creates a service that stands alone, without running it. */
  create?: Verb<ServiceCreation, ServiceCreateOptions, Promise<Mutation<Service>>>;
  /** Creates a service that stands alone and starts it. */
  run?: Verb<ServiceCreation, MutationOptions & ServiceCreateOptions, Promise<Mutation<Service>>>;
  /** Changes the stored definition; what runs stays until `redeploy`, or is replaced at once with that option. */
  update?: Verb<ServiceRef & { readonly changes: ServiceChanges }, StackUpdateOptions, Promise<Mutation<Service>>>;
  /** Sets the number of replicas of several services at once, all or nothing. Numbers are whole and >= 0. */
  scale?: Verb<{ readonly replicas: readonly ScaleTarget[] }, MutationOptions, Promise<Mutation<readonly Service[]>>>;
  /** Null scales it by hand again. */
  autoscale?: Verb<ServiceRef & { readonly rule: AutoscaleRule | null }, MutationOptions, Promise<Mutation<Service>>>;
  start?: Verb<ServiceRef, MutationOptions, Promise<Mutation<Service>>>;
  stop?: Verb<ServiceRef, MutationOptions, Promise<Mutation<Service>>>;
  redeploy?: Verb<ServiceRef, RedeployOptions, Promise<Mutation<Service>>>;
  terminate?: Verb<ServiceRef, MutationOptions, Promise<Mutation<Service>>>;
}

export interface ScaleTarget extends ServiceRef {
  readonly replicas: number;
}
