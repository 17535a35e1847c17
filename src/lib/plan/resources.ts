import type { FileObject, Network, Service, Volume } from '../compose/project.js';

/** A stack of a namespace: what every name inside it is scoped by. */
export interface StackScope {
  readonly namespace: string;
  readonly stack: string;
}

/** A thing an engine keeps for a stack, as it should be. */
export type EngineResource =
  | (StackScope & { readonly kind: 'network'; readonly name: string; readonly definition: Network })
  | (StackScope & { readonly kind: 'volume'; readonly name: string; readonly definition: Volume })
  | (StackScope & { readonly kind: 'secret' | 'config'; readonly name: string; readonly definition: FileObject })
  | ServiceResource;

/** A network, volume, secret or config that a service uses, as it is known outside the definition of the service. */
export interface UsedResource {
  /** Its name on the engine, as the project says it. */
  readonly name: string;
  /** True: it is there already, and nobody's to make or remove. Never false. */
  readonly external?: boolean;
  /** Identifies the content of a secret or config. */
  readonly digest?: string;
}

export interface ServiceResource extends StackScope {
  readonly kind: 'service';
  readonly name: string;
  /** Whole, >= 0. A service in mode `global` ignores it. */
  readonly replicas: number;
  readonly definition: Service;
  /** What it uses, by `<kind> <key>`: `network default`. Absent where it uses nothing of the project. */
  readonly uses?: Readonly<Record<string, UsedResource>>;
  /**
   * Identifies the definition, replicas left out, and the contents that it uses: replicas with another hash are replaced,
   * those with the same stay.
   */
  readonly hash: string;
  /** Changing it alone replaces every replica (redeploy). */
  readonly generation: number;
  /**
   * Version of the stack's release as of this change; not part of plans, since the release may be made by one of their
   * steps. Replicas keep the one they were made under.
   */
  readonly release?: number;
  /**
   * True when another service waits for this one to complete (`service_completed_successfully`). Only an engine whose
   * containers run nothing needs to be told: its replicas then end by themselves with exit code 0.
   */
  readonly completes?: boolean;
  /** True: its replicas are kept, but do not run until it is applied without. Never false: absent is running. */
  readonly stopped?: boolean;
}

/** What is done to one container by itself. `replace` makes a new one in its place; `remove` leaves its place empty. */
export type ContainerCommand =
  | { readonly do: 'start' | 'stop' | 'restart' | 'pause' | 'unpause' | 'replace' | 'remove' }
  /** Docker's names of signals: `SIGKILL`. */
  | { readonly do: 'kill'; readonly signal: string };

export interface ResourceRef extends StackScope {
  readonly kind: EngineResource['kind'];
  readonly name: string;
}
