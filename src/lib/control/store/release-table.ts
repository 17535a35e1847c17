import * as v from 'valibot';
import type { StackScope } from '../../plan/resources.js';
import { ConflictError } from '../../port/errors.js';
import type { NewRelease, ReleaseRecord } from '../ledger.js';
import type { Database, SqlValue } from './database.js';
import { projectSchema, readJson, releaseOverlaysSchema } from './json-column.js';

/** Releases kept of a stack. */
const keptReleases = 100;
/** Stacks of an engine and namespace whose releases are kept after they were terminated. */
const keptTerminated = 20;

const releaseRow = v.object({
  stack_id: v.string(),
  version: v.number(),
  user: v.string(),
  summary: v.string(),
  definition: v.string(),
  overlays: v.string(),
  rollback_of: v.nullable(v.number()),
  state: v.picklist(['stored', 'deployed', 'failed']),
  created_at: v.string(),
});
const releaseColumns = 'stack_id, version, user, summary, definition, overlays, rollback_of, state, created_at';
const versionRow = v.object({ version: v.number() });
const lastRow = v.object({ last: v.nullable(v.number()) });

/** The stack of that name that is there, else the last one that was. */
const ofLastStack = `stack_id = (SELECT stack_id FROM release WHERE engine = ? AND namespace = ? AND stack = ?
  ORDER BY terminated IS NOT NULL, terminated DESC LIMIT 1)`;

/** The releases of the stacks of one engine identity, in the store. All that changes something needs a transaction. */
export class ReleaseTable {
  readonly #database: Database;
  readonly #engine: string;

  constructor(database: Database, engine: string) {
    this.#database = database;
    this.#engine = engine;
  }

  /** Newest first; also of a stack that was terminated. */
  list(scope: StackScope, limit: number): ReleaseRecord[] {
    const sql = `SELECT ${releaseColumns} FROM release WHERE ${ofLastStack} ORDER BY version DESC LIMIT ?`;
    return this.#database.all(releaseRow, sql, [...this.#key(scope), limit]).map((row) => this.#toRecord(row));
  }

  get(scope: StackScope, version: number): ReleaseRecord | null {
    const sql = `SELECT ${releaseColumns} FROM release WHERE ${ofLastStack} AND version = ?`;
    const row = this.#database.first(releaseRow, sql, [...this.#key(scope), version]);
    return row === undefined ? null : this.#toRecord(row);
  }

  /** True when that release was made with that key. */
  isMadeWith(stackId: string, version: number, key: string): boolean {
    const sql = 'SELECT version FROM release WHERE stack_id = ? AND version = ? AND change_key = ?';
    return this.#database.first(versionRow, sql, [stackId, version, key]) !== undefined;
  }

  /** Adds a release, and drops those that are too old. */
  add(scope: StackScope, stackId: string, version: number, release: NewRelease, key: string): void {
    const { user, summary, definition, overlays, rollbackOf, createdAt } = release;
    this.#database.run(
      `INSERT INTO release (engine, namespace, stack, ${releaseColumns}, change_key)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 'stored', ?, ?)`,
      [
        ...this.#key(scope),
        ...[stackId, version, user, summary, JSON.stringify(definition), JSON.stringify(overlays)],
        ...[rollbackOf, createdAt, key],
      ],
    );
    this.#database.run('DELETE FROM release WHERE stack_id = ? AND version <= ?', [stackId, version - keptReleases]);
  }

  mark(stackId: string, version: number, state: ReleaseRecord['state']): void {
    this.#database.run('UPDATE release SET state = ? WHERE stack_id = ? AND version = ?', [state, stackId, version]);
  }

  /** Notes that the stack is gone, and drops the releases of those that went long before it. */
  retire({ namespace }: StackScope, stackId: string): void {
    const ofNamespace = 'engine = ? AND namespace = ?';
    const row = this.#database.first(lastRow, `SELECT max(terminated) AS last FROM release WHERE ${ofNamespace}`, [
      this.#engine,
      namespace,
    ]);
    const number = (row?.last ?? 0) + 1;
    this.#database.run('UPDATE release SET terminated = ? WHERE stack_id = ?', [number, stackId]);
    this.#database.run(`DELETE FROM release WHERE ${ofNamespace} AND terminated <= ?`, [
      this.#engine,
      namespace,
      number - keptTerminated,
    ]);
  }

  /**
   * A change that was planned for a stack must not make it again under the id it had.
   *
   * @throws ConflictError when there are releases of a stack with that id.
   */
  refuseKnown({ stack }: StackScope, stackId: string): void {
    const sql = 'SELECT version FROM release WHERE stack_id = ? LIMIT 1';
    if (this.#database.first(versionRow, sql, [stackId]) === undefined) return;
    throw new ConflictError(`stack ${stack} was terminated since this change of it was planned`, {
      hint: 'Nothing was changed. Run the command again to make it anew.',
    });
  }

  #toRecord(row: v.InferOutput<typeof releaseRow>): ReleaseRecord {
    return {
      stackId: row.stack_id,
      version: row.version,
      user: row.user,
      summary: row.summary,
      definition: readJson(this.#database, projectSchema, row.definition),
      overlays: readJson(this.#database, releaseOverlaysSchema, row.overlays),
      rollbackOf: row.rollback_of,
      state: row.state,
      createdAt: row.created_at,
    };
  }

  #key({ namespace, stack }: StackScope): SqlValue[] {
    return [this.#engine, namespace, stack];
  }
}
