import * as v from 'valibot';
import type { EngineResource } from '../../plan/resources.js';
import type { Step, StepBody } from '../../plan/steps.js';
import type { RecordedStep, StepState } from '../actions/records.js';
import type { Database } from './database.js';
import { readJson, stepBodySchema, strings } from './json-column.js';

const stepRow = v.object({
  id: v.string(),
  wave: v.number(),
  operation: v.picklist(['create', 'update', 'remove', 'start', 'stop', 'restart', 'scale', 'store', 'wait']),
  kind: v.picklist([
    ...(['stack', 'service', 'network', 'volume', 'config', 'secret', 'container'] as const),
    ...(['node', 'node cluster', 'pool', 'image', 'definition'] as const),
  ]),
  name: v.string(),
  reasons: v.string(),
  body: v.string(),
  state: v.picklist(['pending', 'running', 'done', 'failed', 'skipped']),
  undo: v.number(),
});
/** Steps that are kept in one piece, as JSON. */
export const savedSteps: v.GenericSchema<unknown, Step[]> = v.array(
  v.object({
    id: stepRow.entries.id,
    wave: stepRow.entries.wave,
    operation: stepRow.entries.operation,
    kind: stepRow.entries.kind,
    name: stepRow.entries.name,
    reasons: strings,
    body: stepBodySchema,
  }),
);
const bodyRow = v.object({ position: v.number(), body: v.string() });
const lastRow = v.object({ last: v.nullable(v.number()) });

/** The steps of actions, in the store. Whether the caller may change them is for the caller to ask before. */
export class StepTable {
  readonly #database: Database;

  constructor(database: Database) {
    this.#database = database;
  }

  /** In the order they are executed. */
  list(actionId: string): RecordedStep[] {
    const sql = `SELECT id, wave, operation, kind, name, reasons, body, state, undo FROM action_step
      WHERE action_id = ? ORDER BY position`;
    return this.#database.all(stepRow, sql, [actionId]).map((row) => ({
      ...row,
      reasons: readJson(this.#database, strings, row.reasons),
      body: readJson(this.#database, stepBodySchema, row.body),
      undo: row.undo !== 0,
    }));
  }

  /** Adds steps after those that are there. */
  append(actionId: string, steps: readonly Step[], undo: boolean): void {
    const sql = 'SELECT max(position) AS last FROM action_step WHERE action_id = ?';
    const last = this.#database.first(lastRow, sql, [actionId])?.last ?? 0;
    steps.forEach(({ id, wave, operation, kind, name, reasons, body }, index) => {
      this.#database.run(
        `INSERT INTO action_step (action_id, position, id, wave, operation, kind, name, reasons, body, state, undo)
          VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, 'pending', ?)`,
        [
          ...[actionId, last + index + 1, id, wave, operation, kind, name],
          ...[JSON.stringify(reasons), JSON.stringify(body), Number(undo)],
        ],
      );
    });
  }

  clear(actionId: string): void {
    this.#database.run('DELETE FROM action_step WHERE action_id = ?', [actionId]);
  }

  /** A step that takes the action back may be called like one of those before it: the last of that name is meant. */
  mark(actionId: string, stepId: string, state: StepState): boolean {
    return (
      this.#database.run(
        `UPDATE action_step SET state = ?1 WHERE action_id = ?2 AND position =
          (SELECT max(position) FROM action_step WHERE action_id = ?2 AND id = ?3)`,
        [state, actionId, stepId],
      ) > 0
    );
  }

  /** Puts all steps in one state into another. */
  move(actionId: string, from: StepState, to: StepState): void {
    this.#database.run('UPDATE action_step SET state = ? WHERE action_id = ? AND state = ?', [to, actionId, from]);
  }

  /** Takes definitions and overlays out of the steps of an action: what is left can be shown, and not be executed. */
  dropDetails(actionId: string): void {
    const rows = this.#database.all(bodyRow, 'SELECT position, body FROM action_step WHERE action_id = ?', [actionId]);
    for (const { position, body } of rows) {
      this.#database.run('UPDATE action_step SET body = ? WHERE action_id = ? AND position = ?', [
        JSON.stringify(withoutDetails(readJson(this.#database, stepBodySchema, body))),
        actionId,
        position,
      ]);
    }
  }
}

function withoutDetails(body: StepBody): StepBody {
  switch (body.do) {
    case 'release':
      return {
        ...body,
        definition: { name: body.definition.name, services: {} },
        overlays: { config: {}, limits: {}, placement: {} },
      };
    case 'apply':
      return { ...body, resource: emptied(body.resource) };
    default:
      return body;
  }
}

/** Options of a volume's or a network's driver may hold a password too. */
function emptied(resource: EngineResource): EngineResource {
  if (resource.kind === 'service') return { ...resource, definition: {} };
  return { ...resource, definition: { name: resource.definition.name } };
}
