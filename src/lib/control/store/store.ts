import { setTimeout } from 'node:timers/promises';
import * as v from 'valibot';
import type { ActionRecords } from '../actions/records.js';
import type { SandboxJournal } from '../engines/sandbox/journal.js';
import type { Ledger } from '../ledger.js';
import type { Processes } from '../processes.js';
import { ActionTable } from './action-table.js';
import { Database } from './database.js';
import { journalTable } from './journal-table.js';
import { LedgerTable } from './ledger-table.js';
import { migrate, migrations } from './migrations.js';
import { sqliteCode } from './store-error.js';
import { type UnfinishedMark, unfinishedMark } from './unfinished-mark.js';

/**
 * What berth keeps in `$BERTH_HOME/berth.db`. Everything is asynchronous, so that the database can move to a worker
 * thread; every method of what it gives that changes something does so in one transaction (`failAbandoned` in one an
 * action), and all throw StoreError when the file cannot be used.
 */
export interface Store {
  readonly path: string;
  /** The actions of an engine; `engine` is its identity. */
  actions(engine: string): ActionRecords;
  /** The ledger of an engine that has no place for one: the sandbox. */
  ledger(engine: string): Ledger;
  journal(engine: string): SandboxJournal;
  /** Idempotent. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Made where it is missing (mode 0600), with its directory (0700). */
  readonly path: string;
  readonly processes: Processes;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** How long to wait for another process that writes. Default 5,000. */
  readonly busyTimeoutMs?: number;
}

/**
 * Opens the store and brings its tables up to date. A file that cannot be used is left as it is.
 *
 * @throws StoreError naming the file, what is wrong with it and what to do.
 */
export async function openStore({ path, processes, now, busyTimeoutMs = 5_000 }: StoreOptions): Promise<Store> {
  const database = new Database(path, busyTimeoutMs);
  try {
    await useWal(database, Date.now() + busyTimeoutMs);
    // In WAL mode NORMAL loses no committed transaction when the process dies, only when the power fails.
    database.execute('PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON');
    migrate(database, migrations, now);
  } catch (error) {
    database.close();
    throw error;
  }
  const mark = unfinishedMark(path);
  return {
    path,
    actions: (engine) => new ActionTable(database, engine, processes, now, mark),
    ledger: (engine) => new LedgerTable(database, engine, processes, now),
    journal: (engine) => journalTable(database, engine),
    close: async () => {
      if (database.isOpen && mark.isSet()) removeIfFinished(database, mark);
      database.close();
    },
  };
}

/** Nobody waits for this: where another process writes, the mark is his to remove, or stays until it is looked at again. */
function removeIfFinished(database: Database, mark: UnfinishedMark): void {
  const isFinished = (): boolean =>
    ['ended_at IS NULL', "reason = 'interrupted' AND told = 0"].every(
      (condition) => database.first(idRow, `SELECT id FROM action WHERE ${condition} LIMIT 1`) === undefined,
    );
  try {
    if (!isFinished()) return;
    database.execute('PRAGMA busy_timeout = 0');
    database.transaction(() => {
      if (isFinished()) mark.remove();
    });
  } catch {
    // It says only that it is worth a look.
  }
}

const idRow = v.object({ id: v.string() });

/** SQLite does not wait for others when it changes the journal mode, so that two first starts at once need this. */
async function useWal(database: Database, deadlineMs: number): Promise<void> {
  const mode = v.object({ journal_mode: v.string() });
  for (;;) {
    try {
      database.all(mode, 'PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      const busy = error instanceof Error && sqliteCode(error.cause) === 'SQLITE_BUSY';
      if (!busy || Date.now() > deadlineMs) throw error;
      await setTimeout(10);
    }
  }
}
