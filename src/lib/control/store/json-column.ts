import * as v from 'valibot';
import type { Project } from '../../compose/project.js';
import type { StepBody } from '../../plan/steps.js';
import type { Database } from './database.js';
import { damagedStore } from './store-error.js';

/** Reads a column that holds JSON. Throws StoreError when it does not, or holds something else. */
export function readJson<const Schema extends v.GenericSchema>(
  database: Database,
  schema: Schema,
  text: string,
): v.InferOutput<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw damagedStore(database.path, error instanceof Error ? error.message : String(error));
  }
  const parsed = v.safeParse(schema, value);
  if (!parsed.success) throw damagedStore(database.path, parsed.issues[0].message);
  return parsed.output;
}

/**
 * A definition is checked for the shape that code relies on to walk it. Its attributes were validated against the
 * Compose schema before they were stored.
 */
export const projectSchema = v.custom<Project>(isProject, 'not a definition');

export const strings = v.array(v.string());
export const hashes = v.record(v.string(), v.string());

const scope = { namespace: v.string(), stack: v.string(), name: v.string() };
const anyDefinition = v.looseObject({ name: v.string() });
const resourceKinds = v.picklist(['network', 'volume', 'secret', 'config', 'service']);
const replicas = v.pipe(v.number(), v.integer(), v.minValue(0));

const resource = v.variant('kind', [
  v.object({ ...scope, kind: v.literal('network'), definition: anyDefinition }),
  v.object({ ...scope, kind: v.literal('volume'), definition: anyDefinition }),
  v.object({ ...scope, kind: v.picklist(['secret', 'config']), definition: anyDefinition }),
  v.object({
    ...scope,
    kind: v.literal('service'),
    replicas,
    definition: v.looseObject({}),
    hash: v.string(),
    generation: v.number(),
    completes: v.exactOptional(v.boolean()),
  }),
]);

/** The body of a saved step. */
export const stepBodySchema: v.GenericSchema<unknown, StepBody> = v.variant('do', [
  v.object({ do: v.literal('define'), definition: projectSchema, id: v.string() }),
  v.object({ do: v.literal('overlay'), replicas: v.record(v.string(), replicas) }),
  v.object({ do: v.literal('apply'), resource }),
  v.object({ do: v.literal('remove'), resource: v.object({ ...scope, kind: resourceKinds }) }),
  v.object({
    do: v.literal('gate'),
    service: v.string(),
    condition: v.picklist(['started', 'healthy', 'completed']),
    required: v.boolean(),
  }),
  v.object({ do: v.literal('gone'), service: v.string() }),
  v.object({ do: v.literal('converge'), services: strings, monitorMs: v.number(), deploys: v.boolean() }),
  v.object({ do: v.literal('retire') }),
  v.object({ do: v.literal('forget') }),
]);

function isProject(value: unknown): boolean {
  return (
    isRecord(value) &&
    typeof value['name'] === 'string' &&
    isRecord(value['services']) &&
    Object.values(value['services']).every(isRecord) &&
    ['networks', 'volumes', 'secrets', 'configs'].every((key) => value[key] === undefined || isRecord(value[key]))
  );
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
