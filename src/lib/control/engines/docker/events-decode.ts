import * as v from 'valibot';
import type { StackScope } from '../../../plan/resources.js';
import { signalNumbers } from '../../../port/signals.js';
import type { EngineEvent } from '../engine.js';
import { berthLabels } from './labels.js';

/** An event of the daemon (Engine API 1.41, `GET /events`). */
export interface DockerEvent {
  readonly cursor: string;
  /** Nanoseconds since 1970, as exact as JSON tells them. */
  readonly timeNano: string;
  readonly kind: 'container' | 'network' | 'volume';
  readonly id: string;
  /** Of a network or volume its name on the daemon. */
  readonly name: string;
  readonly action: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** `status`, `id`, `from` and `time`, which are left out from Engine API 1.52 on or say less, are not read. */
const schema = v.object({
  Type: v.picklist(['container', 'network', 'volume']),
  Action: v.string(),
  Actor: v.object({
    ID: v.string(),
    Attributes: v.optional(v.nullable(v.record(v.string(), v.string()))),
  }),
  timeNano: v.number(),
});

/** What is worth telling; the rest is what looking, copying and health checks do. */
const told: Readonly<Record<DockerEvent['kind'], ReadonlySet<string>>> = {
  container: new Set([
    ...['create', 'start', 'restart', 'die', 'kill', 'stop', 'oom', 'pause', 'unpause', 'update', 'destroy'],
    ...['health_status: starting', 'health_status: healthy', 'health_status: unhealthy'],
  ]),
  network: new Set(['create', 'destroy']),
  volume: new Set(['create', 'destroy']),
};

/** Null for what is not told. */
export function readEvent(value: unknown): Omit<DockerEvent, 'cursor'> | null {
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) return null;
  const { Type, Action, Actor, timeNano } = parsed.output;
  if (!told[Type].has(Action)) return null;
  const attributes = Actor.Attributes ?? {};
  const name = attributes['name'] ?? Actor.ID;
  return { timeNano: String(BigInt(Math.trunc(timeNano))), kind: Type, id: Actor.ID, name, action: Action, attributes };
}

/**
 * Null for what is of no stack of berth.
 *
 * @param owner whose it is, where the event does not tell.
 */
export function toEngineEvent(
  event: DockerEvent,
  owner: (StackScope & { readonly name: string }) | null,
): EngineEvent | null {
  const { cursor, timeNano, kind, action, attributes } = event;
  const own = kind === 'container' ? (labelled(event) ?? owner) : owner;
  if (own === null) return null;
  const { namespace, stack, name } = own;
  const at = new Date(Number(BigInt(timeNano) / 1_000_000n)).toISOString();
  return { cursor, at, namespace, stack, kind, name, verb: action, message: messageOf(action, attributes) };
}

function labelled({ attributes, name }: DockerEvent): (StackScope & { readonly name: string }) | null {
  const { [berthLabels.namespace]: namespace, [berthLabels.stack]: stack, [berthLabels.service]: service } = attributes;
  if (namespace === undefined || stack === undefined || service === undefined) return null;
  const slot = attributes[berthLabels.oneOff] === 'true' ? undefined : attributes[berthLabels.slot];
  return { namespace, stack, name: slot === undefined ? name : `${service}-${slot}` };
}

function messageOf(action: string, attributes: Readonly<Record<string, string>>): string | null {
  const { exitCode, signal } = attributes;
  if (action === 'die' && exitCode !== undefined) return `exit code ${exitCode}`;
  if (action === 'oom') return 'out of memory';
  if (action !== 'kill' || signal === undefined) return null;
  return Object.keys(signalNumbers).find((name) => String(signalNumbers[name]) === signal) ?? `signal ${signal}`;
}
