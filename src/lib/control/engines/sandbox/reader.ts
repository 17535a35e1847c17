import type { TaskFilter } from '../engine.js';
import type { SandboxJournal } from './journal.js';
import type { SandboxState, TaskState } from './state.js';

/** What reading a stream of the sandbox needs. */
export interface SandboxReader {
  readonly journal: SandboxJournal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly look: () => Promise<SandboxState>;
  /** Waits for the next look, no longer than `ms`; false when the signal has aborted. */
  readonly pause: (signal: AbortSignal, ms?: number) => Promise<boolean>;
}

/** True for a container that the filter asks for. */
export function matches(task: TaskState, filter: TaskFilter): boolean {
  return (
    task.namespace === filter.namespace &&
    (filter.stack === undefined || task.stack === filter.stack) &&
    (filter.service === undefined || task.name === filter.service) &&
    (filter.all === true || task.phase !== 'terminated')
  );
}

/** A function, since a signal changes behind the compiler's back. */
export function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}
