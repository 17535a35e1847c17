import type { UpdateConfig } from '../../compose/project.js';
import { durationMs } from './duration.js';

/** How replicas are replaced. Durations in milliseconds. */
export interface UpdatePolicy {
  /** 0 is all at once. */
  readonly parallelism: number;
  readonly delayMs: number;
  readonly monitorMs: number;
  readonly failureAction: 'pause' | 'continue' | 'rollback';
  readonly maxFailureRatio: number;
  readonly order: 'stop-first' | 'start-first';
}

/**
 * What the file says, else what Swarm fills in (swarmkit's defaults: one at a time, stop-first, pause on failure).
 *
 * @param monitorMs how long a new replica is watched where the file does not say; Swarm's 5 seconds by default.
 */
export function updatePolicy(config: UpdateConfig | undefined, monitorMs = 5_000): UpdatePolicy {
  return {
    parallelism: config?.parallelism ?? 1,
    delayMs: durationMs(config?.delay, 0),
    monitorMs: durationMs(config?.monitor, monitorMs),
    failureAction: config?.failure_action ?? 'pause',
    maxFailureRatio: config?.max_failure_ratio ?? 0,
    order: config?.order ?? 'stop-first',
  };
}
