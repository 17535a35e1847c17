import * as v from 'valibot';
import type { Project } from '../../compose/project.js';
import { NotFoundError } from '../../port/errors.js';
import type { StackScope } from '../../plan/resources.js';
import type { Claim, FreshStack, Ledger, LockHolder, StackRecord } from '../ledger.js';
import { type Processes, sameProcess } from '../processes.js';
import type { Database, SqlValue } from './database.js';
import { hashes, projectSchema, readJson } from './json-column.js';
import { isProcess, processColumns, processEntries, processKey, processValues, toProcess } from './process-columns.js';

const stackRow = v.object({
  id: v.string(),
  namespace: v.string(),
  name: v.string(),
  version: v.number(),
  engine_kind: v.picklist(['sandbox', 'docker', 'swarm']),
  definition: v.string(),
  applied: v.string(),
  terminating: v.number(),
  created_at: v.string(),
  deployed_at: v.nullable(v.string()),
});
const overlayRow = v.object({ service: v.string(), replicas: v.number() });
const lockRow = v.object({
  action_id: v.string(),
  ...processEntries,
  user: v.string(),
  command: v.string(),
  since: v.string(),
});

const stackColumns =
  'id, namespace, name, version, engine_kind, definition, applied, terminating, created_at, deployed_at';
const ofStack = 'engine = ? AND namespace = ? AND name = ?';
const ofLock = 'engine = ? AND namespace = ? AND stack = ?';

/** The sandbox's ledger: it has no place of its own for what an engine must remember, so the store is it. */
export function ledgerTable(database: Database, engine: string, processes: Processes): Ledger {
  const find = (scope: StackScope): StackRecord | null => {
    const row = database.first(stackRow, `SELECT ${stackColumns} FROM stack WHERE ${ofStack}`, key(engine, scope));
    return row === undefined ? null : toRecord(database, row);
  };
  const existing = (scope: StackScope): StackRecord => {
    const record = find(scope);
    if (record === null) throw new NotFoundError(`no stack ${JSON.stringify(scope.stack)}`);
    return record;
  };
  const update = (scope: StackScope, assignment: string, values: readonly SqlValue[]): void => {
    const changed = database.run(`UPDATE stack SET ${assignment} WHERE ${ofStack}`, [...values, ...key(engine, scope)]);
    if (changed === 0) existing(scope);
  };

  return {
    list: async (namespace) =>
      database
        .all(stackRow, `SELECT ${stackColumns} FROM stack WHERE engine = ? AND namespace = ? ORDER BY name`, [
          engine,
          namespace,
        ])
        .map((row) => toRecord(database, row)),

    get: async (scope) => find(scope),

    define: async (scope, definition, fresh) =>
      database.transaction(() => {
        defineStack(database, engine, scope, definition, fresh);
        return existing(scope);
      }),

    markTerminating: async (scope) => update(scope, 'terminating = 1', []),
    markDeployed: async (scope, at) => update(scope, 'deployed_at = ?', [at]),

    markApplied: async (scope, resource, hash) =>
      database.transaction(() => {
        const { [resource]: _before, ...others } = existing(scope).applied;
        const applied = hash === null ? others : { ...others, [resource]: hash };
        update(scope, 'applied = ?', [JSON.stringify(applied)]);
      }),

    setScale: async (scope, replicas) =>
      database.transaction(() => {
        const { id } = existing(scope);
        for (const [service, count] of Object.entries(replicas)) {
          database.run(
            `INSERT INTO scale_overlay (stack_id, service, replicas) VALUES (?, ?, ?)
              ON CONFLICT (stack_id, service) DO UPDATE SET replicas = excluded.replicas`,
            [id, service, count],
          );
        }
      }),

    forget: async (scope) => void database.run(`DELETE FROM stack WHERE ${ofStack}`, key(engine, scope)),

    claim: async (scope, holder) => database.transaction(() => claim(database, engine, processes, scope, holder)),

    release: async (scope, { actionId, process }) =>
      void database.run(`DELETE FROM stack_lock WHERE ${ofLock} AND action_id = ? AND ${isProcess}`, [
        ...key(engine, scope),
        actionId,
        ...processKey(process),
      ]),
  };
}

function defineStack(
  database: Database,
  engine: string,
  scope: StackScope,
  definition: Project,
  fresh: FreshStack,
): void {
  database.run(
    `INSERT INTO stack (engine, namespace, name, id, version, engine_kind, definition, applied, terminating, created_at)
      VALUES (?, ?, ?, ?, 1, ?, ?, '{}', 0, ?)
      ON CONFLICT (engine, namespace, name)
      DO UPDATE SET version = version + 1, definition = excluded.definition, terminating = 0`,
    [...key(engine, scope), fresh.id, fresh.engineKind, JSON.stringify(definition), fresh.createdAt],
  );
}

function claim(database: Database, engine: string, processes: Processes, scope: StackScope, holder: LockHolder): Claim {
  const row = database.first(
    lockRow,
    `SELECT action_id, ${processColumns}, user, command, since FROM stack_lock WHERE ${ofLock}`,
    key(engine, scope),
  );
  const present = row === undefined ? null : toHolder(row);
  const mine = present !== null && present.actionId === holder.actionId;
  if (present !== null && !mine && processes.fate(present.process) !== 'dead') {
    return { claimed: false, holder: present };
  }
  const { process } = holder;
  database.run(
    `INSERT OR REPLACE INTO stack_lock
      (engine, namespace, stack, action_id, ${processColumns}, user, command, since)
      VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    [...key(engine, scope), holder.actionId, ...processValues(process), ...[holder.user, holder.command, holder.since]],
  );
  const displaced = present !== null && !sameProcess(present.process, process) && !mine ? present : null;
  return { claimed: true, displaced };
}

function key(engine: string, scope: StackScope): string[] {
  return [engine, scope.namespace, scope.stack];
}

function toHolder(row: v.InferOutput<typeof lockRow>): LockHolder {
  return {
    actionId: row.action_id,
    process: toProcess(row),
    user: row.user,
    command: row.command,
    since: row.since,
  };
}

function toRecord(database: Database, row: v.InferOutput<typeof stackRow>): StackRecord {
  const overlay = database.all(overlayRow, 'SELECT service, replicas FROM scale_overlay WHERE stack_id = ?', [row.id]);
  return {
    id: row.id,
    namespace: row.namespace,
    name: row.name,
    version: row.version,
    definition: readJson(database, projectSchema, row.definition),
    engineKind: row.engine_kind,
    terminating: row.terminating !== 0,
    applied: readJson(database, hashes, row.applied),
    scale: Object.fromEntries(overlay.map(({ service, replicas }) => [service, replicas])),
    createdAt: row.created_at,
    deployedAt: row.deployed_at,
  };
}
