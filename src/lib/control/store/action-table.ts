import * as v from 'valibot';
import type { Intent } from '../../plan/intent.js';
import type { Step } from '../../plan/steps.js';
import type {
  ActionEvent,
  ActionFilter,
  ActionRecord,
  ActionRecords,
  NewAction,
  NumberedLogLine,
  Pulse,
  RecordedStep,
  StepState,
  SavedPlan,
} from '../actions/records.js';
import type { Processes } from '../processes.js';
import { ActionLogTable } from './action-log-table.js';
import { ActionRows, type StateChange } from './action-rows.js';
import type { Database } from './database.js';
import { intentSchema, readJson } from './json-column.js';
import { processColumns, processValues } from './process-columns.js';
import { savedSteps, StepTable } from './step-table.js';
import { storeError } from './store-error.js';
import type { UnfinishedMark } from './unfinished-mark.js';
import { cancelReason } from '../actions/describe.js';

const intentRow = v.object({ intent: v.nullable(v.string()) });
const wayBackRow = v.object({ way_back: v.nullable(v.string()) });

/** The actions of one engine identity, in the store. */
export class ActionTable implements ActionRecords {
  readonly #database: Database;
  readonly #engine: string;
  readonly #processes: Processes;
  readonly #now: () => number;
  readonly #rows: ActionRows;
  readonly #steps: StepTable;
  readonly #log: ActionLogTable;
  readonly #mark: UnfinishedMark;

  constructor(database: Database, engine: string, processes: Processes, now: () => number, mark: UnfinishedMark) {
    this.#database = database;
    this.#engine = engine;
    this.#processes = processes;
    this.#now = now;
    this.#rows = new ActionRows(database, engine);
    this.#steps = new StepTable(database);
    this.#log = new ActionLogTable(database, engine);
    this.#mark = mark;
  }

