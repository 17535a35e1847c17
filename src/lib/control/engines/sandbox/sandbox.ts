import { setTimeout as sleepFor } from 'node:timers/promises';
import { nearest } from '../../../text/nearest.js';
import { isAbortError, RefusedError, UsageError } from '../../../port/errors.js';
import type { CallContext } from '../../../port/verb.js';
import type { Service } from '../../../compose/project.js';
import type { Engine } from '../engine.js';
import type { EngineResource, ResourceRef } from '../../../plan/resources.js';
import type { SandboxConfig } from './config.js';
import type { Faults } from './faults.js';
import { encodeApply, encodeRemove } from './input.js';
import type { SandboxJournal } from './journal.js';
import { look } from './look.js';
import { readEvents } from './read-events.js';
import { readLogs } from './read-logs.js';
import { matches, type SandboxReader } from './reader.js';
import { userOf } from './scheduler/apply.js';
import { parseConstraint } from './scheduler/constraint.js';
import { isSame } from './scheduler/world.js';
import type { SandboxState } from './state.js';
import { ownFaults } from './task-spec.js';
import { compareTasks, toEngineNodes, toObservedStack, toTask } from './view.js';

export interface SandboxOptions {
  readonly journal: SandboxJournal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly config: SandboxConfig;
  /** How `follow` waits between two looks; rejects when the signal aborts. By default with a timer. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const pollMs = 100;
const maxReplicas = 10_000;

/**
 * The engine without containers. Nothing runs between calls: whoever calls first works out what has happened since.
 * Its calls throw StoreError when the journal holds something else than the sandbox wrote.
 */
export function openSandbox({ journal, now, config, sleep = sleepWithTimer }: SandboxOptions): Engine {
  const lookNow = (): Promise<SandboxState> => look(journal, now(), config);
  const reader: SandboxReader = { journal, now, look: lookNow, pause: (signal) => pause(sleep, signal) };
  const ask = async (body: string): Promise<SandboxState> => {
    await journal.append(now(), body);
    return lookNow();
  };
  const checkFaults = async (): Promise<void> => {
    if (config.faults !== null) checkNodes(config.faults, config.nodes ?? (await lookNow()).nodes);
  };
  return {
    kind: 'sandbox',
    identity: 'sandbox',
    async check(project, { signal }) {
      signal.throwIfAborted();
      for (const [name, definition] of Object.entries(project.services)) checkDefinition(name, definition);
      await checkFaults();
    },
    async apply(resource, { signal }) {
      signal.throwIfAborted();
      checkResource(resource);
      await checkFaults();
      await ask(encodeApply(resource, config));
    },
    async remove(ref, { signal }) {
      signal.throwIfAborted();
      refuseInUse(await lookNow(), ref);
      // Again after it was tried: the sandbox leaves alone what came into use in between.
      refuseInUse(await ask(encodeRemove(ref, config)), ref);
    },
    async observe(scope, { signal }) {
      signal.throwIfAborted();
      return toObservedStack(await lookNow(), scope);
    },
    async tasks(filter, { signal }) {
      signal.throwIfAborted();
      const { tasks } = await lookNow();
      return tasks
        .filter((task) => matches(task, filter))
        .sort(compareTasks)
        .map(toTask);
    },
    async nodes({ signal }) {
      signal.throwIfAborted();
      return toEngineNodes(await lookNow());
    },
    logs: (filter, options, context: CallContext) => readLogs(reader, filter, options, context.signal),
    events: (after, { follow }, context: CallContext) => readEvents(reader, after, follow, context.signal),
  };
}

/** What no look could make sense of is refused before it is written down. */
function checkResource(resource: EngineResource): void {
  if (resource.kind !== 'service') return;
  if (!Number.isSafeInteger(resource.replicas) || resource.replicas < 0) {
    throw new UsageError(`service ${resource.name}: ${resource.replicas} is no number of replicas`);
  }
  if (resource.replicas > maxReplicas) {
    throw new RefusedError(`service ${resource.name}: the sandbox takes no more than ${maxReplicas} replicas`);
  }
  checkDefinition(resource.name, resource.definition);
}

function checkDefinition(name: string, definition: Service): void {
  ownFaults(definition, `services.${name}.x-berth.sandbox`);
  const constraints = definition.deploy?.placement?.constraints ?? [];
  for (const [index, constraint] of constraints.entries()) {
    if (parseConstraint(constraint) !== undefined) continue;
    const path = `services.${name}.deploy.placement.constraints[${index}]`;
    throw new RefusedError(`${path}: the constraint "${constraint}" cannot be understood`, {
      hint: 'Constraints look like node.hostname==NAME, node.role!=manager or node.labels.KEY==VALUE.',
    });
  }
}

function checkNodes({ nodes: faults }: Faults, nodes: readonly { readonly name: string }[]): void {
  const names = nodes.map(({ name }) => name);
  const unknown = faults.find(({ node }) => !names.includes(node));
  if (unknown === undefined) return;
  const near = nearest(unknown.node, names);
  throw new UsageError(`BERTH_SANDBOX_FAULTS: there is no node "${unknown.node}"`, {
    hint: near === undefined ? `The nodes are ${names.slice(0, 10).join(', ')}.` : `Did you mean ${near}?`,
  });
}

function refuseInUse(state: SandboxState, ref: ResourceRef): void {
  const known = state.resources.find((other) => other.kind === ref.kind && isSame(other, ref));
  const user = known === undefined ? undefined : userOf(state, known);
  if (user !== undefined) throw new RefusedError(`${ref.kind} ${ref.name} is in use by ${user}`);
}

async function pause(sleep: NonNullable<SandboxOptions['sleep']>, signal: AbortSignal): Promise<boolean> {
  try {
    signal.throwIfAborted();
    await sleep(pollMs, signal);
  } catch (error) {
    if (signal.aborted || isAbortError(error)) return false;
    throw error;
  }
  return !signal.aborted;
}

async function sleepWithTimer(ms: number, signal: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, { signal });
}
