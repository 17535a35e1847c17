import { setImmediate as turn } from 'node:timers/promises';
import type { Service } from '../../../../../src/lib/compose/project.js';
import type { Engine, EngineEvent, Fence, Task } from '../../../../../src/lib/control/engines/engine.js';
import type { ContainerCommand, ServiceResource, StackScope } from '../../../../../src/lib/plan/resources.js';
import { parseSandboxConfig } from '../../../../../src/lib/control/engines/sandbox/config.js';
import type {
  SandboxInput,
  SandboxJournal,
  SandboxTransition,
} from '../../../../../src/lib/control/engines/sandbox/journal.js';
import { openSandbox } from '../../../../../src/lib/control/engines/sandbox/sandbox.js';
import type { CallContext } from '../../../../../src/lib/port/verb.js';

export const startMs = Date.parse('2026-01-01T00:00:00.000Z');
export const shop: StackScope = { namespace: 'ann', stack: 'shop' };
/** Nobody else changes anything, unless a test says so. */
export const fence: Fence = { epoch: 1 };

/** A journal in memory, as strict as the interface. Every access waits a turn of the event loop, as a store would. */
export function memoryJournal(): SandboxJournal & {
  readonly inputs: SandboxInput[];
  readonly written: SandboxTransition[];
} {
  const inputs: SandboxInput[] = [];
  const written: SandboxTransition[] = [];
  let state: string | null = null;
  let lastInput = 0;
  let queue: Promise<unknown> = Promise.resolve();
  const exclusive = <T>(work: () => T): Promise<T> => {
    const result = queue.then(async () => {
      await Promise.resolve();
      return work();
    });
    queue = result.catch(() => undefined);
    return result;
  };
  return {
    inputs,
    written,
    append: (atMs, body) =>
      exclusive(() => {
        const sequence = inputs.length + 1;
        inputs.push({ sequence, atMs: Math.max(atMs, inputs.at(-1)?.atMs ?? 0), body });
        return sequence;
      }),
    advance: (compute) =>
      exclusive(() => {
        const waiting = inputs.filter(({ sequence }) => sequence > lastInput);
        const next = compute({ state, inputs: waiting, nextTransition: written.length + 1 });
        if (next === null) return;
        ({ state, lastInput } = next);
        written.push(...next.transitions);
      }),
    state: () => exclusive(() => state),
    transitions: (after, limit) => exclusive(() => written.filter(({ sequence }) => sequence > after).slice(0, limit)),
  };
}

interface Filter {
  readonly service?: string;
  readonly all?: boolean;
}

export interface Lab {
  readonly engine: Engine;
  readonly journal: ReturnType<typeof memoryJournal>;
  readonly clock: { nowMs: number };
  readonly context: CallContext;
  /** Lets sandbox seconds pass, at the speed 1 that the lab has unless the environment says otherwise. */
  readonly pass: (seconds: number) => void;
  /** Applies a service; `replicas` 1, hash of the definition, generation 1 unless given. */
  readonly up: (name: string, definition?: Service, more?: Partial<ServiceResource>) => Promise<void>;
  readonly down: (name: string) => Promise<void>;
  /** Does something to the container of that name: `web-1`. */
  readonly act: (name: string, command: ContainerCommand | ContainerCommand['do']) => Promise<void>;
  readonly tasks: (filter?: Filter) => Promise<readonly Task[]>;
  /** `web-1 Running healthy` and so on, by stack, service and slot. */
  readonly states: (filter?: Filter) => Promise<string[]>;
  /** `container web-1 start` and so on, of everything so far. */
  readonly events: () => Promise<string[]>;
  /** The same sandbox from another process, with another environment. */
  readonly again: (env: Record<string, string>) => Lab;
}

export function lab(env: Record<string, string> = {}, shared?: Pick<Lab, 'journal' | 'clock'>): Lab {
  const journal = shared?.journal ?? memoryJournal();
  const clock = shared?.clock ?? { nowMs: startMs };
  const config = parseSandboxConfig({ BERTH_SANDBOX_SPEED: '1', ...env });
  const context: CallContext = { signal: new AbortController().signal };
  const now = (): number => clock.nowMs;
  // Whoever waits lets time pass.
  const sleep = async (ms: number, signal: AbortSignal): Promise<void> => {
    clock.nowMs += ms;
    await turn(undefined, { signal });
  };
  const engine = openSandbox({ journal, now, config, sleep });
  const tasks: Lab['tasks'] = (filter = {}) => engine.tasks({ namespace: 'ann', ...filter }, context);
  return {
    engine,
    journal,
    clock,
    context,
    pass: (seconds) => {
      clock.nowMs += seconds * 1000;
    },
    up: async (name, definition = { image: 'app:1' }, more = {}) => {
      const hash = JSON.stringify(definition);
      const resource = { kind: 'service' as const, ...shop, name, replicas: 1, definition, hash, generation: 1 };
      await engine.apply({ ...resource, ...more }, fence, context);
    },
    down: (name) => engine.remove({ kind: 'service', ...shop, name }, fence, context),
    act: async (name, command) => {
      const task = (await tasks()).find((one) => one.name === name);
      if (task === undefined || engine.command === undefined) throw new Error(`there is no ${name} to do that to`);
      const asked = typeof command === 'string' ? commandNamed(command) : command;
      await engine.command({ ...shop, service: task.service, id: task.id }, asked, fence, context);
    },
    tasks,
    states: async (filter) => (await tasks(filter)).map(describeTask),
    events: async () => (await collect(engine.events(null, { follow: false }, context))).map(describeEvent),
    again: (other) => lab(other, { journal, clock }),
  };
}

function commandNamed(command: ContainerCommand['do']): ContainerCommand {
  return command === 'kill' ? { do: command, signal: 'SIGKILL' } : { do: command };
}

function describeTask({ name, state, health, exitCode }: Task): string {
  return [name, state, health, exitCode].filter((part) => part !== null).join(' ');
}

function describeEvent({ kind, name, verb, message }: EngineEvent): string {
  return [kind, name, verb, message === null ? null : `(${message})`].filter((part) => part !== null).join(' ');
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}
