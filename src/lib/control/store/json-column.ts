import * as v from 'valibot';
import type { Project } from '../../compose/project.js';
import type { Intent } from '../../plan/intent.js';
import type { ReleaseOverlays } from '../../plan/overlays.js';
import type { ContainerCommand } from '../../plan/resources.js';
import type { StepBody } from '../../plan/steps.js';
import type { ServiceChanges } from '../../port/services.js';
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
export const hashes = recordOf(v.string());

const replicas = v.pipe(v.number(), v.integer(), v.minValue(0));
const limit = v.exactOptional(v.nullable(v.number()));

const limitChange = v.object({
  memoryBytes: limit,
  memoryReservationBytes: limit,
  cpus: limit,
  cpuReservation: limit,
  cpuShares: limit,
});

/** The overlays that are kept with a release. */
export const releaseOverlaysSchema = v.object({
  config: recordOf(recordOf(v.nullable(v.string()))),
  limits: recordOf(limitChange),
  placement: recordOf(v.string()),
}) satisfies v.GenericSchema<unknown, ReleaseOverlays>;

const scope = { namespace: v.string(), stack: v.string(), name: v.string() };
const anyDefinition = v.looseObject({ name: v.string() });
const resourceKinds = v.picklist(['network', 'volume', 'secret', 'config', 'service']);

const shared = v.variant('kind', [
  v.object({ ...scope, kind: v.literal('network'), definition: anyDefinition }),
  v.object({ ...scope, kind: v.literal('volume'), definition: anyDefinition }),
  v.object({ ...scope, kind: v.picklist(['secret', 'config']), definition: anyDefinition }),
]);

const usedResource = v.object({
  name: v.string(),
  external: v.exactOptional(v.boolean()),
  digest: v.exactOptional(v.string()),
});

/** A service as plans and engines give it. */
export const serviceSchema = v.object({
  ...scope,
  kind: v.literal('service'),
  replicas,
  definition: v.looseObject({}),
  uses: v.exactOptional(recordOf(usedResource)),
  hash: v.string(),
  generation: v.number(),
  completes: v.exactOptional(v.boolean()),
  stopped: v.exactOptional(v.boolean()),
});

const resource = v.variant('kind', [shared, serviceSchema]);

const slot = v.pipe(v.number(), v.integer(), v.minValue(1));

const containerCommand = v.variant('do', [
  v.object({ do: v.picklist(['start', 'stop', 'restart', 'pause', 'unpause', 'replace', 'remove']) }),
  v.object({ do: v.literal('kill'), signal: v.string() }),
]) satisfies v.GenericSchema<unknown, ContainerCommand>;

/** The body of a saved step. */
export const stepBodySchema: v.GenericSchema<unknown, StepBody> = v.variant('do', [
  v.object({
    do: v.literal('release'),
    id: v.string(),
    definition: projectSchema,
    overlays: releaseOverlaysSchema,
    standalone: v.boolean(),
    summary: v.string(),
    rollbackOf: v.nullable(v.number()),
  }),
  v.object({ do: v.literal('overlay'), replicas: recordOf(v.nullable(replicas)) }),
  v.object({ do: v.literal('apply'), resource }),
  v.object({ do: v.literal('adopt'), resource: serviceSchema, containers: recordOf(slot) }),
  v.object({ do: v.literal('mark'), resource: shared }),
  v.object({ do: v.literal('remove'), resource: v.object({ ...scope, kind: resourceKinds }) }),
  v.object({
    do: v.literal('gate'),
    service: v.string(),
    condition: v.picklist(['started', 'healthy', 'completed']),
    required: v.boolean(),
  }),
  v.object({ do: v.literal('gone'), service: v.string() }),
  v.object({ do: v.literal('converge'), services: strings, monitorMs: v.number(), deploys: v.boolean() }),
  v.object({ do: v.literal('command'), container: v.string(), service: v.string(), command: containerCommand }),
  v.object({ do: v.literal('retire') }),
  v.object({ do: v.literal('forget') }),
]);

const services = v.nullable(strings);
const monitorMs = v.number();
const redeploy = v.boolean();
const definition = projectSchema;
/** Attributes of a service, each of them checked as little as those of a definition. */
const serviceChanges = v.custom<ServiceChanges>(isRecord, 'not changes of a service');

/** What an action was asked for. */
export const intentSchema: v.GenericSchema<unknown, Intent> = v.variant('want', [
  v.object({ want: v.literal('create'), definition, standalone: v.boolean() }),
  v.object({
    want: v.literal('adopt'),
    definition,
    containers: recordOf(v.array(v.object({ id: v.string(), slot }))),
    unsaid: v.array(v.object({ path: v.string(), why: v.string() })),
  }),
  v.object({
    want: v.literal('up'),
    definition,
    standalone: v.boolean(),
    services,
    prune: v.boolean(),
    resetConfig: v.boolean(),
    resetScale: v.boolean(),
    rollbackOnFailure: v.boolean(),
    fresh: v.boolean(),
    monitorMs,
  }),
  v.object({ want: v.literal('update'), definition, redeploy, monitorMs }),
  v.object({ want: v.literal('change'), service: v.string(), changes: serviceChanges, redeploy, monitorMs }),
  v.object({
    want: v.literal('configure'),
    service: v.nullable(v.string()),
    values: recordOf(v.nullable(v.string())),
    replace: v.boolean(),
    expect: v.nullable(v.picklist(['new', 'existing'])),
    limits: recordOf(limitChange),
    placement: recordOf(v.nullable(v.string())),
    redeploy,
    monitorMs,
  }),
  v.object({ want: v.literal('scale'), replicas: recordOf(replicas), monitorMs }),
  v.object({ want: v.picklist(['start', 'stop', 'redeploy']), services, monitorMs }),
  v.object({ want: v.literal('terminate'), volumes: v.boolean() }),
  v.object({ want: v.literal('remove'), service: v.string() }),
  v.object({ want: v.literal('rollback'), version: v.number(), monitorMs }),
  v.object({
    want: v.literal('container'),
    container: v.string(),
    name: v.string(),
    service: v.string(),
    command: containerCommand,
    monitorMs,
  }),
]);

/** Unlike valibot's record it keeps every key: a service may be called `constructor`. */
function recordOf<const Value extends v.GenericSchema>(value: Value) {
  return v.custom<Readonly<Record<string, v.InferOutput<Value>>>>(
    (input) => isRecord(input) && Object.values(input).every((each) => v.is(value, each)),
    'not a record of what it should hold',
  );
}

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