  async create(action: NewAction, plan: SavedPlan): Promise<ActionRecord> {
    return this.#database.transaction(() => {
      this.#setMark();
      this.#rows.insert(action, plan, this.#processes.self, this.#time());
      this.#steps.append(action.id, plan.steps, false);
      this.#log.stateChanged(action.id, this.#time());
      this.#rows.prune(action.namespace);
      this.#log.pruneEvents(action.namespace);
      return this.#rows.existing(action.id);
    });
  }

  async get(id: string): Promise<ActionRecord | null> {
    return this.#rows.find(id);
  }

  async intent(id: string): Promise<Intent | null> {
    const sql = 'SELECT intent FROM action WHERE id = ? AND engine = ?';
    const intent = this.#database.first(intentRow, sql, [id, this.#engine])?.intent ?? null;
    return intent === null ? null : readJson(this.#database, intentSchema, intent);
  }

  async wayBack(id: string): Promise<readonly Step[] | null> {
    const sql = 'SELECT way_back FROM action WHERE id = ? AND engine = ?';
    const text = this.#database.first(wayBackRow, sql, [id, this.#engine])?.way_back ?? null;
    return text === null ? null : readJson(this.#database, savedSteps, text);
  }

  async list(namespace: string, filter: ActionFilter): Promise<readonly ActionRecord[]> {
    return this.#rows.list(namespace, filter);
  }

  async byIdPrefix(namespace: string, prefix: string): Promise<readonly ActionRecord[]> {
    return this.#rows.byIdPrefix(namespace, prefix);
  }

  async steps(id: string): Promise<readonly RecordedStep[]> {
    return this.#steps.list(id);
  }

  async take(id: string): Promise<ActionRecord | null> {
    return this.#database.transaction(() => {
      const runner = processValues(this.#processes.self);
      const taken = this.#change({
        id,
        to: 'In progress',
        when: ["state = 'Pending'"],
        set: [`epoch = epoch + 1, (${processColumns}) = (?, ?, ?, ?, ?, ?)`, ...runner],
      });
      return taken ? this.#rows.existing(id) : null;
    });
  }

  async handOver(id: string, epoch: number): Promise<boolean> {
    return this.#database.transaction(() => {
      const left = this.#change({ id, to: 'Pending', when: ["epoch = ? AND state = 'In progress'", epoch] });
      if (left) this.#steps.move(id, 'running', 'pending');
      return left;
    });
  }

  async reopen(id: string): Promise<ActionRecord | null> {
    return this.#database.transaction(() => {
      this.#setMark();
      const runner = processValues(this.#processes.self);
      const reopened = this.#change({
        id,
        to: 'Pending',
        when: ['ended_at IS NOT NULL AND intent IS NOT NULL'],
        set: [
          `epoch = epoch + 1, ended_at = NULL, reason = NULL, canceled_by = NULL, told = 0, (${processColumns}) = (?, ?, ?, ?, ?, ?)`,
          ...runner,
        ],
      });
      if (!reopened) return null;
      // None is running: `end` saw to that.
      this.#steps.move(id, 'failed', 'pending');
      return this.#rows.existing(id);
    });
  }

  async replan(id: string, epoch: number, plan: SavedPlan, leaseEpoch: number): Promise<boolean> {
    return this.#database.transaction(() => {
      if (!this.#rows.setLease(id, epoch, leaseEpoch)) return false;
      const { stackId, wayBack } = plan;
      this.#database.run('UPDATE action SET stack_id = ?, way_back = ? WHERE id = ?', [
        stackId,
        wayBack === null ? null : JSON.stringify(wayBack),
        id,
      ]);
      this.#steps.clear(id);
      this.#steps.append(id, plan.steps, false);
      return true;
    });
  }

  /** The step that failed is not gone on with. */
  async addUndo(id: string, epoch: number, steps: readonly Step[], leaseEpoch: number): Promise<boolean> {
    return this.#database.transaction(() => {
      if (!this.#rows.setLease(id, epoch, leaseEpoch)) return false;
      this.#steps.move(id, 'running', 'failed');
      this.#steps.append(id, steps, true);
      return true;
    });
  }

  async underLease(id: string, epoch: number, leaseEpoch: number): Promise<boolean> {
    return this.#rows.setLease(id, epoch, leaseEpoch);
  }

  /** A runner that is to stop still tells what became of the step it was at. */
  async markStep(id: string, epoch: number, stepId: string, state: StepState): Promise<boolean> {
    return this.#database.transaction(() => {
      const runs = "epoch = ? AND state IN ('In progress', 'Canceling')";
      return this.#rows.is(id, runs, epoch) && this.#steps.mark(id, stepId, state);
    });
  }

  async end(
    id: string,
    epoch: number,
    state: 'Success' | 'Failed' | 'Canceled',
    reason: string | null,
  ): Promise<boolean> {
    return this.#database.transaction(() => this.#end(id, epoch, state, reason));
  }

  async cancel(id: string, user: string): Promise<boolean> {
    return this.#database.transaction(() => {
      // Nobody runs it: there is nobody to ask.
      const over = this.#change({
        id,
        to: 'Canceled',
        when: ["state = 'Pending'"],
        set: ['canceled_by = ?, reason = ?, ended_at = ?', user, cancelReason(user), this.#time()],
      });
      if (over) return true;
      const asked = this.#change({
        id,
        to: 'Canceling',
        when: ["state = 'In progress'"],
        set: ['canceled_by = ?', user],
      });
      // Somebody may have asked before.
      return asked || this.#rows.is(id, "state = 'Canceling'");
    });
  }

  async pulse(id: string, epoch: number): Promise<Pulse> {
    const action = this.#rows.find(id);
    if (action === null || action.epoch !== epoch || action.endedAt !== null) return 'lost';
    return action.state === 'Canceling' ? 'canceled' : 'go on';
  }

  async lines(id: string, after: number): Promise<readonly NumberedLogLine[]> {
    return this.#log.lines(id, after);
  }

  async log(id: string, epoch: number, text: string): Promise<boolean> {
    return this.#database.transaction(() => {
      const writes = this.#rows.is(id, 'epoch = ? AND ended_at IS NULL', epoch);
      if (writes) this.#log.append(id, this.#time(), text);
      return writes;
    });
  }

  async events(namespace: string, after: number, limit: number): Promise<readonly ActionEvent[]> {
    return this.#log.events(namespace, after, limit);
  }

  async failAbandoned(namespace: string): Promise<readonly ActionRecord[]> {
    return this.#rows
      .unfinished(namespace)
      .filter(({ runner }) => this.#processes.fate(runner) === 'dead')
      .flatMap((action) => this.#failOne(action) ?? []);
  }

  async takeInterrupted(namespace: string): Promise<readonly ActionRecord[]> {
    await this.failAbandoned(namespace);
    // Almost always none: whoever only reads must not wait for those that write.
    if (this.#rows.untold(namespace).length === 0) return [];
    return this.#database.transaction(() => {
      const untold = this.#rows.untold(namespace);
      for (const { id } of untold) this.#database.run('UPDATE action SET told = 1 WHERE id = ?', [id]);
      return untold;
    });
  }

  async dropDetails(namespace: string, stack: string): Promise<void> {
    this.#database.transaction(() => {
      for (const { id } of this.#rows.retryable(namespace, stack)) {
        this.#database.run('UPDATE action SET intent = NULL, way_back = NULL WHERE id = ?', [id]);
        this.#steps.dropDetails(id);
      }
    });
  }

  #time(): string {
    return new Date(this.#now()).toISOString();
  }

  #setMark(): void {
    try {
      this.#mark.set();
    } catch (error) {
      throw storeError(this.#database.path, error, 0);
    }
  }

  /** Every change of a state goes through here, within a transaction, so that each has its event. */
  #change(change: StateChange): boolean {
    const changed = this.#rows.change(change);
    if (changed) this.#log.stateChanged(change.id, this.#time());
    return changed;
  }

  /** False when the epoch is over, or the action has ended. A step that was under way was not done, or has failed. */
  #end(id: string, epoch: number, state: 'Success' | 'Failed' | 'Canceled', reason: string | null): boolean {
    const ended = this.#change({
      id,
      to: state,
      when: ['epoch = ? AND ended_at IS NULL', epoch],
      set: ['reason = ?, ended_at = ?', reason, this.#time()],
    });
    if (ended) this.#steps.move(id, 'running', state === 'Failed' ? 'failed' : 'pending');
    return ended;
  }

  /** Only in the epoch that was read: the action may have got another runner meanwhile. Null when it has. */
  #failOne({ id, epoch }: ActionRecord): ActionRecord | null {
    return this.#database.transaction(() => {
      const canceledBy = this.#rows.find(id)?.canceledBy ?? null;
      const reason = canceledBy === null ? 'interrupted' : cancelReason(canceledBy);
      if (!this.#end(id, epoch, canceledBy === null ? 'Failed' : 'Canceled', reason)) return null;
      this.#log.append(id, this.#time(), `${reason}: the process that ran this action is gone`);
      return this.#rows.existing(id);
    });
  }
}
