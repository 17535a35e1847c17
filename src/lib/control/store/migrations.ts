import * as v from 'valibot';
import { StoreError } from '../../port/errors.js';
import type { Database } from './database.js';
import { damagedStore } from './store-error.js';

/** One change of the store's tables. Published ones are never edited: what comes later gets the next number. */
export interface Migration {
  /** Counted from 1 without gaps. */
  readonly number: number;
  readonly name: string;
  readonly sql: string;
}

/**
 * Retention. `stack` and `scale_overlay`: as long as the stack. `release`: the last 100 of a stack; of the stacks that were
 * terminated, those of the last 20 of an engine and namespace. `stack_lock`: for ever, one row a name that was ever
 * locked, so that its epoch never falls. `action` with its `action_step` and `action_log`: the last 1,000 ended ones of an
 * engine and namespace. `action_log`: the last 10,000 lines of an action. `action_event`: as long as the action, and not
 * more than 5,000 of an engine and namespace when the next action is made. `sandbox_state`: one row an engine.
 * `sandbox_input`: the last 1,000 that the state has taken in, and all it has not. `sandbox_transition`: the last 20,000
 * of an engine.
 */
export const migrations: readonly Migration[] = [
  {
    number: 1,
    name: 'stacks, releases, leases, actions and the sandbox journal',
    sql: `
      CREATE TABLE stack (
        engine TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
        id TEXT NOT NULL UNIQUE, standalone INTEGER NOT NULL, release INTEGER NOT NULL, engine_kind TEXT NOT NULL,
        applied TEXT NOT NULL, terminating INTEGER NOT NULL, created_at TEXT NOT NULL, deployed_at TEXT,
        PRIMARY KEY (engine, namespace, name)
      ) STRICT;
      CREATE TABLE scale_overlay (
        stack_id TEXT NOT NULL REFERENCES stack (id) ON DELETE CASCADE,
        service TEXT NOT NULL, replicas INTEGER NOT NULL CHECK (replicas >= 0),
        PRIMARY KEY (stack_id, service)
      ) STRICT, WITHOUT ROWID;
      -- terminated: null while the stack is there; then counted from 1 in the order they were terminated, the same on
      -- every release of a stack.
      CREATE TABLE release (
        stack_id TEXT NOT NULL, version INTEGER NOT NULL,
        engine TEXT NOT NULL, namespace TEXT NOT NULL, stack TEXT NOT NULL, terminated INTEGER,
        change_key TEXT NOT NULL, user TEXT NOT NULL, summary TEXT NOT NULL,
        definition TEXT NOT NULL, overlays TEXT NOT NULL, rollback_of INTEGER,
        state TEXT NOT NULL, created_at TEXT NOT NULL,
        PRIMARY KEY (stack_id, version)
      ) STRICT;
      CREATE INDEX release_by_stack ON release (engine, namespace, stack, terminated);
      CREATE INDEX release_terminated ON release (engine, namespace, terminated);
      -- The columns from action_id on are null while nobody holds it. expires_at: milliseconds since 1970.
      CREATE TABLE stack_lock (
        engine TEXT NOT NULL, namespace TEXT NOT NULL, stack TEXT NOT NULL, epoch INTEGER NOT NULL,
        action_id TEXT, host TEXT, machine_id TEXT, boot_id TEXT, pid_namespace TEXT, pid INTEGER, start_time TEXT,
        user TEXT, command TEXT, since TEXT, expires_at INTEGER,
        PRIMARY KEY (engine, namespace, stack)
      ) STRICT, WITHOUT ROWID;
      -- intent: null once it was dropped.
      CREATE TABLE action (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE, engine TEXT NOT NULL, namespace TEXT NOT NULL,
        name TEXT NOT NULL, state TEXT NOT NULL,
        object_kind TEXT NOT NULL, object_id TEXT NOT NULL, object_name TEXT NOT NULL, stack TEXT NOT NULL,
        user TEXT NOT NULL, started_at TEXT NOT NULL, ended_at TEXT, reason TEXT,
        host TEXT NOT NULL, machine_id TEXT NOT NULL, boot_id TEXT NOT NULL, pid_namespace TEXT NOT NULL,
        pid INTEGER NOT NULL, start_time TEXT NOT NULL,
        epoch INTEGER NOT NULL, lease_epoch INTEGER NOT NULL, canceled_by TEXT, intent TEXT,
        stack_id TEXT NOT NULL, way_back TEXT, told INTEGER NOT NULL DEFAULT 0
      ) STRICT;
      CREATE INDEX action_by_namespace ON action (engine, namespace, sequence);
      CREATE INDEX action_unfinished ON action (engine, namespace) WHERE ended_at IS NULL;
      CREATE INDEX action_untold ON action (engine, namespace) WHERE reason = 'interrupted' AND told = 0;
      CREATE TABLE action_step (
        action_id TEXT NOT NULL REFERENCES action (id) ON DELETE CASCADE,
        position INTEGER NOT NULL, id TEXT NOT NULL, wave INTEGER NOT NULL,
        operation TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
        reasons TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, undo INTEGER NOT NULL,
        PRIMARY KEY (action_id, position)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE action_log (
        action_id TEXT NOT NULL REFERENCES action (id) ON DELETE CASCADE,
        sequence INTEGER NOT NULL, at TEXT NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (action_id, sequence)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE action_event (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT,
        engine TEXT NOT NULL, namespace TEXT NOT NULL,
        action_id TEXT NOT NULL REFERENCES action (id) ON DELETE CASCADE,
        at TEXT NOT NULL, state TEXT NOT NULL, reason TEXT
      ) STRICT;
      CREATE INDEX action_event_by_namespace ON action_event (engine, namespace, sequence);
      CREATE INDEX action_event_by_action ON action_event (action_id);
      CREATE TABLE sandbox_state (
        engine TEXT NOT NULL PRIMARY KEY, state TEXT NOT NULL, last_input INTEGER NOT NULL
      ) STRICT;
      CREATE TABLE sandbox_input (
        engine TEXT NOT NULL, sequence INTEGER NOT NULL, at_ms INTEGER NOT NULL, body TEXT NOT NULL,
        PRIMARY KEY (engine, sequence)
      ) STRICT, WITHOUT ROWID;
      CREATE TABLE sandbox_transition (
        engine TEXT NOT NULL, sequence INTEGER NOT NULL, at TEXT NOT NULL,
        namespace TEXT NOT NULL, stack TEXT NOT NULL, kind TEXT NOT NULL, name TEXT NOT NULL,
        verb TEXT NOT NULL, message TEXT,
        PRIMARY KEY (engine, sequence)
      ) STRICT, WITHOUT ROWID;
    `,
  },
];

