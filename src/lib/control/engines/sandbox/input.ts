import * as v from 'valibot';
import type { Service } from '../../../compose/project.js';
import type { EngineResource, ResourceRef } from '../../../plan/resources.js';
import type { SandboxConfig } from './config.js';
import { faultSchema, nodeFaultSchema } from './faults.js';
import { decodeJson, storedSchema } from './state.js';

const configSchema = v.object({
  seed: v.nullable(v.string()),
  speed: v.nullable(v.number()),
  nodes: v.nullable(v.array(v.object({ name: v.string(), labels: v.record(v.string(), v.string()) }))),
  faults: v.nullable(v.object({ services: v.array(faultSchema), nodes: v.array(nodeFaultSchema) })),
});

const serviceResourceSchema = v.object({
  kind: v.literal('service'),
  namespace: v.string(),
  stack: v.string(),
  name: v.string(),
  replicas: v.number(),
  definition: v.custom<Service>((value) => typeof value === 'object' && value !== null),
  hash: v.string(),
  generation: v.number(),
  completes: v.optional(v.boolean(), false),
});

const refSchema = v.object({
  kind: v.picklist(['network', 'volume', 'secret', 'config', 'service']),
  namespace: v.string(),
  stack: v.string(),
  name: v.string(),
});

/** What the body of an input says: the change, and the environment of the command that asked for it. */
const bodySchema = v.variant('verb', [
  v.object({
    verb: v.literal('apply'),
    resource: v.union([serviceResourceSchema, storedSchema]),
    config: configSchema,
  }),
  v.object({ verb: v.literal('remove'), resource: refSchema, config: configSchema }),
]);
export type InputBody = v.InferOutput<typeof bodySchema>;
export type WantedService = v.InferOutput<typeof serviceResourceSchema>;

export function encodeApply(resource: EngineResource, config: SandboxConfig): string {
  return JSON.stringify({ verb: 'apply', resource, config });
}

export function encodeRemove({ kind, namespace, stack, name }: ResourceRef, config: SandboxConfig): string {
  return JSON.stringify({ verb: 'remove', resource: { kind, namespace, stack, name }, config });
}

/** @throws StoreError when the log holds something else. */
export function decodeInput(body: string): InputBody {
  return decodeJson(bodySchema, body, 'input');
}
