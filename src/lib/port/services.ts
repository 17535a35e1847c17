import { type Service as ServiceDefinition } from '../compose/project.js';
import { type Mutation } from './actions.js';
import { type DeploymentState } from './stacks.js';
import { type MutationOptions, type Verb } from './verb.js';

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
}

/** How many replicas a service has. */
export interface ReplicaCount {
  /** Asked for, overlays applied. */
  readonly desired: number;
  readonly running: number;
}

/** A service with the definition its replicas are made from, overlays applied. */
export interface ServiceDetail extends Service {
  readonly definition: ServiceDefinition;
  /** Replicas that the file asks for; differs from `replicas.desired` where `scale` overrides it. */
  readonly definedReplicas: number;
}

export interface ServiceRef {
  /** Id, prefix of one, `name`, or `name.stack`. */
  readonly service: string;
}

export interface ServiceListOptions {
  /** Name or id of a stack. */
  readonly stack?: string;
  readonly state?: DeploymentState;
}

export interface ServicesFacet {
  /** By stack and name. */
  list?: Verb<object, ServiceListOptions, AsyncIterable<Service>>;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<ServiceRef, object, Promise<ServiceDetail>>;
  /** Creates a service that stands alone, without running it. */
  create?: Verb<{ readonly name: string; readonly definition: ServiceDefinition }, object, Promise<Mutation<Service>>>;
  /** Changes the definition; what runs stays until `redeploy`. */
  update?: Verb<ServiceRef & { readonly definition: ServiceDefinition }, MutationOptions, Promise<Mutation<Service>>>;
  /** Sets the number of replicas of several services at once, all or nothing. Numbers are whole and >= 0. */
  scale?: Verb<{ readonly replicas: readonly ScaleTarget[] }, MutationOptions, Promise<Mutation<readonly Service[]>>>;
  start?: Verb<ServiceRef, MutationOptions, Promise<Mutation<Service>>>;
  stop?: Verb<ServiceRef, MutationOptions, Promise<Mutation<Service>>>;
  redeploy?: Verb<ServiceRef, MutationOptions & { readonly reuseVolumes?: boolean }, Promise<Mutation<Service>>>;
  terminate?: Verb<ServiceRef, MutationOptions, Promise<Mutation<Service>>>;
}

export interface ScaleTarget extends ServiceRef {
  readonly replicas: number;
}
