import * as v from 'valibot';
import type { StackScope } from '../../plan/resources.js';
import { NotFoundError } from '../../port/errors.js';
import type { Claim, Lease, Ledger, LockHolder, NewRelease, ReleaseRecord, StackRecord } from '../ledger.js';
import type { Processes } from '../processes.js';
import type { Database, SqlValue } from './database.js';
import { hashes, projectSchema, readJson, releaseOverlaysSchema } from './json-column.js';
import { LockTable } from './lock-table.js';
import { ReleaseTable } from './release-table.js';

const stackRow = v.object({
  id: v.string(),
  namespace: v.string(),
  name: v.string(),
  standalone: v.number(),
  release: v.number(),
  definition: v.string(),
  overlays: v.string(),
  engine_kind: v.picklist(['sandbox', 'docker', 'swarm']),
  terminating: v.number(),
  applied: v.string(),
  created_at: v.string(),
  deployed_at: v.nullable(v.string()),
});
const presentRow = v.object({ id: v.string(), release: v.number(), applied: v.string() });
const scaleRow = v.object({ service: v.string(), replicas: v.number() });

/** A stack without its newest release is a damaged store, not a stack that is not there: hence the left join. */
const selectStack = `SELECT stack.id, stack.namespace, stack.name, stack.standalone, stack.release,
    release.definition, release.overlays, stack.engine_kind, stack.terminating, stack.applied, stack.created_at,
    stack.deployed_at
  FROM stack LEFT JOIN release ON release.stack_id = stack.id AND release.version = stack.release
  WHERE stack.engine = ? AND stack.namespace = ?`;

/** The sandbox's ledger: it has no place of its own for what an engine must remember, so the store is it. */
export class LedgerTable implements Ledger {
  readonly #database: Database;
  readonly #engine: string;
  readonly #locks: LockTable;
  readonly #releases: ReleaseTable;

  constructor(database: Database, engine: string, processes: Processes, now: () => number) {
    this.#database = database;
    this.#engine = engine;
    this.#locks = new LockTable(database, engine, processes, now);
    this.#releases = new ReleaseTable(database, engine);
  }

  async list(namespace: string): Promise<readonly StackRecord[]> {
    const sql = `${selectStack} ORDER BY stack.name`;
    return this.#database.all(stackRow, sql, [this.#engine, namespace]).map((row) => this.#toRecord(row));
  }

  async get(scope: StackScope): Promise<StackRecord | null> {
    return this.#find(scope);
  }

  async releases(scope: StackScope, limit = -1): Promise<readonly ReleaseRecord[]> {
    return this.#releases.list(scope, limit);
  }

  async releaseOf(scope: StackScope, version: number): Promise<ReleaseRecord | null> {
    return this.#releases.get(scope, version);
  }

