import * as v from 'valibot';
import type { ActionFilter, ActionRecord, NewAction, SavedPlan } from '../actions/records.js';
import type { ActionState } from '../../port/actions.js';
import type { ProcessIdentity } from '../processes.js';
import type { Database, SqlValue } from './database.js';
import { processColumns, processEntries, processValues, toProcess } from './process-columns.js';

/** Ended actions kept of an engine and namespace. */
const keptActions = 1_000;

const actionColumns = `id, namespace, name, state, object_kind, object_id, object_name, stack, user, started_at,
  ended_at, reason, ${processColumns}, epoch, lease_epoch, stack_id, canceled_by, intent IS NOT NULL AS retryable`;

export const actionState = v.picklist(['Pending', 'In progress', 'Canceling', 'Canceled', 'Success', 'Failed']);
export const objectKind = v.picklist([
  'stack',
  'service',
  'container',
  'node',
  'node cluster',
  'image',
  'app',
  'other',
]);

const actionRow = v.object({
  id: v.string(),
  namespace: v.string(),
  name: v.string(),
  state: actionState,
  object_kind: objectKind,
  object_id: v.string(),
  object_name: v.string(),
  stack: v.string(),
  user: v.string(),
  started_at: v.string(),
  ended_at: v.nullable(v.string()),
  reason: v.nullable(v.string()),
  ...processEntries,
  epoch: v.number(),
  lease_epoch: v.number(),
  stack_id: v.string(),
  canceled_by: v.nullable(v.string()),
  retryable: v.number(),
});

const idRow = v.object({ id: v.string() });

/** A change of an action's state: what it needs, and what it sets besides. */
export interface StateChange {
  readonly id: string;
  readonly to: ActionState;
  /** A condition of SQL on the row before, and its parameters. */
  readonly when: readonly [condition: string, ...parameters: SqlValue[]];
  /** Assignments of SQL, and their parameters. */
  readonly set?: readonly [] | readonly [assignments: string, ...parameters: SqlValue[]];
}

/** The rows of the actions of one engine identity, without what hangs on them. */
export class ActionRows {
  readonly #database: Database;
  readonly #engine: string;

  constructor(database: Database, engine: string) {
    this.#database = database;
    this.#engine = engine;
  }

  find(id: string): ActionRecord | null {
    return this.#select('engine = ? AND id = ?', [this.#engine, id])[0] ?? null;
  }

  /** For one that was written a moment ago, in the same transaction. */
  existing(id: string): ActionRecord {
    const action = this.find(id);
    if (action === null) throw new Error(`action ${id} is not there after it was written`);
    return action;
  }

