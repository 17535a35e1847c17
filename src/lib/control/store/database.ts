import { closeSync, mkdirSync, openSync, readSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import Libsql from 'libsql';
import * as v from 'valibot';
import { damagedStore, storeError } from './store-error.js';

/** What SQLite takes as a parameter. */
export type SqlValue = string | number | null;

/**
 * One connection to a SQLite file: statements prepared once, rows validated, errors told as StoreErrors. Calls are
 * synchronous inside; the store hides it behind promises.
 */
export class Database {
  readonly path: string;
  readonly #connection: Libsql.Database;
  readonly #busyTimeoutMs: number;
  readonly #statements = new Map<string, Libsql.Statement>();
  #open = true;
  #wrote = false;

  /**
   * Opens the file; makes it (mode 0600) and its directory (0700) where they are missing.
   *
   * @throws StoreError when that cannot be done. What is in the file is not looked at yet.
   */
  constructor(path: string, busyTimeoutMs: number) {
    this.path = path;
    this.#busyTimeoutMs = busyTimeoutMs;
    try {
      mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
      createPrivately(path);
      checkHeader(path);
      this.#connection = new Libsql(path, { timeout: busyTimeoutMs });
    } catch (error) {
      throw storeError(path, error, busyTimeoutMs);
    }
  }

  get isOpen(): boolean {
    return this.#open;
  }

  /** Runs statements that give no rows. */
  execute(sql: string): void {
    this.#guard(() => this.#connection.exec(sql));
  }

  /** All rows of a query, validated. Throws StoreError when a row is not what the schema says. */
  all<const Schema extends v.GenericSchema>(
    schema: Schema,
    sql: string,
    parameters: readonly SqlValue[] = [],
  ): v.InferOutput<Schema>[] {
    const rows = this.#guard(() => this.#prepare(sql).all(parameters));
    return rows.map((row) => {
      const parsed = v.safeParse(schema, row);
      if (!parsed.success) throw damagedStore(this.path, parsed.issues[0].message);
      return parsed.output;
    });
  }

  /** The first row of a query, validated. */
  first<const Schema extends v.GenericSchema>(
    schema: Schema,
    sql: string,
    parameters: readonly SqlValue[] = [],
  ): v.InferOutput<Schema> | undefined {
    return this.all(schema, sql, parameters)[0];
  }

  /** Runs a statement that changes rows; gives their number. */
  run(sql: string, parameters: readonly SqlValue[] = []): number {
    const { changes } = this.#guard(() => this.#prepare(sql).run(parameters));
    this.#wrote ||= changes > 0;
    return changes;
  }

  /**
   * Runs `work` alone: no other process writes between its first read and its last write. Everything it wrote is taken
   * back when it throws.
   */
  transaction<T>(work: () => T): T {
    this.execute('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.execute('COMMIT');
      return result;
    } catch (error) {
      this.#rollback();
      throw error;
    }
  }

  /** Idempotent. What was written is moved from the log into the main file, unless others are using it. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    if (this.#wrote) this.#checkpoint();
    this.#statements.clear();
    this.#connection.close();
  }

  #prepare(sql: string): Libsql.Statement {
    const known = this.#statements.get(sql);
    if (known !== undefined) return known;
    const prepared = this.#connection.prepare(sql);
    this.#statements.set(sql, prepared);
    return prepared;
  }

  /** libsql leaves the write-ahead log behind when it closes; a store at rest is one file. */
  #checkpoint(): void {
    try {
      this.#connection.exec('PRAGMA busy_timeout = 0');
      this.#connection.prepare('PRAGMA wal_checkpoint(TRUNCATE)').all();
    } catch {
      // What was committed is safe in the log; whoever opens the store next finds it there.
    }
  }

  /** SQLite has rolled back by itself after a full disk; a second failure must not hide the first. */
  #rollback(): void {
    try {
      if (this.#connection.inTransaction) this.#connection.exec('ROLLBACK');
    } catch {
      // The transaction ends with the connection at the latest.
    }
  }

  #guard<T>(work: () => T): T {
    try {
      return work();
    } catch (error) {
      throw storeError(this.path, error, this.#busyTimeoutMs);
    }
  }
}

/** SQLite gives its `-wal` and `-shm` files the mode of the main file. */
function createPrivately(path: string): void {
  try {
    closeSync(openSync(path, 'wx', 0o600));
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
  }
}

const magic = 'SQLite format 3\0';

/**
 * With a log beside it SQLite takes any main file for a database whose pages are in the log, and writes over it. One that
 * does not begin like a database is somebody's mistake, and is left alone.
 *
 * Closing this descriptor drops the locks of other connections that this process has to the file: there are none.
 */
function checkHeader(path: string): void {
  const start = Buffer.alloc(magic.length);
  const file = openSync(path, 'r');
  let length: number;
  try {
    length = readSync(file, start, 0, start.length, 0);
  } finally {
    closeSync(file);
  }
  const log = statSync(`${path}-wal`, { throwIfNoEntry: false });
  const isEmpty = length === 0 && (log === undefined || log.size === 0);
  if (!isEmpty && start.toString('latin1') !== magic)
    throw damagedStore(path, 'it does not begin like a SQLite database');
}