  async commit(lease: Lease, release: NewRelease, key: string): Promise<StackRecord> {
    return this.#under(lease, (scope) => {
      const present = this.#present(scope);
      if (present === undefined) {
        this.#releases.refuseKnown(scope, release.id);
        this.#insert(scope, release);
        this.#releases.add(scope, release.id, 1, release, key);
      } else if (!this.#releases.isMadeWith(present.id, present.release, key)) {
        const version = present.release + 1;
        this.#releases.add(scope, present.id, version, release, key);
        this.#update(present.id, 'release = ?, standalone = ?', [version, Number(release.standalone)]);
      }
      // Also where the release is there already: somebody may have begun to take the stack down since.
      if (present !== undefined) this.#update(present.id, 'terminating = 0', []);
      return this.#find(scope) ?? missing(scope);
    });
  }

  async markTerminating(lease: Lease): Promise<void> {
    this.#under(lease, (scope) => this.#update(this.#existing(scope).id, 'terminating = 1', []));
  }

  async markDeployed(lease: Lease, at: string): Promise<void> {
    this.#under(lease, (scope) => {
      const { id, release } = this.#existing(scope);
      this.#update(id, 'deployed_at = ?', [at]);
      this.#releases.mark(id, release, 'deployed');
    });
  }

  async markFailed(lease: Lease): Promise<void> {
    this.#under(lease, (scope) => {
      const { id, release } = this.#existing(scope);
      this.#releases.mark(id, release, 'failed');
    });
  }

  async markApplied(lease: Lease, key: string, hash: string | null): Promise<void> {
    this.#under(lease, (scope) => {
      const { id, applied } = this.#existing(scope);
      const { [key]: _before, ...others } = readJson(this.#database, hashes, applied);
      const after = hash === null ? others : { ...others, [key]: hash };
      this.#update(id, 'applied = ?', [JSON.stringify(after)]);
    });
  }

  async setScale(lease: Lease, replicas: Readonly<Record<string, number | null>>): Promise<void> {
    this.#under(lease, (scope) => {
      const { id } = this.#existing(scope);
      for (const [service, count] of Object.entries(replicas)) this.#setReplicas(id, service, count);
    });
  }

  async forget(lease: Lease): Promise<void> {
    this.#under(lease, (scope) => {
      const stack = this.#present(scope);
      if (stack === undefined) return;
      this.#releases.retire(scope, stack.id);
      this.#database.run('DELETE FROM stack WHERE id = ?', [stack.id]);
    });
  }

  async claim(scope: StackScope, holder: LockHolder, takesOver = false): Promise<Claim> {
    return this.#database.transaction(() => this.#locks.claim(scope, holder, takesOver));
  }

  async renew(lease: Lease): Promise<boolean> {
    return this.#locks.renew(lease);
  }

  async unlock(lease: Lease): Promise<void> {
    this.#locks.unlock(lease);
  }

  /** Changes a stack in one transaction, if the lease allows it. */
  #under<T>(lease: Lease, change: (scope: StackScope) => T): T {
    return this.#database.transaction(() => {
      this.#locks.fence(lease);
      return change(lease.scope);
    });
  }

  #find({ namespace, stack }: StackScope): StackRecord | null {
    const sql = `${selectStack} AND stack.name = ?`;
    const row = this.#database.first(stackRow, sql, [this.#engine, namespace, stack]);
    return row === undefined ? null : this.#toRecord(row);
  }

  #present({ namespace, stack }: StackScope): v.InferOutput<typeof presentRow> | undefined {
    const sql = 'SELECT id, release, applied FROM stack WHERE engine = ? AND namespace = ? AND name = ?';
    return this.#database.first(presentRow, sql, [this.#engine, namespace, stack]);
  }

  #existing(scope: StackScope): v.InferOutput<typeof presentRow> {
    return this.#present(scope) ?? missing(scope);
  }

  #insert({ namespace, stack }: StackScope, { id, standalone, engineKind, createdAt }: NewRelease): void {
    this.#database.run(
      `INSERT INTO stack (engine, namespace, name, id, standalone, release, engine_kind, applied, terminating, created_at)
        VALUES (?, ?, ?, ?, ?, 1, ?, '{}', 0, ?)`,
      [this.#engine, namespace, stack, id, Number(standalone), engineKind, createdAt],
    );
  }

  #update(id: string, assignment: string, values: readonly SqlValue[]): void {
    this.#database.run(`UPDATE stack SET ${assignment} WHERE id = ?`, [...values, id]);
  }

  #setReplicas(stackId: string, service: string, replicas: number | null): void {
    if (replicas === null) {
      this.#database.run('DELETE FROM scale_overlay WHERE stack_id = ? AND service = ?', [stackId, service]);
      return;
    }
    this.#database.run(
      `INSERT INTO scale_overlay (stack_id, service, replicas) VALUES (?, ?, ?)
        ON CONFLICT (stack_id, service) DO UPDATE SET replicas = excluded.replicas`,
      [stackId, service, replicas],
    );
  }

  #toRecord(row: v.InferOutput<typeof stackRow>): StackRecord {
    const database = this.#database;
    const scale = database.all(scaleRow, 'SELECT service, replicas FROM scale_overlay WHERE stack_id = ?', [row.id]);
    return {
      id: row.id,
      namespace: row.namespace,
      name: row.name,
      standalone: row.standalone !== 0,
      release: row.release,
      definition: readJson(database, projectSchema, row.definition),
      overlays: {
        ...readJson(database, releaseOverlaysSchema, row.overlays),
        scale: Object.fromEntries(scale.map(({ service, replicas }) => [service, replicas])),
      },
      engineKind: row.engine_kind,
      terminating: row.terminating !== 0,
      applied: readJson(database, hashes, row.applied),
      createdAt: row.created_at,
      deployedAt: row.deployed_at,
    };
  }
}

function missing({ stack }: StackScope): never {
  throw new NotFoundError(`no stack ${JSON.stringify(stack)}`);
}
