import type { Mutation } from './actions.js';
import type { MutationOptions, Verb, WaitOptions } from './verb.js';

/** States of a node cluster (reference dockercloud/API.md section 4.5). */
export type NodeClusterState =
  'Init' | 'Deploying' | 'Deployed' | 'Partly deployed' | 'Scaling' | 'Terminating' | 'Terminated' | 'Empty cluster';

/** A set of like nodes that a provider runs. */
export interface NodeCluster {
  readonly id: string;
  readonly name: string;
  readonly state: NodeClusterState;
  /** `<provider>/<name>`. */
  readonly region: string;
  /** `<provider>/<name>`. */
  readonly nodeType: string;
  /** Of each node, in GB. */
  readonly diskGb: number | null;
  readonly nodes: { readonly desired: number; readonly current: number };
  readonly labels: Readonly<Record<string, string>>;
  /** RFC 3339. */
  readonly deployedAt: string | null;
  readonly terminatedAt: string | null;
}

export interface NodeClusterRef {
  /** Id, prefix of one, or name. */
  readonly cluster: string;
}

export interface NodeClusterCreation {
  readonly name: string;
  readonly provider: string;
  readonly region: string;
  readonly nodeType: string;
  /** Default 1. */
  readonly nodes?: number;
  /** In GB; default 60. */
  readonly diskGb?: number;
  readonly labels?: Readonly<Record<string, string>>;
  /** Only for provider `aws`. */
  readonly aws?: AwsOptions;
}

export interface AwsOptions {
  readonly vpc?: string;
  /** Only with `vpc`. */
  readonly subnets?: readonly string[];
  /** Only with `vpc`. */
  readonly securityGroups?: readonly string[];
  readonly instanceProfile?: string;
}

/** Who rents out nodes. */
export interface Provider {
  readonly name: string;
  readonly label: string;
  readonly available: boolean;
  /** Names. */
  readonly regions: readonly string[];
}

export interface Region {
  readonly provider: string;
  readonly name: string;
  readonly label: string;
  readonly available: boolean;
  /** Names. */
  readonly nodeTypes: readonly string[];
  readonly zones: readonly string[];
}

export interface AvailabilityZone {
  readonly provider: string;
  readonly region: string;
  readonly name: string;
  readonly available: boolean;
}

export interface NodeType {
  readonly provider: string;
  readonly name: string;
  readonly label: string;
  readonly available: boolean;
  /** Names. */
  readonly regions: readonly string[];
  readonly zones: readonly string[];
}

export interface NodeClustersFacet {
  /** By name. `all`: also those that have been terminated lately. */
  list?: Verb<
    object,
    { readonly state?: NodeClusterState; readonly region?: string; readonly nodeType?: string; readonly all?: boolean },
    AsyncIterable<NodeCluster>
  >;
  /** Throws NotFoundError or AmbiguousError. */
  get?: Verb<NodeClusterRef, object, Promise<NodeCluster>>;
  /** Makes it and, unless `deploy` is false, provisions its nodes. */
  create?: Verb<NodeClusterCreation, MutationOptions & { readonly deploy?: boolean }, Promise<Mutation<NodeCluster>>>;
  /** Provisions the nodes of a cluster in state Init. */
  deploy?: Verb<NodeClusterRef, WaitOptions, Promise<Mutation<NodeCluster>>>;
  /** `nodes` >= 0. */
  scale?: Verb<NodeClusterRef & { readonly nodes: number }, MutationOptions, Promise<Mutation<NodeCluster>>>;
  /** Brings the engine of every node to the newest version. */
  upgrade?: Verb<NodeClusterRef, WaitOptions, Promise<Mutation<NodeCluster>>>;
  /** Gives back its nodes, then removes it. */
  terminate?: Verb<NodeClusterRef, MutationOptions, Promise<Mutation<NodeCluster>>>;
  providers?: Verb<object, { readonly name?: string }, AsyncIterable<Provider>>;
  regions?: Verb<object, { readonly provider?: string; readonly name?: string }, AsyncIterable<Region>>;
  zones?: Verb<
    object,
    { readonly provider?: string; readonly region?: string; readonly name?: string },
    AsyncIterable<AvailabilityZone>
  >;
  nodeTypes?: Verb<
    object,
    { readonly provider?: string; readonly region?: string; readonly zone?: string; readonly name?: string },
    AsyncIterable<NodeType>
  >;
}
