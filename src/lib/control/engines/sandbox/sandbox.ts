import { setTimeout as sleepFor } from 'node:timers/promises';
import type { ContainerCommand } from '../../../plan/resources.js';
import { isAbortError } from '../../../port/errors.js';
import type { CallContext } from '../../../port/verb.js';
import type { Engine } from '../engine.js';
import { ask, hasEnded } from './ask.js';
import { checkDefinition, checkNodes, checkResource, refuseInUse, unheeded } from './checks.js';
import type { SandboxConfig } from './config.js';
import { encodeApply, encodeCommand, encodeRemove } from './input.js';
import type { SandboxJournal } from './journal.js';
import { look } from './look.js';
import { readEvents } from './read-events.js';
import { readLogs } from './read-logs.js';
import { matches, type SandboxReader } from './reader.js';
import type { SandboxState } from './state.js';
import { compareTasks, toEngineNodes, toObservedStack, toTask } from './view.js';

export interface SandboxOptions {
  readonly journal: SandboxJournal;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly config: SandboxConfig;
  /** How `follow`, and whoever stops a container, waits between two looks; rejects when the signal aborts. Default: a timer. */
  readonly sleep?: (ms: number, signal: AbortSignal) => Promise<void>;
}

const pollMs = 100;
/** Whoever asks for one of these is told when it has happened, as Docker does. */
const ends: ReadonlySet<ContainerCommand['do']> = new Set(['stop', 'kill', 'remove']);

/**
 * The engine without containers. Nothing runs between calls: whoever calls first works out what has happened since.
 * Its calls throw StoreError when the journal holds something else than the sandbox wrote.
 */
export function openSandbox({ journal, now, config, sleep = sleepWithTimer }: SandboxOptions): Engine {
  const lookNow = (): Promise<SandboxState> => look(journal, now(), config);
  const reader: SandboxReader = {
    journal,
    now,
    look: lookNow,
    pause: (signal, ms = pollMs) => pause(sleep, signal, Math.min(ms, pollMs)),
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
      await ask(reader, encodeApply(resource, fence, config));
    },
    async remove(ref, fence, { signal }) {
      signal.throwIfAborted();
      await ask(reader, encodeRemove(ref, fence, config), (state) => refuseInUse(state, ref));
    },
    async command(task, command, fence, { signal }) {
      signal.throwIfAborted();
      await ask(reader, encodeCommand(task, command, fence, config));
      if (ends.has(command.do)) await hasEnded(reader, task.id, signal);
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

async function pause(sleep: NonNullable<SandboxOptions['sleep']>, signal: AbortSignal, ms: number): Promise<boolean> {
  try {
    signal.throwIfAborted();
    await sleep(ms, signal);
  } catch (error) {
    if (signal.aborted || isAbortError(error)) return false;
    throw error;
  }
  return !signal.aborted;
}

async function sleepWithTimer(ms: number, signal: AbortSignal): Promise<void> {
  await sleepFor(ms, undefined, { signal });
}
