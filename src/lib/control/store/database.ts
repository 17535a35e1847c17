import { closeSync, mkdirSync, openSync } from 'node:fs';
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
      this.#connection = new Libsql(path, { timeout: busyTimeoutMs });
    } catch (error) {
      throw storeError(path, error, busyTimeoutMs);
    }
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
    return this.#guard(() => this.#prepare(sql).run(parameters).changes);
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

  close(): void {
    if (!this.#open) return;
    this.#open = false;
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
