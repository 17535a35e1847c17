import * as v from 'valibot';
import { StoreError } from '../../../port/errors.js';
import type { StackScope } from '../../../plan/resources.js';
import type { LockHolder, NewRelease } from '../../ledger.js';
import { hashes, projectSchema, releaseOverlaysSchema } from '../../store/json-column.js';
import type { RegisterKey } from './registers.js';

/** Of what is written into registers here. A berth that finds a higher one is too old to touch it. */
const format = 1;

/** The lock of a stack while somebody holds it. */
export interface Lock {
  readonly holder: LockHolder;
  /** Milliseconds since 1970 by the daemon's clock. */
  readonly expiresAtMs: number;
}

/** A stack that is there, without its definition: that stands with its releases. */
export interface StackFacts {
  readonly id: string;
  readonly standalone: boolean;
  readonly release: number;
  /** Of the change that made the newest release. */
  readonly changeKey: string;
  readonly scale: Readonly<Record<string, number>>;
  readonly engineKind: 'sandbox' | 'docker' | 'swarm';
  readonly terminating: boolean;
  readonly applied: Readonly<Record<string, string>>;
  readonly createdAt: string;
  readonly deployedAt: string | null;
}

/** A release that is kept: where its body is, and what became of it. */
export interface ReleaseFacts {
  readonly version: number;
  /** Name of the register of its body. */
  readonly body: string;
  readonly state: 'stored' | 'deployed' | 'failed';
}

/** All that changes of a stack, in one register: what is read and what is written stand under one revision. */
export interface StackState {
  readonly epoch: number;
  readonly lock: Lock | null;
  readonly stack: StackFacts | null;
  /** Oldest first: of the stack that is there, or of the last one that was. */
  readonly releases: readonly ReleaseFacts[];
  /** Ids of the stacks of this name that were terminated, oldest first. */
  readonly formerIds: readonly string[];
  /** How many stacks of the namespace had been terminated when this one was; 0 while it is there, and when none was. */
  readonly terminated: number;
  /** When it was last written. Milliseconds since 1970 by the daemon's clock. */
  readonly changedAtMs: number;
  /** Random names of the last changes, oldest first: tells a client whose change others have gone on from that it is in. */
  readonly changes: readonly string[];
}

/** What of a release never changes. */
export interface ReleaseBody extends Omit<NewRelease, 'id' | 'engineKind' | 'standalone'> {
  readonly stackId: string;
}

/** Before anybody has claimed the lock of a stack of that name. */
const noStack: StackState = {
  epoch: 0,
  lock: null,
  stack: null,
  releases: [],
  formerIds: [],
  terminated: 0,
  changedAtMs: 0,
  changes: [],
};

const whole = v.pipe(v.number(), v.integer(), v.minValue(0));

const processIdentity = v.object({
  host: v.string(),
  machineId: v.string(),
  bootId: v.string(),
  pidNamespace: v.string(),
  pid: v.number(),
  startTime: v.string(),
});

const holder = v.object({
  actionId: v.string(),
  process: processIdentity,
  user: v.string(),
  command: v.string(),
  since: v.string(),
});

/** Unlike valibot's record it keeps every key: a service may be called `constructor`. */
const replicas = v.custom<Readonly<Record<string, number>>>(
  (input) => typeof input === 'object' && input !== null && Object.values(input).every((each) => v.is(whole, each)),
  'not numbers of replicas',
);

const stackFacts = v.object({
  id: v.string(),
  standalone: v.boolean(),
  release: whole,
  changeKey: v.string(),
  scale: replicas,
  engineKind: v.picklist(['sandbox', 'docker', 'swarm']),
  terminating: v.boolean(),
  applied: hashes,
  createdAt: v.string(),
  deployedAt: v.nullable(v.string()),
});

const stackState = v.object({
  format: v.literal(format),
  epoch: whole,
  lock: v.nullable(v.object({ holder, expiresAtMs: v.number() })),
  stack: v.nullable(stackFacts),
  releases: v.array(
    v.object({ version: whole, body: v.string(), state: v.picklist(['stored', 'deployed', 'failed']) }),
  ),
  formerIds: v.array(v.string()),
  terminated: whole,
  changedAtMs: v.number(),
  changes: v.array(v.string()),
});

const releaseBody = v.object({
  format: v.literal(format),
  stackId: v.string(),
  user: v.string(),
  summary: v.string(),
  definition: projectSchema,
  overlays: releaseOverlaysSchema,
  rollbackOf: v.nullable(v.number()),
  createdAt: v.string(),
});

/** The register that everything about a stack but its releases is in. */
export function stackKey({ namespace, stack }: StackScope): RegisterKey {
  return { kind: 'stack', namespace, stack, name: '' };
}

export function encodeState(state: StackState): object {
  return { format, ...state };
}

/** Of a register that is not there, or of which only a tombstone is, the state is that of no stack. */
export function decodeState(scope: StackScope, value: unknown): StackState {
  if (value === null || value === undefined) return noStack;
  const { format: _format, ...state } = decode(stackState, scope, value);
  return state;
}

export function encodeBody(body: ReleaseBody): object {
  return { format, ...body };
}

export function decodeBody(scope: StackScope, value: unknown): ReleaseBody {
  const { format: _format, ...body } = decode(releaseBody, scope, value);
  return body;
}

/** What is not there although something says that it is. */
export function damagedLedger({ stack }: StackScope, detail: string): StoreError {
  return new StoreError(`what the engine keeps of stack ${stack} for berth is damaged`, {
    hint: 'It is in volumes with the label `berth.register`: `docker volume ls --filter label=berth.register`. Has somebody removed one?',
    detail,
  });
}

function decode<const Schema extends v.GenericSchema>(
  schema: Schema,
  scope: StackScope,
  value: unknown,
): v.InferOutput<Schema> {
  const parsed = v.safeParse(schema, value);
  if (parsed.success) return parsed.output;
  const newer = v.safeParse(v.object({ format: v.pipe(v.number(), v.minValue(format + 1)) }), value);
  if (newer.success) {
    throw new StoreError(`what the engine keeps of stack ${scope.stack} was written by a newer berth`, {
      hint: 'Nothing was changed. Use a berth that is as new as that one.',
    });
  }
  throw damagedLedger(scope, parsed.issues[0].message);
}
