import * as v from 'valibot';
import type { FileObject, Network, Service, Volume } from '../../../compose/project.js';
import { numberedNodes } from './config.js';
import { decodeJson } from './decode.js';
import { faultSchema, nodeFaultSchema } from './faults.js';

/** Milliseconds since 1970. */
const time = v.number();
const code = v.nullable(v.number());

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Definitions were checked by the compose room before they got here; the sandbox reads each attribute with a default. */
const serviceDefinition = v.custom<Service>(isObject);
const scoped = { namespace: v.string(), stack: v.string(), name: v.string() };

export const storedSchema = v.variant('kind', [
  v.object({ ...scoped, kind: v.literal('network'), definition: v.custom<Network>(isObject) }),
  v.object({ ...scoped, kind: v.literal('volume'), definition: v.custom<Volume>(isObject) }),
  v.object({ ...scoped, kind: v.picklist(['secret', 'config']), definition: v.custom<FileObject>(isObject) }),
]);

/** A published or exposed port as the definition asks for it. */
const wantedPortSchema = v.object({
  mode: v.picklist(['ingress', 'host', 'exposed']),
  target: v.number(),
  /** A number or a range; null is any free one. */
  published: v.nullable(v.string()),
  hostIp: v.nullable(v.string()),
  protocol: v.picklist(['tcp', 'udp', 'sctp']),
});
export type WantedPort = v.InferOutput<typeof wantedPortSchema>;

const boundPortSchema = v.object({
  target: v.number(),
  published: v.nullable(v.number()),
  hostIp: v.nullable(v.string()),
  protocol: v.picklist(['tcp', 'udp', 'sctp']),
  mode: v.picklist(['ingress', 'host', 'exposed']),
});
export type BoundPort = v.InferOutput<typeof boundPortSchema>;

/** All that a replica needs to know of the definition it was made from. Durations are in sandbox milliseconds. */
const taskSpecSchema = v.object({
  image: v.string(),
  command: v.nullable(v.string()),
  restart: v.object({
    condition: v.picklist(['none', 'on-failure', 'any']),
    delayMs: v.number(),
    /** 0 is without end. */
    maxAttempts: v.number(),
    /** A run at least this long makes the attempts count from 0 again; 0 is never. */
    windowMs: v.number(),
  }),
  health: v.nullable(
    v.object({ firstMs: v.number(), startPeriodMs: v.number(), intervalMs: v.number(), retries: v.number() }),
  ),
  graceMs: v.number(),
  /** Ends by itself with exit code 0: a job, or a service that another one waits for to complete. */
  completes: v.boolean(),
  ports: v.array(wantedPortSchema),
  constraints: v.array(v.string()),
  spread: v.array(v.string()),
  /** 0 is no limit. */
  maxPerNode: v.number(),
  /** `network front`, `volume data`...: what cannot be removed under it. */
  uses: v.array(v.string()),
  faults: v.array(faultSchema),
});
export type TaskSpec = v.InferOutput<typeof taskSpecSchema>;

/** One time a container ran. */
const runSchema = v.object({
  /** Counted from 1 over the container's life. */
  number: v.number(),
  startMs: time,
  endMs: v.nullable(time),
  exitCode: code,
  /** `kill`: it ignored being asked to stop; `signal`: somebody sent it one by hand. */
  end: v.nullable(v.picklist(['exit', 'stop', 'kill', 'signal', 'lost'])),
  /** Sandbox seconds per second when it started: the pace of its log. */
  speed: v.number(),
  /** When it was paused: nothing is written in between. The last one may be open. */
  pauses: v.array(v.object({ fromMs: time, toMs: v.nullable(time) })),
});
export type Run = v.InferOutput<typeof runSchema>;

const phases = [
  'placing',
  'pulling',
  'starting',
  'running',
  'paused',
  'backoff',
  'exited',
  'stopping',
  'terminated',
] as const;

const taskSchema = v.object({
  ...scoped,
  id: v.string(),
  /** Number of the container over the life of the sandbox. */
  order: v.number(),
  slot: v.number(),
  hash: v.string(),
  generation: v.number(),
  release: v.nullable(v.number()),
  spec: taskSpecSchema,
  phase: v.picklist(phases),
  /** When the phase ends; null is when something else happens. */
  dueMs: v.nullable(time),
  desired: v.boolean(),
  /** It was stopped, alone or with its service, and stays so until somebody starts it. */
  held: v.boolean(),
  /** While it stops: with which code it will end, and what comes then. */
  ending: v.nullable(
    v.object({ exitCode: v.number(), then: v.picklist(['terminate', 'hold', 'start', 'restart-policy']) }),
  ),
  /** While it is paused: what would have fallen due. */
  frozen: v.nullable(v.object({ sinceMs: time, dueMs: v.nullable(time), healthDueMs: v.nullable(time) })),
  /** One that was stopped is started on the node it had. */
  node: v.nullable(v.string()),
  ports: v.array(boundPortSchema),
  health: v.nullable(v.picklist(['starting', 'healthy', 'unhealthy'])),
  healthDueMs: v.nullable(time),
  /** What `health` becomes at `healthDueMs`. */
  healthNext: v.nullable(v.picklist(['healthy', 'unhealthy'])),
  exitCode: code,
  message: v.nullable(v.string()),
  /** Which start it is at, counted from 1: of itself, by its restart policy, or by hand. */
  start: v.number(),
  /** How often its policy started it again. */
  restarts: v.number(),
  /** How often it failed. */
  failures: v.number(),
  /** Restarts since it last ran long enough: what the back-off grows by. */
  backoff: v.number(),
  /** Restarts that count against the limit of the policy. */
  attempts: v.number(),
  createdMs: time,
  startedMs: v.nullable(time),
  stoppedMs: v.nullable(time),
  /** The latest ones. */
  runs: v.array(runSchema),
});
export type TaskState = v.InferOutput<typeof taskSchema>;

