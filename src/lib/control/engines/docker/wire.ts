import * as v from 'valibot';

const identified = v.object({ Id: v.string() });

/** The id of what was made. Throws ValiError for an answer without one. */
export function readId(body: unknown): string {
  return v.parse(identified, body).Id;
}

/** What is needed of `GET /images/{name}/json`. */
export interface ImageFacts {
  /** `sha256:...`. */
  readonly id: string;
}

export function readImage(body: unknown): ImageFacts {
  return { id: v.parse(identified, body).Id };
}

const labels = v.optional(v.nullable(v.record(v.string(), v.string())));

/** Labels of a container (`GET /containers/{id}/json`). */
export function readLabels(body: unknown): Readonly<Record<string, string>> {
  return v.parse(v.object({ Config: v.object({ Labels: labels }) }), body).Config.Labels ?? {};
}

const network = v.object({
  Id: v.string(),
  Name: v.string(),
  Labels: labels,
  Containers: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
});

const volume = v.object({ Name: v.string(), Driver: v.optional(v.string()), Labels: labels });

/** A network or volume of the daemon. */
export interface Shared {
  /** By which the API finds it: the id of a network, the name of a volume. */
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
}

export function readNetworks(body: unknown): Shared[] {
  return v.parse(v.array(network), body).map(({ Id, Name, Labels }) => ({ id: Id, name: Name, labels: Labels ?? {} }));
}

/** Ids of the containers that are on a network (`GET /networks/{id}`). */
export function readMembers(body: unknown): string[] {
  return Object.keys(v.parse(network, body).Containers ?? {});
}

export function readVolumes(body: unknown): Shared[] {
  const { Volumes } = v.parse(v.object({ Volumes: v.optional(v.nullable(v.array(volume))) }), body);
  return (Volumes ?? []).map(({ Name, Labels }) => ({ id: Name, name: Name, labels: Labels ?? {} }));
}

const info = v.object({
  ID: v.string(),
  Name: v.string(),
  Labels: v.optional(v.nullable(v.array(v.string()))),
  OSType: v.optional(v.string(), 'linux'),
  Architecture: v.optional(v.string(), ''),
  ServerVersion: v.optional(v.string(), ''),
  Swarm: v.optional(v.object({ ControlAvailable: v.optional(v.boolean()) })),
});

/** What a daemon says of itself. */
export interface EngineInfo {
  readonly id: string;
  /** Host name. */
  readonly name: string;
  /** `key=value` labels of the daemon. */
  readonly labels: Readonly<Record<string, string>>;
  readonly os: string;
  readonly architecture: string;
  readonly serverVersion: string;
  readonly isSwarmManager: boolean;
}

export function readInfo(body: unknown): EngineInfo {
  const { ID, Name, Labels, OSType, Architecture, ServerVersion, Swarm } = v.parse(info, body);
  const pairs = (Labels ?? []).map((text) => {
    const [key = '', ...value] = text.split('=');
    return [key, value.join('=')] as const;
  });
  return {
    id: ID,
    name: Name,
    labels: Object.fromEntries(pairs),
    os: OSType,
    architecture: Architecture,
    serverVersion: ServerVersion,
    isSwarmManager: Swarm?.ControlAvailable === true,
  };
}

/** The members of a list, or of the list that an answer has under a name. Empty for anything else. */
export function membersOf(body: unknown, name?: string): readonly unknown[] {
  const tree = v.safeParse(v.record(v.string(), v.unknown()), body);
  const list = name === undefined ? body : tree.success ? tree.output[name] : [];
  return Array.isArray(list) ? list : [];
}
