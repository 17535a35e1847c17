import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { Detach } from '../../../src/lib/control/actions/hand-over.js';
import { openEngineBackend } from '../../../src/lib/control/backend.js';
import { openStore } from '../../../src/lib/control/store/store.js';
import type { Backend, FacetName } from '../../../src/lib/port/backend.js';
import { gate, type VerbName, type VerbOf } from '../../../src/lib/port/gate.js';
import type { PlannedStep } from '../../../src/lib/port/plan.js';
import type { CallContext, ProgressEvent } from '../../../src/lib/port/verb.js';
import { FakeEngine } from './fake-engine.js';
import { FakeProcesses, processNamed } from './fake-processes.js';
import { temporaryFolder } from './store/temporary-store.js';

export interface Bench {
  readonly backend: Backend;
  readonly engine: FakeEngine;
  readonly processes: FakeProcesses;
  readonly path: string;
  readonly progress: ProgressEvent[];
  readonly planned: (readonly PlannedStep[])[];
  readonly interrupt: AbortController;
  readonly context: CallContext;
  verb<F extends FacetName, V extends VerbName<F>>(facet: F, name: V): VerbOf<F, V>;
}

export interface BenchOptions {
  /** Between two looks at the engine; 1 ms. */
  readonly pollMs?: number;
  readonly engine?: FakeEngine;
  readonly path?: string;
  readonly processes?: FakeProcesses;
  readonly namespace?: string;
  readonly detach?: Detach;
}

/** A backend over a fake engine and a real store. Every look at its clock takes 20 ms. */
export async function openBench(options: BenchOptions = {}): Promise<Bench> {
  const engine = options.engine ?? new FakeEngine();
  const processes = options.processes ?? new FakeProcesses(processNamed(1));
  const path = options.path ?? join(temporaryFolder(), 'berth.db');
  let nowMs = Date.parse('2026-01-02T00:00:00.000Z');
  engine.now = () => (nowMs += 20);
  const backend = await openEngineBackend({
    openStore: () => openStore({ path, processes, now: () => (nowMs += 20) }),
    openEngine: async () => engine,
    principal: { user: 'ann', namespace: options.namespace ?? 'ann', admin: false },
    now: () => (nowMs += 20),
    randomUuid: () => crypto.randomUUID(),
    processes,
    detach: options.detach ?? (() => Promise.reject(new Error('nothing can be detached here'))),
    pollMs: options.pollMs ?? 1,
  });
  onTestFinished(() => backend.close());
  const progress: ProgressEvent[] = [];
  const planned: (readonly PlannedStep[])[] = [];
  const interrupt = new AbortController();
  const context: CallContext = {
    signal: interrupt.signal,
    progress: (event) => progress.push(event),
    planned: (steps) => planned.push(steps),
  };
  return {
    ...{ backend, engine, processes, path, progress, planned, interrupt, context },
    verb: (facet, name) => gate(backend, facet, name),
  };
}

export async function all<T>(source: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of source) items.push(item);
  return items;
}

/** The text of the log of the newest action. */
export async function newestLog(bench: Bench): Promise<string[]> {
  const [action] = await all(bench.verb('actions', 'list')({}, { limit: 1 }, bench.context));
  if (action === undefined) return [];
  const lines = await all(bench.verb('actions', 'logs')({ action: action.id }, {}, bench.context));
  return lines.map((line) => line.text);
}
