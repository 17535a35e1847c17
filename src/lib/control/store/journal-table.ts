import * as v from 'valibot';
import type { SandboxAdvance, SandboxJournal, SandboxSnapshot } from '../engines/sandbox/journal.js';
import type { Database } from './database.js';

/** Inputs kept after the state has taken them in. */
const keptInputs = 1_000;
/** Transitions kept: what `event` can look back on. */
const keptTransitions = 20_000;

const stateRow = v.object({ state: v.string(), lastInput: v.number() });
const inputRow = v.object({ sequence: v.number(), atMs: v.number(), body: v.string() });
const lastRow = v.object({ last: v.nullable(v.number()), atMs: v.nullable(v.number()) });
const transitionRow = v.object({
  sequence: v.number(),
  at: v.string(),
  namespace: v.string(),
  stack: v.string(),
  kind: v.picklist(['network', 'volume', 'secret', 'config', 'service', 'container', 'node']),
  name: v.string(),
  verb: v.string(),
  message: v.nullable(v.string()),
});

/** The sandbox's journal of one engine identity, in the store. */
export function journalTable(database: Database, engine: string): SandboxJournal {
  const lastInput = () =>
    database.first(lastRow, 'SELECT max(sequence) AS last, max(at_ms) AS atMs FROM sandbox_input WHERE engine = ?', [
      engine,
    ]);

  return {
    append: async (atMs, body) =>
      database.transaction(() => {
        const last = lastInput();
        const sequence = (last?.last ?? 0) + 1;
        // Clocks step back; inputs do not.
        const at = Math.max(Math.trunc(atMs), last?.atMs ?? 0);
        database.run('INSERT INTO sandbox_input (engine, sequence, at_ms, body) VALUES (?, ?, ?, ?)', [
          engine,
          sequence,
          at,
          body,
        ]);
        return sequence;
      }),

    advance: async (compute) =>
      database.transaction(() => {
        const advance = compute(snapshot(database, engine));
        if (advance !== null) write(database, engine, advance);
      }),

    state: async () =>
      database.first(stateRow, 'SELECT state, last_input AS lastInput FROM sandbox_state WHERE engine = ?', [engine])
        ?.state ?? null,

    transitions: async (after, limit) =>
      database.all(
        transitionRow,
        `SELECT sequence, at, namespace, stack, kind, name, verb, message FROM sandbox_transition
          WHERE engine = ? AND sequence > ? ORDER BY sequence LIMIT ?`,
        [engine, after, limit],
      ),
  };
}

function snapshot(database: Database, engine: string): SandboxSnapshot {
  const state = database.first(stateRow, 'SELECT state, last_input AS lastInput FROM sandbox_state WHERE engine = ?', [
    engine,
  ]);
  const inputs = database.all(
    inputRow,
    'SELECT sequence, at_ms AS atMs, body FROM sandbox_input WHERE engine = ? AND sequence > ? ORDER BY sequence',
    [engine, state?.lastInput ?? 0],
  );
  return { state: state?.state ?? null, inputs, nextTransition: nextTransition(database, engine) };
}

function nextTransition(database: Database, engine: string): number {
  const last = database.first(
    v.object({ last: v.nullable(v.number()) }),
    'SELECT max(sequence) AS last FROM sandbox_transition WHERE engine = ?',
    [engine],
  );
  return (last?.last ?? 0) + 1;
}

function write(database: Database, engine: string, advance: SandboxAdvance): void {
  database.run(
    `INSERT INTO sandbox_state (engine, state, last_input) VALUES (?, ?, ?)
      ON CONFLICT (engine) DO UPDATE SET state = excluded.state, last_input = excluded.last_input`,
    [engine, advance.state, advance.lastInput],
  );
  for (const event of advance.transitions) {
    database.run(
      `INSERT INTO sandbox_transition (engine, sequence, at, namespace, stack, kind, name, verb, message)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [
        engine,
        event.sequence,
        event.at,
        event.namespace,
        event.stack,
        event.kind,
        event.name,
        event.verb,
        event.message,
      ],
    );
  }
  database.run('DELETE FROM sandbox_input WHERE engine = ? AND sequence <= ?', [
    engine,
    advance.lastInput - keptInputs,
  ]);
  const lastTransition = advance.transitions.at(-1)?.sequence;
  if (lastTransition !== undefined) {
    database.run('DELETE FROM sandbox_transition WHERE engine = ? AND sequence <= ?', [
      engine,
      lastTransition - keptTransitions,
    ]);
  }
}
