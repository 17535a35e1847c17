/**
 * One step of a plan as people and scripts see it: `--dry-run` and `diff` print these, `up` executes them, and the
 * action that ran them keeps them.
 */
export interface PlannedStep {
  /** Unique within the plan: `create service web`. */
  readonly id: string;
  readonly operation: 'create' | 'update' | 'remove' | 'start' | 'stop' | 'restart' | 'scale' | 'store' | 'wait';
  readonly kind:
    | 'stack'
    | 'service'
    | 'network'
    | 'volume'
    | 'config'
    | 'secret'
    | 'container'
    | 'node'
    | 'node cluster'
    | 'pool'
    | 'image'
    | 'definition';
  /** The name of what the step touches, as the user wrote it. */
  readonly name: string;
  /** Why, one line a reason: `image: redis:7 -> redis:8`, `replicas: 1 -> 3`, `new`. */
  readonly reasons: readonly string[];
}
