/**
 * The canonical Compose model: the shape of `docker compose config --format json`, all short forms expanded, names
 * resolved, paths absolute. Every reader of the compose room gives one; definitions travel between rooms as one.
 */
export interface Project {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly networks?: Readonly<Record<string, Network>>;
  readonly volumes?: Readonly<Record<string, Volume>>;
  readonly secrets?: Readonly<Record<string, FileObject>>;
  readonly configs?: Readonly<Record<string, FileObject>>;
  readonly [extension: `x-${string}`]: unknown;
}

export interface Service {
  /** Absent only where `build` or `provider` is given. */
  readonly image?: string;
  readonly build?: Readonly<Record<string, unknown>>;
  /** Argument vector; null or absent is the image's own. */
  readonly command?: readonly string[] | null;
  readonly entrypoint?: readonly string[] | null;
  readonly environment?: Readonly<Record<string, string | null>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly ports?: readonly Port[];
  readonly expose?: readonly string[];
  readonly volumes?: readonly Mount[];
  readonly networks?: Readonly<Record<string, Readonly<Record<string, unknown>> | null>>;
  readonly network_mode?: string;
  readonly depends_on?: Readonly<Record<string, Dependency>>;
  readonly healthcheck?: HealthCheck;
  readonly restart?: string;
  readonly scale?: number;
  readonly deploy?: Deploy;
  readonly secrets?: readonly FileReference[];
  readonly configs?: readonly FileReference[];
  readonly container_name?: string;
  readonly hostname?: string;
  readonly user?: string;
  readonly working_dir?: string;
  readonly stop_signal?: string;
  /** Go duration: `1m30s`. */
  readonly stop_grace_period?: string;
  readonly tty?: boolean;
  readonly stdin_open?: boolean;
  readonly privileged?: boolean;
  readonly read_only?: boolean;
  readonly profiles?: readonly string[];
  /** What Compose cannot say: autoredeploy, strategy, roles, availability, health URLs. */
  readonly 'x-berth'?: Readonly<Record<string, unknown>>;
  readonly [attribute: string]: unknown;
}

export interface Port {
  readonly mode?: 'ingress' | 'host';
  readonly host_ip?: string;
  readonly target: number;
  /** A port number, or a range `8000-8010` of which one is taken; absent is any free port. */
  readonly published?: string;
  readonly protocol?: 'tcp' | 'udp' | 'sctp';
  readonly name?: string;
  readonly app_protocol?: string;
}

export interface Mount {
  readonly type: 'bind' | 'volume' | 'tmpfs' | 'npipe' | 'cluster' | 'image';
  readonly source?: string;
  readonly target: string;
  readonly read_only?: boolean;
  readonly [option: string]: unknown;
}

export interface Dependency {
  readonly condition: 'service_started' | 'service_healthy' | 'service_completed_successfully';
  readonly required: boolean;
  readonly restart?: boolean;
}

export interface HealthCheck {
  readonly test?: readonly string[];
  /** Go durations. */
  readonly interval?: string;
  readonly timeout?: string;
  readonly start_period?: string;
  readonly start_interval?: string;
  readonly retries?: number;
  readonly disable?: boolean;
}

export interface Deploy {
  readonly mode?: 'replicated' | 'global' | 'replicated-job' | 'global-job';
  readonly replicas?: number;
  readonly update_config?: UpdateConfig;
  readonly rollback_config?: UpdateConfig;
  readonly restart_policy?: RestartPolicy;
  readonly placement?: Placement;
  readonly resources?: Readonly<Record<string, unknown>>;
  readonly labels?: Readonly<Record<string, string>>;
  readonly endpoint_mode?: string;
}

export interface UpdateConfig {
  /** 0 is all at once. */
  readonly parallelism?: number;
  /** Go durations. */
  readonly delay?: string;
  readonly monitor?: string;
  readonly failure_action?: 'pause' | 'continue' | 'rollback';
  readonly max_failure_ratio?: number;
  readonly order?: 'stop-first' | 'start-first';
}

export interface RestartPolicy {
  readonly condition?: 'none' | 'on-failure' | 'any';
  readonly delay?: string;
  readonly max_attempts?: number;
  readonly window?: string;
}

export interface Placement {
  readonly constraints?: readonly string[];
  readonly preferences?: readonly { readonly spread?: string }[];
  readonly max_replicas_per_node?: number;
}

export interface Network {
  readonly name: string;
  readonly driver?: string;
  readonly external?: boolean;
  readonly [option: string]: unknown;
}

export interface Volume {
  readonly name: string;
  readonly driver?: string;
  readonly external?: boolean;
  readonly [option: string]: unknown;
}

/** A top-level secret or config. */
export interface FileObject {
  readonly name: string;
  readonly external?: boolean;
  readonly file?: string;
  readonly environment?: string;
  readonly content?: string;
  /** `data`: the content of `file`, or the value of `environment`, in base64, where the project was loaded to be deployed. */
  readonly 'x-berth'?: Readonly<Record<string, unknown>>;
  readonly [option: string]: unknown;
}

/** A secret or config as a service uses it. */
export interface FileReference {
  readonly source: string;
  readonly target?: string;
  readonly uid?: string;
  readonly gid?: string;
  readonly mode?: string;
}
