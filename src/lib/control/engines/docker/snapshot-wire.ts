import * as v from 'valibot';
import type { PortBinding } from '../../../port/services.js';
import { millisecondsOf } from '../../streams/time.js';
import type { Replica } from './replica.js';

/** A container as `GET /containers/{id}/json` tells (Engine API 1.41). */
export interface ContainerFacts {
  readonly id: string;
  /** Without the slash that the API puts before it. */
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** As it was asked for when the container was made. */
  readonly image: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  readonly tty: boolean;
  readonly state: Replica['state'];
  /** Null without a health check, and while it does not run. */
  readonly health: Replica['health'];
  /** What the latest health check wrote. */
  readonly healthOutput: string;
  readonly exitCode: number;
  readonly outOfMemory: boolean;
  /** Why it could not be started; empty otherwise. */
  readonly error: string;
  /** Milliseconds since 1970 by the daemon's clock; null is not yet. */
  readonly createdMs: number;
  readonly startedMs: number | null;
  readonly finishedMs: number | null;
  readonly restarts: number;
  readonly ports: readonly PortBinding[];
}

/** A container as `GET /containers/json` tells. */
export interface ListedContainer {
  readonly id: string;
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Changes when its state or health does. */
  readonly mark: string;
  /**
   * Of one that simply runs, what the list tells: all that says how it stands, but neither its command nor its restarts,
   * and its times to the second. Null for any other, of which the list tells too little.
   */
  readonly running: ContainerFacts | null;
}

const labelsSchema = v.optional(v.nullable(v.record(v.string(), v.string())));
const text = v.optional(v.nullable(v.string()));
const flag = v.optional(v.nullable(v.boolean()));

const bindings = v.optional(
  v.nullable(
    v.record(v.string(), v.nullable(v.array(v.object({ HostIp: text, HostPort: v.optional(v.string(), '') })))),
  ),
);

const health = v.object({
  Status: text,
  Log: v.optional(v.nullable(v.array(v.object({ Output: text })))),
});

const inspected = v.object({
  Id: v.string(),
  Name: text,
  Created: text,
  Path: text,
  Args: v.optional(v.nullable(v.array(v.string()))),
  RestartCount: v.optional(v.nullable(v.number())),
  State: v.object({
    Status: text,
    ExitCode: v.optional(v.nullable(v.number())),
    OOMKilled: flag,
    Error: text,
    StartedAt: text,
    FinishedAt: text,
    Health: v.optional(v.nullable(health)),
  }),
  Config: v.object({
    Image: text,
    Tty: flag,
    Labels: labelsSchema,
    ExposedPorts: v.optional(v.nullable(v.record(v.string(), v.unknown()))),
  }),
  HostConfig: v.optional(v.nullable(v.object({ PortBindings: bindings }))),
  NetworkSettings: v.optional(v.nullable(v.object({ Ports: bindings }))),
});

const listed = v.array(
  v.object({
    Id: v.string(),
    Names: v.optional(v.nullable(v.array(v.string()))),
    Labels: labelsSchema,
    State: text,
    Status: text,
    Image: text,
    /** Seconds since 1970. */
    Created: v.optional(v.nullable(v.number())),
    Ports: v.optional(
      v.nullable(
        v.array(
          v.object({
            IP: text,
            PrivatePort: v.number(),
            PublicPort: v.optional(v.nullable(v.number())),
            Type: text,
          }),
        ),
      ),
    ),
  }),
);

type Inspected = v.InferOutput<typeof inspected>;
type Listed = v.InferOutput<typeof listed>[number];

/** Throws ValiError for what is no container. */
export function readContainer(body: unknown): ContainerFacts {
  const found = v.parse(inspected, body);
  const { State, Config } = found;
  const state = stateOf(State.Status);
  return {
    id: found.Id,
    name: plainName(found.Name),
    labels: Config.Labels ?? {},
    image: Config.Image ?? '',
    command: [found.Path ?? '', ...(found.Args ?? [])].filter((word, index) => index > 0 || word !== ''),
    tty: Config.Tty === true,
    state,
    health: healthOf(state, State.Health?.Status),
    healthOutput: State.Health?.Log?.at(-1)?.Output ?? '',
    exitCode: State.ExitCode ?? 0,
    outOfMemory: State.OOMKilled === true,
    error: state === 'running' || state === 'paused' ? '' : (State.Error ?? ''),
    createdMs: timeOf(found.Created) ?? 0,
    startedMs: timeOf(State.StartedAt),
    finishedMs: timeOf(State.FinishedAt),
    restarts: found.RestartCount ?? 0,
    ports: portsOf(found),
  };
}