const versionSchema = v.object({
  definition: serviceDefinition,
  hash: v.string(),
  generation: v.number(),
  /** Version of the release that it came with; null where it came with none. */
  release: v.nullable(v.number()),
  faults: v.array(faultSchema),
});

const rolloutSchema = v.object({
  status: v.picklist(['updating', 'paused', 'rolling_back', 'rolled_back', 'completed']),
  message: v.nullable(v.string()),
  /** Slots being replaced or watched. */
  units: v.array(
    v.object({
      slot: v.number(),
      /** When the new replica was ready; null before. */
      readyMs: v.nullable(time),
    }),
  ),
  /** Number of slots, and how many of them failed. */
  total: v.number(),
  failed: v.number(),
  /** When the next unit has something to do by itself. */
  wakeMs: v.nullable(time),
});
export type Rollout = v.InferOutput<typeof rolloutSchema>;

const serviceSchema = v.object({
  ...scoped,
  ...versionSchema.entries,
  replicas: v.number(),
  /** The slots its replicas have: as many. Not used in the global modes. */
  slots: v.array(v.number()),
  /** Its replicas are kept, and none is to run. */
  stopped: v.boolean(),
  completes: v.boolean(),
  /** What a rollback goes back to. */
  previous: v.nullable(versionSchema),
  rollout: v.nullable(rolloutSchema),
  /** Ports chosen by the sandbox, by protocol, target and what was asked for: they stay while the service is there. */
  chosenPorts: v.record(v.string(), v.number()),
});
export type ServiceState = v.InferOutput<typeof serviceSchema>;

const nodeSchema = v.object({
  name: v.string(),
  /** Counted from 1; never used again. */
  number: v.number(),
  role: v.picklist(['manager', 'worker']),
  labels: v.record(v.string(), v.string()),
  state: v.picklist(['ready', 'down']),
  /** When it goes down and when it comes back, in that order of time; null is not. */
  downMs: v.nullable(time),
  upMs: v.nullable(time),
  /** Images it has pulled. */
  images: v.array(v.string()),
});
export type NodeState = v.InferOutput<typeof nodeSchema>;

const refusalSchema = v.object({
  /** Number of the input. */
  input: v.number(),
  code: v.picklist(['conflict', 'refused', 'not_found']),
  message: v.string(),
});
/** Why an input was not taken in. */
export type Refusal = v.InferOutput<typeof refusalSchema>;

const stateSchema = v.object({
  version: v.literal(1),
  seed: v.string(),
  speed: v.number(),
  /** Time of the last thing that happened. */
  nowMs: time,
  /** The last input taken in. */
  lastInput: v.number(),
  /** The newest epoch seen of every stack: inputs with an older one are not taken in. */
  epochs: v.array(v.object({ namespace: v.string(), stack: v.string(), epoch: v.number() })),
  /** The latest ones. */
  refusals: v.array(refusalSchema),
  nextTransition: v.number(),
  /** Containers and nodes made so far. */
  births: v.number(),
  nodeBirths: v.number(),
  nodeFaults: v.array(nodeFaultSchema),
  nodes: v.array(nodeSchema),
  resources: v.array(storedSchema),
  services: v.array(serviceSchema),
  tasks: v.array(taskSchema),
});
/** Everything the sandbox knows at one time. */
export type SandboxState = v.InferOutput<typeof stateSchema>;

const defaultSeed = 'berth';
const defaultSpeed = 10;
const defaultNodeCount = 3;

/** The sandbox before its first input. */
export function initialState(): SandboxState {
  return {
    version: 1,
    seed: defaultSeed,
    speed: defaultSpeed,
    nowMs: 0,
    lastInput: 0,
    epochs: [],
    refusals: [],
    nextTransition: 1,
    births: 0,
    nodeBirths: defaultNodeCount,
    nodeFaults: [],
    nodes: numberedNodes(defaultNodeCount).map(({ name }, index) => newNode(name, {}, index + 1, index === 0)),
    resources: [],
    services: [],
    tasks: [],
  };
}

export function newNode(
  name: string,
  labels: Readonly<Record<string, string>>,
  number: number,
  manager: boolean,
): NodeState {
  return {
    name,
    number,
    role: manager ? 'manager' : 'worker',
    labels: { ...labels },
    state: 'ready',
    downMs: null,
    upMs: null,
    images: [],
  };
}

/**
 * Reads what `JSON.stringify` made of a state.
 *
 * @throws StoreError when it is not one.
 */
export function decodeState(text: string): SandboxState {
  return decodeJson(stateSchema, text, 'state');
}
