import * as v from 'valibot';
import type { Service } from '../../../compose/project.js';
import type { ContainerCommand, EngineResource, ResourceRef } from '../../../plan/resources.js';
import type { Fence, TaskRef } from '../engine.js';
import type { SandboxConfig } from './config.js';
import { decodeJson } from './decode.js';
import { faultSchema, nodeFaultSchema } from './faults.js';
import { storedSchema } from './state.js';

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
  release: v.optional(v.nullable(v.number()), null),
  completes: v.optional(v.boolean(), false),
  stopped: v.optional(v.boolean(), false),
});

const refSchema = v.object({
  kind: v.picklist(['network', 'volume', 'secret', 'config', 'service']),
  namespace: v.string(),
  stack: v.string(),
  name: v.string(),
});

const taskRefSchema = v.object({
  namespace: v.string(),
  stack: v.string(),
  service: v.string(),
  id: v.string(),
});

const commandSchema = v.variant('do', [
  v.object({ do: v.picklist(['start', 'stop', 'restart', 'pause', 'unpause', 'replace', 'remove']) }),
  v.object({ do: v.literal('kill'), signal: v.string() }),
]);

const sent = { epoch: v.number(), config: configSchema };

/** What the body of an input says: the change, who may make it, and the environment of the command that asked for it. */
const bodySchema = v.variant('verb', [
  v.object({ verb: v.literal('apply'), resource: v.union([serviceResourceSchema, storedSchema]), ...sent }),
  v.object({ verb: v.literal('remove'), resource: refSchema, ...sent }),
  v.object({ verb: v.literal('command'), task: taskRefSchema, command: commandSchema, ...sent }),
]);
export type InputBody = v.InferOutput<typeof bodySchema>;
export type WantedService = v.InferOutput<typeof serviceResourceSchema>;

export function encodeApply(resource: EngineResource, { epoch }: Fence, config: SandboxConfig): string {
  return JSON.stringify({ verb: 'apply', resource, epoch, config });
}

export function encodeRemove(ref: ResourceRef, { epoch }: Fence, config: SandboxConfig): string {
  const { kind, namespace, stack, name } = ref;
  return JSON.stringify({ verb: 'remove', resource: { kind, namespace, stack, name }, epoch, config });
}

export function encodeCommand(
  { namespace, stack, service, id }: TaskRef,
  command: ContainerCommand,
  { epoch }: Fence,
  config: SandboxConfig,
): string {
  return JSON.stringify({ verb: 'command', task: { namespace, stack, service, id }, command, epoch, config });
}

/** @throws StoreError when the log holds something else. */
export function decodeInput(body: string): InputBody {
  return decodeJson(bodySchema, body, 'input');
}
