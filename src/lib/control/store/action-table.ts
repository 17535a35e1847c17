import * as v from 'valibot';
import type { ActionRecord, ActionRecords, NewAction, RecordedStep } from '../actions/records.js';
import type { Step } from '../../plan/steps.js';
import type { Processes } from '../processes.js';
import type { Database, SqlValue } from './database.js';
import { readJson, stepBodySchema, strings } from './json-column.js';
import { processColumns, processEntries, processValues, toProcess } from './process-columns.js';

/** Ended actions kept of an engine and namespace. */
const keptActions = 1_000;
/** Lines kept of an action's log. */
const keptLines = 10_000;

const columns = `id, namespace, name, state, object_kind, object_id, object_name, stack, user, started_at, ended_at,
  reason, ${processColumns}, epoch`;

const actionRow = v.object({
  id: v.string(),
  namespace: v.string(),
  name: v.string(),
  state: v.picklist(['Pending', 'In progress', 'Canceling', 'Canceled', 'Success', 'Failed']),
  object_kind: v.picklist(['stack', 'service', 'container', 'node', 'node cluster', 'image', 'app', 'other']),
  object_id: v.string(),
  object_name: v.string(),
  stack: v.string(),
  user: v.string(),
  started_at: v.string(),
  ended_at: v.nullable(v.string()),
  reason: v.nullable(v.string()),
  ...processEntries,
  epoch: v.number(),
});

const stepRow = v.object({
  id: v.string(),
  wave: v.number(),
  operation: v.picklist(['create', 'update', 'remove', 'start', 'stop', 'restart', 'scale', 'store', 'wait']),
  kind: v.picklist(['stack', 'service', 'network', 'volume', 'config', 'secret', 'container']),
  name: v.string(),
  reasons: v.string(),
  body: v.string(),
  state: v.picklist(['pending', 'running', 'done', 'failed', 'skipped']),
});

const idRow = v.object({ id: v.string() });
const lineRow = v.object({ sequence: v.number(), at: v.string(), text: v.string() });

/** The actions of one engine identity, in the store. */
export function actionTable(
  database: Database,
  engine: string,
  processes: Processes,
  now: () => number,
): ActionRecords {
  const { self } = processes;
  const time = () => new Date(now()).toISOString();
  const find = (id: string): ActionRecord | null => {
    const row = database.first(actionRow, `SELECT ${columns} FROM action WHERE id = ? AND engine = ?`, [id, engine]);
    return row === undefined ? null : toRecord(row);
  };

  return {
    create: async (action, steps) =>
      database.transaction(() => {
        insertAction(database, engine, processes, time(), action);
        insertSteps(database, action.id, steps);
        prune(database, engine, action.namespace);
        const created = find(action.id);
        if (created === null) throw new Error(`action ${action.id} is not there after it was created`);
        return created;
      }),

    get: async (id) => find(id),

    list: async (namespace, filter) => {
      const conditions = ['engine = ?', 'namespace = ?'];
      const parameters: SqlValue[] = [engine, namespace];
      if (filter.state !== undefined) {
        conditions.push('state = ?');
        parameters.push(filter.state);
      }
      if (filter.stack !== undefined) {
        conditions.push('(stack = ? OR object_id = ?)');
        parameters.push(filter.stack, filter.stack);
      }
      const sql = `SELECT ${columns} FROM action WHERE ${conditions.join(' AND ')} ORDER BY sequence DESC LIMIT ?`;
      return database.all(actionRow, sql, [...parameters, filter.limit ?? -1]).map(toRecord);
    },

    byIdPrefix: async (namespace, prefix) =>
      database
        .all(
          actionRow,
          `SELECT ${columns} FROM action WHERE engine = ? AND namespace = ? AND substr(id, 1, ?) = ? LIMIT 20`,
          [engine, namespace, prefix.length, prefix],
        )
        .map(toRecord),

    steps: async (id) =>
      database
        .all(
          stepRow,
          `SELECT id, wave, operation, kind, name, reasons, body, state FROM action_step
            WHERE action_id = ? ORDER BY position`,
          [id],
        )
        .map((row) => toStep(database, row)),

    take: async (id) =>
      database.transaction(() => {
        const taken = database.run(
          `UPDATE action SET state = 'In progress', epoch = epoch + 1, (${processColumns}) = (?, ?, ?, ?, ?, ?)
            WHERE id = ? AND engine = ? AND state = 'Pending'`,
          [...processValues(self), id, engine],
        );
        return taken === 0 ? null : find(id);
      }),

    handOver: async (id, epoch) =>
      database.transaction(() => {
        const sql = "UPDATE action SET state = 'Pending' WHERE id = ? AND epoch = ? AND state = 'In progress'";
        if (database.run(sql, [id, epoch]) === 0) return false;
        stopSteps(database, id, 'pending');
        return true;
      }),

    markStep: async (id, epoch, stepId, state) =>
      database.run(
        `UPDATE action_step SET state = ? WHERE action_id = ? AND id = ?
          AND EXISTS (SELECT 1 FROM action WHERE id = ? AND epoch = ? AND state = 'In progress')`,
        [state, id, stepId, id, epoch],
      ) > 0,

    end: async (id, epoch, state, reason) =>
      database.transaction(() => endAction(database, { id, epoch, state, reason, at: time() })),

    lines: async (id, after) =>
      database.all(
        lineRow,
        'SELECT sequence, at, text FROM action_log WHERE action_id = ? AND sequence > ? ORDER BY sequence',
        [id, after],
      ),

    log: async (id, epoch, text) =>
      database.transaction(() => {
        const sql = 'SELECT id FROM action WHERE id = ? AND epoch = ? AND ended_at IS NULL';
        if (database.first(idRow, sql, [id, epoch]) === undefined) return false;
        appendLine(database, id, time(), text);
        return true;
      }),

    failAbandoned: async (namespace) => {
      const unfinished = database.all(
        actionRow,
        `SELECT ${columns} FROM action WHERE engine = ? AND namespace = ? AND ended_at IS NULL`,
        [engine, namespace],
      );
      for (const row of unfinished) {
        if (processes.fate(toRecord(row).runner) === 'dead') failOne(database, row.id, row.epoch, time());
      }
    },
  };
}

