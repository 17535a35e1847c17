import type { AccountFacet } from './account.js';
import type { ActionsFacet } from './actions.js';
import type { BackupFacet } from './backup.js';
import type { BuildsFacet } from './builds.js';
import type { CatalogFacet } from './catalog.js';
import type { CertificatesFacet } from './certificates.js';
import type { ConfigFacet } from './config.js';
import type { ContainersFacet } from './containers.js';
import type { DefinitionsFacet } from './definitions.js';
import type { DomainsFacet } from './domains.js';
import type { EventsFacet } from './events.js';
import type { ImagesFacet } from './images.js';
import type { KeyValuesFacet } from './key-values.js';
import type { KeysFacet } from './keys.js';
import type { LabelsFacet } from './labels.js';
import type { LimitsFacet } from './limits.js';
import type { LogsFacet } from './logs.js';
import type { NodeClustersFacet } from './node-clusters.js';
import type { NodesFacet } from './nodes.js';
import type { PermissionsFacet } from './permissions.js';
import type { PlacementFacet } from './placement.js';
import type { PoolsFacet } from './pools.js';
import type { Principal } from './principal.js';
import type { RegistriesFacet } from './registries.js';
import type { ReleasesFacet } from './releases.js';
import type { SearchFacet } from './search.js';
import type { ServicesFacet } from './services.js';
import type { StacksFacet } from './stacks.js';
import type { StatusFacet } from './status.js';
import type { TriggersFacet } from './triggers.js';

/** Every facet, one a noun. */
export interface FacetMap {
  readonly account: AccountFacet;
  readonly stacks: StacksFacet;
  readonly services: ServicesFacet;
  readonly containers: ContainersFacet;
  readonly logs: LogsFacet;
  readonly config: ConfigFacet;
  readonly limits: LimitsFacet;
  readonly placement: PlacementFacet;
  readonly builds: BuildsFacet;
  readonly releases: ReleasesFacet;
  readonly actions: ActionsFacet;
  readonly events: EventsFacet;
  readonly nodes: NodesFacet;
  readonly nodeClusters: NodeClustersFacet;
  readonly pools: PoolsFacet;
  readonly images: ImagesFacet;
  readonly registries: RegistriesFacet;
  readonly domains: DomainsFacet;
  readonly certificates: CertificatesFacet;
  readonly keys: KeysFacet;
  readonly permissions: PermissionsFacet;
  readonly triggers: TriggersFacet;
  readonly keyValues: KeyValuesFacet;
  readonly catalog: CatalogFacet;
  readonly labels: LabelsFacet;
  readonly definitions: DefinitionsFacet;
  readonly search: SearchFacet;
  readonly backup: BackupFacet;
  readonly status: StatusFacet;
}

export type FacetName = keyof FacetMap;

/** What a backend offers. A facet, or a verb of one, that the platform lacks is not there. */
export type Facets = Partial<FacetMap>;

/** What verbs talk to, opened for one principal. */
export interface Backend {
  readonly name: 'dockercloud' | 'deis' | 'oracle' | 'engine';
  /** For messages: `the sandbox engine`, `Deis 1.7 at http://deis.example.com`. */
  readonly description: string;
  readonly principal: Principal;
  readonly facets: Facets;
  /** What nobody was told of yet and the user should know, a sentence each: an action that was interrupted. Each once. */
  takeNotices(): Promise<readonly string[]>;
  /** What to do instead of a verb (`facet.verb`) or facet that is not there: a sentence each. */
  readonly instead: Readonly<Record<string, string>>;
  /** Lets go of files and sockets. Idempotent. */
  close(): Promise<void>;
}
