import * as v from 'valibot';
import type { StackScope } from '../../plan/resources.js';
import { ConflictError } from '../../port/errors.js';
import { type Claim, type Lease, leaseMs, type LockHolder } from '../ledger.js';
import { type Processes, sameProcess } from '../processes.js';
import type { Database, SqlValue } from './database.js';
import { processColumns, processEntries, processValues, toProcess } from './process-columns.js';

const holderColumns = `action_id, ${processColumns}, user, command, since, expires_at`;
const ofLock = 'engine = ? AND namespace = ? AND stack = ?';

const heldRow = v.object({
  epoch: v.number(),
  action_id: v.string(),
  ...processEntries,
  user: v.string(),
  command: v.string(),
  since: v.string(),
  expires_at: v.number(),
});
const freeRow = v.object({ epoch: v.number(), action_id: v.null() });
const lockRow = v.union([heldRow, freeRow]);

interface Present {
  readonly epoch: number;
  /** Null while it is free. `expiresAtMs`: milliseconds since 1970. */
  readonly held: { readonly holder: LockHolder; readonly expiresAtMs: number } | null;
}

/** The locks of the stacks of one engine identity, in the store. */
export class LockTable {
  readonly #database: Database;
  readonly #engine: string;
  readonly #processes: Processes;
  readonly #now: () => number;

  constructor(database: Database, engine: string, processes: Processes, now: () => number) {
    this.#database = database;
    this.#engine = engine;
    this.#processes = processes;
    this.#now = now;
  }

  /** As `Ledger.claim`; within a transaction. */
  claim(scope: StackScope, holder: LockHolder, takesOver: boolean): Claim {
    const { epoch, held } = this.#find(scope);
    const sameAction = held?.holder.actionId === holder.actionId;
    if (held !== null && !(sameAction && takesOver) && !this.#isOver(held))
      return { claimed: false, holder: held.holder };
    this.#write(scope, epoch + 1, holder);
    const displaced = held === null || sameAction || sameProcess(held.holder.process, holder.process);
    return { claimed: true, lease: { scope, epoch: epoch + 1 }, displaced: displaced ? null : held.holder };
  }

  /** As `Ledger.renew`. */
  renew({ scope, epoch }: Lease): boolean {
    const sql = `UPDATE stack_lock SET expires_at = ? WHERE ${ofLock} AND epoch = ? AND action_id IS NOT NULL`;
    return this.#database.run(sql, [this.#expiry(), ...this.#key(scope), epoch]) > 0;
  }

  /** As `Ledger.unlock`. The row stays, and with it the epoch. */
  unlock({ scope, epoch }: Lease): void {
    const nothing = holderColumns.replaceAll(/\w+/g, 'NULL');
    this.#database.run(`UPDATE stack_lock SET (${holderColumns}) = (${nothing}) WHERE ${ofLock} AND epoch = ?`, [
      ...this.#key(scope),
      epoch,
    ]);
  }

  /**
   * Within the transaction that changes something under the lease. One that has run out and that nobody has taken still
   * holds.
   *
   * @throws ConflictError when somebody else has claimed the lock since, or it was given back.
   */
  fence({ scope, epoch }: Lease): void {
    const present = this.#find(scope);
    if (present.epoch === epoch && present.held !== null) return;
    const hint = 'What was done before stays. Run the command again when nobody else is changing the stack.';
    if (present.held === null) {
      throw new ConflictError(`the lock on stack ${scope.stack} is not held any more: nothing more was changed`, {
        hint,
      });
    }
    const { actionId, user, process, command, since } = present.held.holder;
    throw new ConflictError(
      `stack ${scope.stack} was taken over by ${user} (${command}, process ${process.pid} on ${process.host}): nothing more was changed`,
      { hint, data: { holder: { action: actionId, user, host: process.host, pid: process.pid, command, since } } },
    );
  }

  #isOver({ holder, expiresAtMs }: NonNullable<Present['held']>): boolean {
    return this.#now() >= expiresAtMs || this.#processes.fate(holder.process) === 'dead';
  }

  #find(scope: StackScope): Present {
    const sql = `SELECT epoch, ${holderColumns} FROM stack_lock WHERE ${ofLock}`;
    const row = this.#database.first(lockRow, sql, this.#key(scope));
    if (row === undefined) return { epoch: 0, held: null };
    if (row.action_id === null) return { epoch: row.epoch, held: null };
    const { action_id: actionId, user, command, since } = row;
    const holder = { actionId, process: toProcess(row), user, command, since };
    return { epoch: row.epoch, held: { holder, expiresAtMs: row.expires_at } };
  }

  #write(scope: StackScope, epoch: number, { actionId, process, user, command, since }: LockHolder): void {
    this.#database.run(
      `INSERT OR REPLACE INTO stack_lock (engine, namespace, stack, epoch, ${holderColumns})
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      [...this.#key(scope), epoch, actionId, ...processValues(process), ...[user, command, since, this.#expiry()]],
    );
  }

  #expiry(): number {
    return Math.trunc(this.#now()) + leaseMs;
  }

  #key({ namespace, stack }: StackScope): SqlValue[] {
    return [this.#engine, namespace, stack];
  }
}
