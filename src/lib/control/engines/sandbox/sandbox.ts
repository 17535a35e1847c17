import { setTimeout as sleepFor } from 'node:timers/promises';
import { nearest } from '../../../text/nearest.js';
import { ConflictError, isAbortError, NotFoundError, RefusedError, UsageError } from '../../../port/errors.js';
import type { CallContext } from '../../../port/verb.js';
import type { Project, Service } from '../../../compose/project.js';
import type { Engine, Unheeded } from '../engine.js';
import type { EngineResource, ResourceRef } from '../../../plan/resources.js';
import type { SandboxConfig } from './config.js';
import type { Faults } from './faults.js';
import { decodeInput, encodeApply, encodeCommand, encodeRemove } from './input.js';
import type { SandboxJournal } from './journal.js';
import { look } from './look.js';
import { readEvents } from './read-events.js';
import { readLogs } from './read-logs.js';
import { matches, type SandboxReader } from './reader.js';
import { refusalOf } from './scheduler/admit.js';
import { userOf } from './scheduler/apply.js';
import { parseConstraint } from './scheduler/constraint.js';
import { isSame } from './scheduler/world.js';
import { parseSignal } from './signals.js';
import type { Refusal, SandboxState } from './state.js';
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
  const ask = async (body: string, check: (state: SandboxState) => void = () => undefined): Promise<void> => {
    const before = await lookNow();
    throwRefusal(refusalOf(before, decodeInput(body)));
    check(before);
    const input = await journal.append(now(), body);
    // Somebody else may have asked for something in between: the sandbox then leaves this alone.
    const after = await lookNow();
    throwRefusal(after.refusals.find((refusal) => refusal.input === input));
    check(after);
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
      return unheeded(project);
    },
    async apply(resource, fence, { signal }) {
      signal.throwIfAborted();
      checkResource(resource);
      await checkFaults();
      await ask(encodeApply(resource, fence, config));
    },
    async remove(ref, fence, { signal }) {
      signal.throwIfAborted();
      await ask(encodeRemove(ref, fence, config), (state) => refuseInUse(state, ref));
    },
    async command(task, command, fence, { signal }) {
      signal.throwIfAborted();
      const known = command.do === 'kill' ? { do: command.do, signal: parseSignal(command.signal) } : command;
      await ask(encodeCommand(task, known, fence, config));
    },
    async observe(scope, { signal }) {
      signal.throwIfAborted();
      return toObservedStack(await lookNow(), scope, now());
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
    async close() {
      // Nothing is open: the journal is the store's.
    },
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

/** Keys of `x-berth` say what Compose cannot; the sandbox makes something of its own one only. */
function unheeded({ services }: Project): Unheeded[] {
  return Object.entries(services).flatMap(([name, definition]) =>
    Object.keys(definition['x-berth'] ?? {})
      .filter((key) => key !== 'sandbox')
      .map((key) => ({ path: `services.${name}.x-berth.${key}`, why: 'not done by the sandbox engine' })),
  );
}

function throwRefusal(refusal: Omit<Refusal, 'input'> | undefined): void {
  if (refusal === undefined) return;
  const { code, message } = refusal;
  if (code === 'conflict')
    throw new ConflictError(message, { hint: 'See `berth action ls` for who does, then try again.' });
  if (code === 'not_found') throw new NotFoundError(message);
  throw new RefusedError(message);
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