/** Throws ValiError for what is no list of containers. */
export function readList(body: unknown): ListedContainer[] {
  return v.parse(listed, body).map((found) => {
    const { Id, Names, Labels, State, Status } = found;
    // A container that others link to has their names for it too, with a slash inside.
    const name = plainName(Names?.find((one) => !one.slice(1).includes('/')) ?? Names?.[0]);
    // `Up 3 minutes (healthy)`: the time alone is no change.
    const [, health] = /\((.*)\)/.exec(Status ?? '') ?? [];
    const mark = `${State ?? ''} ${health ?? ''}`;
    const own = { id: Id, name, labels: Labels ?? {} };
    return { ...own, mark, running: State === 'running' ? { ...own, ...runningFacts(found, health) } : null };
  });
}

function runningFacts(
  { Image, Created, Ports }: Listed,
  health: string | undefined,
): Omit<ContainerFacts, 'id' | 'name' | 'labels'> {
  const createdMs = (Created ?? 0) * 1_000;
  return {
    image: Image ?? '',
    command: [],
    tty: false,
    state: 'running',
    health: healthOf('running', health?.replace(/^health: /, '')),
    healthOutput: '',
    exitCode: 0,
    outOfMemory: false,
    error: '',
    createdMs,
    startedMs: createdMs,
    finishedMs: null,
    restarts: 0,
    ports: bindingsOf(
      (Ports ?? []).map(({ IP, PrivatePort, PublicPort, Type }) => ({
        key: `${PrivatePort}/${Type ?? 'tcp'}`,
        hosts: PublicPort == null ? null : [{ HostIp: IP, HostPort: String(PublicPort) }],
      })),
    ),
  };
}

function plainName(name: string | null | undefined): string {
  return (name ?? '').replace(/^\//, '');
}

const states: ReadonlySet<string> = new Set<Replica['state']>([
  'created',
  'running',
  'restarting',
  'paused',
  'exited',
  'dead',
  'removing',
]);

function isState(word: string): word is Replica['state'] {
  return states.has(word);
}

function stateOf(word: string | null | undefined): Replica['state'] {
  return word != null && isState(word) ? word : 'dead';
}

/** Docker calls one unhealthy that is paused or has ended, since nobody asks it any more. */
function healthOf(state: Replica['state'], word: string | null | undefined): Replica['health'] {
  if (state !== 'running') return null;
  return word === 'starting' || word === 'healthy' || word === 'unhealthy' ? word : null;
}

/** Docker says `0001-01-01T00:00:00Z` for never. */
function timeOf(time: string | null | undefined): number | null {
  const ms = time == null ? NaN : millisecondsOf(time);
  return Number.isNaN(ms) || ms <= 0 ? null : ms;
}

/** As they are bound where it runs, else as they were asked for. */
function portsOf({ Config, HostConfig, NetworkSettings }: Inspected): PortBinding[] {
  const exposed = Object.fromEntries(Object.keys(Config.ExposedPorts ?? {}).map((key) => [key, null]));
  const ports = { ...exposed, ...HostConfig?.PortBindings, ...NetworkSettings?.Ports };
  return bindingsOf(Object.entries(ports).map(([key, hosts]) => ({ key, hosts })));
}

interface PortHosts {
  /** `80/tcp`. */
  readonly key: string;
  readonly hosts: readonly { readonly HostIp?: string | null | undefined; readonly HostPort: string }[] | null;
}

function bindingsOf(ports: readonly PortHosts[]): PortBinding[] {
  const found = new Map<string, PortBinding>();
  for (const { key, hosts } of ports) {
    const [, number, protocol] = /^(\d+)(?:\/(tcp|udp|sctp))?$/.exec(key) ?? [];
    if (number === undefined) continue;
    for (const host of hosts === null || hosts.length === 0 ? [null] : hosts) {
      const binding: PortBinding = {
        target: Number(number),
        published: publishedOf(host?.HostPort),
        hostIp: addressOf(host?.HostIp),
        protocol: protocol === 'udp' || protocol === 'sctp' ? protocol : 'tcp',
      };
      // Every address of IPv4 and every one of IPv6 are bound apart.
      found.set(JSON.stringify(binding), binding);
    }
  }
  return [...found.values()].sort(
    (one, other) => one.target - other.target || (one.published ?? 0) - (other.published ?? 0),
  );
}

/** Null for a range, of which Docker has not chosen yet. */
function publishedOf(port: string | undefined): number | null {
  return port !== undefined && /^[1-9]\d*$/.test(port) ? Number(port) : null;
}

function addressOf(address: string | null | undefined): string | null {
  return address == null || address === '' || address === '0.0.0.0' || address === '::' ? null : address;
}
