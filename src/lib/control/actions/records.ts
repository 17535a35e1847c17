import type { Intent } from '../../plan/intent.js';
import type { Step } from '../../plan/steps.js';
import type { ActionDetail, ActionLogLine, ActionObject, ActionState } from '../../port/actions.js';
import type { ProcessIdentity } from '../processes.js';

/** An action as the store keeps it. */
export interface ActionRecord {
  /** uuid v4. */
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly state: ActionState;
  readonly object: ActionObject;
  /** Name of the stack whose lock it needs. */
  readonly stack: string;
  readonly user: string;
  /** RFC 3339. */
  readonly startedAt: string;
  /** RFC 3339; null while it runs. */
  readonly endedAt: string | null;
  readonly reason: string | null;
  /** The process that runs it, or that is to hand it over. */
  readonly runner: ProcessIdentity;
  /** Counted from 1; one more with every runner. Only the holder of the present epoch may go on with it. */
  readonly epoch: number;
  /** Epoch of the stack's lease under which its steps were last planned or taken up. */
  readonly leaseEpoch: number;
  /** Id of the stack that it is about, also before that was made. */
  readonly stackId: string;
  /** Who has asked to cancel it; null while nobody has. */
  readonly canceledBy: string | null;
  /** False once its steps and intent were dropped, with the stack they were for: it cannot be retried then. */
  readonly retryable: boolean;
}

export type StepState = ActionDetail['steps'][number]['state'];

export interface RecordedStep extends Step {
  readonly state: StepState;
  /** True for a step that takes the action back after it has failed. Such steps come last. */
  readonly undo: boolean;
}

export interface ActionFilter {
  readonly limit?: number | undefined;
  readonly state?: ActionState | undefined;
  /** Name of a stack, or the id of an object. */
  readonly stack?: string | undefined;
}

/** A line of the log with its number in the action, counted from 1. */
export interface NumberedLogLine extends ActionLogLine {
  readonly sequence: number;
}

/** A change of an action's state. */
export interface ActionEvent {
  /** Grows with every event, over all actions. */
  readonly sequence: number;
  /** RFC 3339 with milliseconds. */
  readonly at: string;
  readonly state: ActionState;
  readonly reason: string | null;
  readonly action: Pick<ActionRecord, 'id' | 'name' | 'object' | 'stack' | 'user'>;
}

/** What the runner of an action finds when it looks whether it may go on. */
export type Pulse = 'go on' | 'canceled' | 'lost';

/** Actions of one engine with their steps and logs. Kept with the user, not with the engine. */
export interface ActionRecords {
  /** Saves the action, `Pending` in its first epoch, with all its steps, before the first of them runs. */
  create(action: NewAction, plan: SavedPlan): Promise<ActionRecord>;
  get(id: string): Promise<ActionRecord | null>;
  /** What was asked for; null where it was dropped. */
  intent(id: string): Promise<Intent | null>;
  /** The steps that put back what the action touches; null where there is nothing to go back to, or it was dropped. */
  wayBack(id: string): Promise<readonly Step[] | null>;
  /** Newest first. */
  list(namespace: string, filter: ActionFilter): Promise<readonly ActionRecord[]>;
  /** Those whose id begins with the text. */
  byIdPrefix(namespace: string, prefix: string): Promise<readonly ActionRecord[]>;
  /** In the order they are executed. */
  steps(id: string): Promise<readonly RecordedStep[]>;
  /**
   * Makes this process the runner of a pending action: `In progress`, in the next epoch.
   *
   * @returns null when the action is not pending.
   */
  take(id: string): Promise<ActionRecord | null>;
  /** `Pending` again, for another process to take. False when the epoch is over. */
  handOver(id: string, epoch: number): Promise<boolean>;
  /**
   * `Pending` again after it has ended, in the next epoch, held by this process; steps that failed are pending again.
   * Null when it has not ended, or was dropped.
   */
  reopen(id: string): Promise<ActionRecord | null>;
  /** Puts another plan in place of the one it had, made under that lease. False when the epoch is over. */
  replan(id: string, epoch: number, plan: SavedPlan, leaseEpoch: number): Promise<boolean>;
  /** Adds steps that take the action back, planned under that lease. False when the epoch is over. */
  addUndo(id: string, epoch: number, steps: readonly Step[], leaseEpoch: number): Promise<boolean>;
  /** Notes under which lease the steps go on. False when the epoch is over. */
  underLease(id: string, epoch: number, leaseEpoch: number): Promise<boolean>;
  /** False when the epoch is over: somebody else runs the action, or it has ended, and the caller must stop. */
  markStep(id: string, epoch: number, stepId: string, state: StepState): Promise<boolean>;
  /**
   * Ends the action. A step that is running then was not done: `failed` with the action, else `pending`. False when the
   * epoch is over, or the action has ended.
   */
  end(id: string, epoch: number, state: 'Success' | 'Failed' | 'Canceled', reason: string | null): Promise<boolean>;
  /** Asks the runner to stop: `Canceling`; one that has no runner yet is `Canceled`. False when it has ended already. */
  cancel(id: string, user: string): Promise<boolean>;
  /** Whether the runner of that epoch may go on. */
  pulse(id: string, epoch: number): Promise<Pulse>;
  /** Lines after that number. */
  lines(id: string, after: number): Promise<readonly NumberedLogLine[]>;
  /** Appends a line. False, and nothing is written, when the epoch is over or the action has ended. */
  log(id: string, epoch: number, text: string): Promise<boolean>;
  /** Changes of state after that number, in order, at most `limit` (>= 1). */
  events(namespace: string, after: number, limit: number): Promise<readonly ActionEvent[]>;
  /** Ends actions of the namespace whose runner on this host has died: `Failed`, `interrupted`. Gives those. */
  failAbandoned(namespace: string): Promise<readonly ActionRecord[]>;
  /** Actions of the namespace that were interrupted, and that this was not asked of before. */
  takeInterrupted(namespace: string): Promise<readonly ActionRecord[]>;
  /**
   * Drops the definitions and overlays in the steps and intents of ended actions of a stack: nothing needs them any more.
   * Values stay elsewhere, in its releases and the sandbox's inputs (docs/decisions/0012).
   */
  dropDetails(namespace: string, stack: string): Promise<void>;
}

/** What of a plan is saved with its action. */
export interface SavedPlan {
  readonly steps: readonly Step[];
  /** Null where there is nothing to go back to. */
  readonly wayBack: readonly Step[] | null;
  readonly stackId: string;
}

/** What is given when an action is created. */
export type NewAction = Pick<ActionRecord, 'id' | 'namespace' | 'name' | 'object' | 'stack' | 'user' | 'leaseEpoch'> & {
  readonly intent: Intent;
};