  /** Newest first. */
  list(namespace: string, { state, stack, limit }: ActionFilter): ActionRecord[] {
    const conditions = ['engine = ?', 'namespace = ?'];
    const parameters: SqlValue[] = [this.#engine, namespace];
    if (state !== undefined) {
      conditions.push('state = ?');
      parameters.push(state);
    }
    if (stack !== undefined) {
      conditions.push('(stack = ? OR object_id = ?)');
      parameters.push(stack, stack);
    }
    const order = 'ORDER BY sequence DESC LIMIT ?';
    return this.#select(`${conditions.join(' AND ')} ${order}`, [...parameters, limit ?? -1]);
  }

  /** Those whose id begins with the text, twenty at most. */
  byIdPrefix(namespace: string, prefix: string): ActionRecord[] {
    const condition = 'engine = ? AND namespace = ? AND substr(id, 1, ?) = ? LIMIT 20';
    return this.#select(condition, [this.#engine, namespace, prefix.length, prefix]);
  }

  /** Oldest first. */
  unfinished(namespace: string): ActionRecord[] {
    const condition = 'engine = ? AND namespace = ? AND ended_at IS NULL ORDER BY sequence';
    return this.#select(condition, [this.#engine, namespace]);
  }

  /** Those that were interrupted and nobody was told of, oldest first. */
  untold(namespace: string): ActionRecord[] {
    const condition = "engine = ? AND namespace = ? AND reason = 'interrupted' AND told = 0 ORDER BY sequence";
    return this.#select(condition, [this.#engine, namespace]);
  }

  /** Those of a stack that have ended and can still be retried. */
  retryable(namespace: string, stack: string): ActionRecord[] {
    const condition =
      'engine = ? AND namespace = ? AND stack = ? AND ended_at IS NOT NULL AND intent IS NOT NULL ORDER BY sequence';
    return this.#select(condition, [this.#engine, namespace, stack]);
  }

  /** True when the action is there, and the condition of SQL holds for it. */
  is(id: string, condition: string, ...parameters: SqlValue[]): boolean {
    const sql = `SELECT id FROM action WHERE id = ? AND engine = ? AND ${condition}`;
    return this.#database.first(idRow, sql, [id, this.#engine, ...parameters]) !== undefined;
  }

  /** False, and nothing is changed, when the action is not as it should be for it. */
  change({ id, to, when, set = [] }: StateChange): boolean {
    const [condition, ...given] = when;
    const [assignments, ...values] = set;
    const all = assignments === undefined ? 'state = ?' : `state = ?, ${assignments}`;
    const sql = `UPDATE action SET ${all} WHERE id = ? AND engine = ? AND ${condition}`;
    return this.#database.run(sql, [to, ...values, id, this.#engine, ...given]) > 0;
  }

  /** False when the epoch is over, or the action has ended. */
  setLease(id: string, epoch: number, leaseEpoch: number): boolean {
    const sql = 'UPDATE action SET lease_epoch = ? WHERE id = ? AND engine = ? AND epoch = ? AND ended_at IS NULL';
    return this.#database.run(sql, [leaseEpoch, id, this.#engine, epoch]) > 0;
  }

  insert(action: NewAction, { stackId, wayBack }: SavedPlan, runner: ProcessIdentity, startedAt: string): void {
    const { id, namespace, name, object, stack, user, leaseEpoch, intent } = action;
    this.#database.run(
      `INSERT INTO action (engine, id, namespace, name, state, object_kind, object_id, object_name, stack, user,
          started_at, ${processColumns}, epoch, lease_epoch, intent, stack_id, way_back)
        VALUES (?, ?, ?, ?, 'Pending', ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?, ?, ?, ?)`,
      [
        ...[this.#engine, id, namespace, name, object.kind, object.id, object.name, stack, user, startedAt],
        ...processValues(runner),
        ...[leaseEpoch, JSON.stringify(intent), stackId, wayBack === null ? null : JSON.stringify(wayBack)],
      ],
    );
  }

  prune(namespace: string): void {
    this.#database.run(
      `DELETE FROM action WHERE ended_at IS NOT NULL AND engine = ?1 AND namespace = ?2 AND sequence <= (
        SELECT sequence FROM action WHERE engine = ?1 AND namespace = ?2 AND ended_at IS NOT NULL
          ORDER BY sequence DESC LIMIT 1 OFFSET ?3)`,
      [this.#engine, namespace, keptActions],
    );
  }

  #select(condition: string, parameters: readonly SqlValue[]): ActionRecord[] {
    const sql = `SELECT ${actionColumns} FROM action WHERE ${condition}`;
    return this.#database.all(actionRow, sql, parameters).map(toActionRecord);
  }
}

function toActionRecord(row: v.InferOutput<typeof actionRow>): ActionRecord {
  return {
    id: row.id,
    namespace: row.namespace,
    name: row.name,
    state: row.state,
    object: { kind: row.object_kind, id: row.object_id, name: row.object_name },
    stack: row.stack,
    user: row.user,
    startedAt: row.started_at,
    endedAt: row.ended_at,
    reason: row.reason,
    runner: toProcess(row),
    epoch: row.epoch,
    leaseEpoch: row.lease_epoch,
    stackId: row.stack_id,
    canceledBy: row.canceled_by,
    retryable: row.retryable !== 0,
  };
}
