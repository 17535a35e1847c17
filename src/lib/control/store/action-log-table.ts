import * as v from 'valibot';
import type { ActionEvent, NumberedLogLine } from '../actions/records.js';
import { actionState, objectKind } from './action-rows.js';
import type { Database } from './database.js';

/** Lines kept of an action's log. */
const keptLines = 10_000;
/** Changes of state kept of an engine and namespace. */
const keptEvents = 5_000;

const lineRow = v.object({ sequence: v.number(), at: v.string(), text: v.string() });
const eventRow = v.object({
  sequence: v.number(),
  at: v.string(),
  state: actionState,
  reason: v.nullable(v.string()),
  id: v.string(),
  name: v.string(),
  object_kind: objectKind,
  object_id: v.string(),
  object_name: v.string(),
  stack: v.string(),
  user: v.string(),
});

/** What happened to the actions of one engine identity, in the store: their logs, and the changes of their states. */
export class ActionLogTable {
  readonly #database: Database;
  readonly #engine: string;

  constructor(database: Database, engine: string) {
    this.#database = database;
    this.#engine = engine;
  }

  /** Lines after that number. */
  lines(actionId: string, after: number): NumberedLogLine[] {
    const sql = 'SELECT sequence, at, text FROM action_log WHERE action_id = ? AND sequence > ? ORDER BY sequence';
    return this.#database.all(lineRow, sql, [actionId, after]);
  }

  append(actionId: string, at: string, text: string): void {
    this.#database.run(
      `INSERT INTO action_log (action_id, sequence, at, text)
        SELECT ?1, coalesce(max(sequence), 0) + 1, ?2, ?3 FROM action_log WHERE action_id = ?1`,
      [actionId, at, text],
    );
    this.#database.run(
      `DELETE FROM action_log WHERE action_id = ?1
        AND sequence <= (SELECT max(sequence) FROM action_log WHERE action_id = ?1) - ?2`,
      [actionId, keptLines],
    );
  }

  /** Writes down the state that the action has now. */
  stateChanged(actionId: string, at: string): void {
    this.#database.run(
      `INSERT INTO action_event (engine, namespace, action_id, at, state, reason)
        SELECT engine, namespace, id, ?, state, reason FROM action WHERE id = ?`,
      [at, actionId],
    );
  }

  /** Changes of state after that number, in order. */
  events(namespace: string, after: number, limit: number): ActionEvent[] {
    const sql = `SELECT action_event.sequence, action_event.at, action_event.state, action_event.reason,
        action.id, action.name, action.object_kind, action.object_id, action.object_name, action.stack, action.user
      FROM action_event JOIN action ON action.id = action_event.action_id
      WHERE action_event.engine = ? AND action_event.namespace = ? AND action_event.sequence > ?
      ORDER BY action_event.sequence LIMIT ?`;
    return this.#database.all(eventRow, sql, [this.#engine, namespace, after, limit]).map((row) => ({
      sequence: row.sequence,
      at: row.at,
      state: row.state,
      reason: row.reason,
      action: {
        id: row.id,
        name: row.name,
        object: { kind: row.object_kind, id: row.object_id, name: row.object_name },
        stack: row.stack,
        user: row.user,
      },
    }));
  }

  pruneEvents(namespace: string): void {
    this.#database.run(
      `DELETE FROM action_event WHERE engine = ?1 AND namespace = ?2 AND sequence <= (
        SELECT sequence FROM action_event WHERE engine = ?1 AND namespace = ?2
          ORDER BY sequence DESC LIMIT 1 OFFSET ?3)`,
      [this.#engine, namespace, keptEvents],
    );
  }
}