function insertAction(
  database: Database,
  engine: string,
  { self }: Processes,
  startedAt: string,
  action: NewAction,
): void {
  const { object } = action;
  database.run(
    `INSERT INTO action (engine, ${columns}) VALUES (?, ?, ?, ?, 'Pending', ?, ?, ?, ?, ?, ?, NULL, NULL, ?, ?, ?, ?, ?, ?, 1)`,
    [
      engine,
      ...[action.id, action.namespace, action.name, object.kind, object.id, object.name, action.stack, action.user],
      startedAt,
      ...processValues(self),
    ],
  );
}

function insertSteps(database: Database, actionId: string, steps: readonly Step[]): void {
  steps.forEach((step, index) => {
    const { id, wave, operation, kind, name } = step;
    database.run(
      `INSERT INTO action_step (action_id, position, id, wave, operation, kind, name, reasons, body, state)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending')`,
      [actionId, index + 1, id, wave, operation, kind, name, JSON.stringify(step.reasons), JSON.stringify(step.body)],
    );
  });
}

function prune(database: Database, engine: string, namespace: string): void {
  database.run(
    `DELETE FROM action WHERE ended_at IS NOT NULL AND engine = ?1 AND namespace = ?2 AND sequence <= (
      SELECT sequence FROM action WHERE engine = ?1 AND namespace = ?2 AND ended_at IS NOT NULL
        ORDER BY sequence DESC LIMIT 1 OFFSET ?3)`,
    [engine, namespace, keptActions],
  );
}

interface End {
  readonly id: string;
  readonly epoch: number;
  readonly state: 'Success' | 'Failed' | 'Canceled';
  readonly reason: string | null;
  readonly at: string;
}

/** False when the epoch is over, or the action has ended. A step that was under way was not done, or has failed. */
function endAction(database: Database, { id, epoch, state, reason, at }: End): boolean {
  const ended = database.run(
    'UPDATE action SET state = ?, reason = ?, ended_at = ? WHERE id = ? AND epoch = ? AND ended_at IS NULL',
    [state, reason, at, id, epoch],
  );
  if (ended === 0) return false;
  stopSteps(database, id, state === 'Failed' ? 'failed' : 'pending');
  return true;
}

function stopSteps(database: Database, id: string, state: 'pending' | 'failed'): void {
  database.run("UPDATE action_step SET state = ? WHERE action_id = ? AND state = 'running'", [state, id]);
}

/** Only in the epoch that was read: the action may have got another runner meanwhile. */
function failOne(database: Database, id: string, epoch: number, at: string): void {
  database.transaction(() => {
    if (!endAction(database, { id, epoch, state: 'Failed', reason: 'interrupted', at })) return;
    appendLine(database, id, at, 'interrupted: the process that ran this action is gone');
  });
}

function appendLine(database: Database, id: string, at: string, text: string): void {
  database.run(
    `INSERT INTO action_log (action_id, sequence, at, text)
      SELECT ?1, coalesce(max(sequence), 0) + 1, ?2, ?3 FROM action_log WHERE action_id = ?1`,
    [id, at, text],
  );
  database.run(
    `DELETE FROM action_log WHERE action_id = ?1
      AND sequence <= (SELECT max(sequence) FROM action_log WHERE action_id = ?1) - ?2`,
    [id, keptLines],
  );
}

function toRecord(row: v.InferOutput<typeof actionRow>): ActionRecord {
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
  };
}

function toStep(database: Database, row: v.InferOutput<typeof stepRow>): RecordedStep {
  return {
    ...row,
    reasons: readJson(database, strings, row.reasons),
    body: readJson(database, stepBodySchema, row.body),
  };
}