const tables = v.object({ name: v.string() });
const appliedRow = v.object({ number: v.number(), name: v.string() });

/**
 * Brings the tables up to date, one transaction a migration.
 *
 * @throws StoreError when the file is another program's database, or was written by a newer berth. Neither is changed.
 */
export function migrate(database: Database, wanted: readonly Migration[], now: () => number): void {
  const newest = wanted.at(-1)?.number ?? 0;
  if (check(database, wanted) === newest) return;
  for (const migration of wanted) {
    database.transaction(() => {
      // Read again inside: another process may have been faster.
      if (check(database, wanted) >= migration.number) return;
      database.execute(
        'CREATE TABLE IF NOT EXISTS berth_migration (number INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at TEXT NOT NULL) STRICT',
      );
      database.execute(migration.sql);
      database.run('INSERT INTO berth_migration (number, name, applied_at) VALUES (?, ?, ?)', [
        migration.number,
        migration.name,
        new Date(now()).toISOString(),
      ]);
    });
  }
}

/** The number of the last migration that the file has; 0 for an empty one. */
function check(database: Database, wanted: readonly Migration[]): number {
  const names = database.all(tables, "SELECT name FROM sqlite_master WHERE type = 'table'").map((row) => row.name);
  if (names.length === 0) return 0;
  if (!names.includes('berth_migration')) {
    throw new StoreError(`the store ${database.path} is the database of another program`, {
      hint: 'Nothing was changed. Point BERTH_HOME elsewhere.',
      detail: `it has the tables ${names.join(', ')}`,
    });
  }
  const applied = database.all(appliedRow, 'SELECT number, name FROM berth_migration ORDER BY number');
  const last = applied.at(-1);
  if (last === undefined) throw damagedStore(database.path, 'it does not say which migrations it has had');
  const newest = wanted.at(-1)?.number ?? 0;
  if (last.number > newest) {
    throw new StoreError(`the store ${database.path} was written by a newer berth`, {
      hint: 'Nothing was changed. Update berth, or point BERTH_HOME elsewhere.',
      detail: `it has migration ${last.number}, this berth knows ${newest}`,
    });
  }
  const strange = applied.find(({ number, name }) => wanted.find((known) => known.number === number)?.name !== name);
  if (strange !== undefined) {
    throw new StoreError(`the store ${database.path} was made by a berth that was never released`, {
      hint: 'Nothing was changed. Move it away, or point BERTH_HOME elsewhere.',
      detail: `its migration ${strange.number} is "${strange.name}"`,
    });
  }
  return last.number;
}
