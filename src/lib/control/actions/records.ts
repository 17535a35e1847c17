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
}

export type StepState = ActionDetail['steps'][number]['state'];

export interface RecordedStep extends Step {
  readonly state: StepState;
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

/** Actions of one engine with their steps and logs. Kept with the user, not with the engine. */
export interface ActionRecords {
  /** Saves the action, `Pending` in its first epoch, with all its steps, before the first of them runs. */
  create(action: NewAction, steps: readonly Step[]): Promise<ActionRecord>;
  get(id: string): Promise<ActionRecord | null>;
  /** Newest first. */
  list(namespace: string, filter: ActionFilter): Promise<readonly ActionRecord[]>;
  /** Those whose id begins with the text. */
  byIdPrefix(namespace: string, prefix: string): Promise<readonly ActionRecord[]>;
  steps(id: string): Promise<readonly RecordedStep[]>;
  /**
   * Makes this process the runner of a pending action: `In progress`, in the next epoch.
   *
   * @returns null when the action is not pending.
   */
  take(id: string): Promise<ActionRecord | null>;
  /** `Pending` again, for another process to take. False when the epoch is over. */
  handOver(id: string, epoch: number): Promise<boolean>;
  /** False when the epoch is over: somebody else runs the action, or it has ended, and the caller must stop. */
  markStep(id: string, epoch: number, stepId: string, state: StepState): Promise<boolean>;
  /**
   * Ends the action. A step that is running then was not done: `failed` with the action, else `pending`. False when the
   * epoch is over, or the action has ended.
   */
  end(id: string, epoch: number, state: 'Success' | 'Failed' | 'Canceled', reason: string | null): Promise<boolean>;
  /** Lines after that number. */
  lines(id: string, after: number): Promise<readonly NumberedLogLine[]>;
  /** Appends a line. False, and nothing is written, when the epoch is over or the action has ended. */
  log(id: string, epoch: number, text: string): Promise<boolean>;
  /** Ends actions of the namespace whose runner on this host has died: `Failed`, `interrupted`. */
  failAbandoned(namespace: string): Promise<void>;
}

/** What is given when an action is created. */
export type NewAction = Pick<ActionRecord, 'id' | 'namespace' | 'name' | 'object' | 'stack' | 'user'>;
