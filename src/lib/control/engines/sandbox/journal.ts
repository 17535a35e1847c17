import type { EngineEvent } from '../engine.js';

/** Something that happened, under its number. */
export interface SandboxTransition extends Omit<EngineEvent, 'cursor'> {
  /** Counted from 1 without gaps. */
  readonly sequence: number;
}

/** A change somebody asked the sandbox for. Appended, never changed. */
export interface SandboxInput {
  /** Counted from 1 without gaps. */
  readonly sequence: number;
  /** Milliseconds since 1970, by the clock of the process that appended it; never less than that of the one before. */
  readonly atMs: number;
  /** JSON: what is asked for. The sandbox alone knows its shape. */
  readonly body: string;
}

/** What the sandbox keeps: the inputs, and what has been computed from them so far. */
export interface SandboxSnapshot {
  /** JSON of the state as of the last transition written; null before the first. */
  readonly state: string | null;
  /** Inputs that the state has not taken in yet, in order. */
  readonly inputs: readonly SandboxInput[];
  /** The number the next transition gets (1 at first). */
  readonly nextTransition: number;
}

/** What one look computed: the new state, the last input it took in, and the transitions on the way. */
export interface SandboxAdvance {
  readonly state: string;
  readonly lastInput: number;
  readonly transitions: readonly SandboxTransition[];
}

/** Where the sandbox keeps its log. The store implements it on SQLite, tests in memory. */
export interface SandboxJournal {
  /** Appends an input; gives its number. */
  append(atMs: number, body: string): Promise<number>;
  /**
   * Reads the snapshot, computes, and writes what `compute` gives, all in one exclusive transaction, so that two
   * processes that look at once write the transitions once. `compute` gives null when there is nothing to write.
   */
  advance(compute: (snapshot: SandboxSnapshot) => SandboxAdvance | null): Promise<void>;
  /** The state as of the last transition written; null before the first. */
  state(): Promise<string | null>;
  /** Transitions with a number greater than `after`, in order, at most `limit` (>= 1). */
  transitions(after: number, limit: number): Promise<readonly SandboxTransition[]>;
}
