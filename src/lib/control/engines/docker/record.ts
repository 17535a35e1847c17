import * as v from 'valibot';
import type { ServiceResource } from '../../../plan/resources.js';
import { serviceSchema } from '../../store/json-column.js';

/**
 * A service as it was applied: what its containers are brought to. The value of its register, JSON. Whoever changes it
 * does so by compare-and-swap, and never with an epoch older than the one in it.
 */
export interface ServiceRecord {
  /** That of the lease under which it was written last. */
  readonly epoch: number;
  readonly service: ServiceResource;
  /** What it was before the replacing that goes on, or was the last: what a rollback goes back to. */
  readonly previous: ServiceResource | null;
  /** Null before the first replacing. */
  readonly rollout: Rollout | null;
  /** Ids of containers that were stopped by a command, and stay so. */
  readonly held: readonly string[];
  /** Ids of containers that have ended and are to be started again, once. */
  readonly again: readonly string[];
  /** Ids of containers that have failed, and are to be made anew. */
  readonly anew: readonly string[];
  /** Ids of containers that another tool has made, and their slots: what they count as made from. */
  readonly adopted: {
    readonly hash: string;
    readonly generation: number;
    readonly slots: Readonly<Record<string, number>>;
  } | null;
}

/** How replicas of an older version are replaced. */
export interface Rollout {
  readonly state: 'updating' | 'paused' | 'rolling_back' | 'rolled_back' | 'completed';
  /** Why it paused or was rolled back. */
  readonly message: string | null;
  /** By the daemon's clock, in milliseconds since 1970: containers started since then belong to it. */
  readonly startedMs: number;
  /** Replicas of the new version that have failed, by slot: they count once. */
  readonly failed: readonly number[];
}

const resource = v.object({ ...serviceSchema.entries, release: v.exactOptional(v.number()) });
const ids = v.array(v.string());

const recordSchema = v.object({
  epoch: v.number(),
  service: resource,
  previous: v.nullable(resource),
  rollout: v.nullable(
    v.object({
      state: v.picklist(['updating', 'paused', 'rolling_back', 'rolled_back', 'completed']),
      message: v.nullable(v.string()),
      startedMs: v.number(),
      failed: v.array(v.number()),
    }),
  ),
  held: ids,
  again: ids,
  anew: ids,
  adopted: v.nullable(v.object({ hash: v.string(), generation: v.number(), slots: v.record(v.string(), v.number()) })),
}) satisfies v.GenericSchema<unknown, ServiceRecord>;

/** The value of a service's register. Throws ValiError for what berth did not write. */
export function readRecord(value: unknown): ServiceRecord {
  return v.parse(recordSchema, value);
}

/** True while containers are being replaced. */
export function isRolling({ rollout }: Pick<ServiceRecord, 'rollout'>): boolean {
  return rollout?.state === 'updating' || rollout?.state === 'rolling_back';
}
