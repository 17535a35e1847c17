import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Detach } from '../../../../src/lib/control/actions/hand-over.js';
import { mutate, type MutationRequest, type MutatorParts } from '../../../../src/lib/control/actions/mutate.js';
import { planFor } from '../../../../src/lib/control/actions/planning.js';
import { runAction } from '../../../../src/lib/control/actions/resume.js';
import type { ActionRecords } from '../../../../src/lib/control/actions/records.js';
import type { Ledger } from '../../../../src/lib/control/ledger.js';
import type { Intent } from '../../../../src/lib/plan/intent.js';
import { StoreError } from '../../../../src/lib/port/errors.js';
import { FakeEngine, hangs } from '../fake-engine.js';
import { FakeProcesses, processNamed } from '../fake-processes.js';
import { openTemporaryStore, temporaryFolder } from '../store/temporary-store.js';

const scope = { namespace: 'ann', stack: 'shop' };
const project = { name: 'shop', services: { web: { image: 'web:1' } } };

interface Change {
  readonly path: string;
  readonly engine: FakeEngine;
  readonly ledger: Partial<Ledger>;
  readonly actions: Partial<ActionRecords>;
  readonly detach: Detach;
  /** Between two looks at the clock. */
  readonly tickMs: number;
}

/** What a process with that pid has in hand, over a store that all share; some of it replaced by the test. */
async function partsOf(pid: number, given: Partial<Change> = {}): Promise<MutatorParts & { readonly path: string }> {
  const { path = join(temporaryFolder(), 'berth.db'), engine = new FakeEngine(), tickMs = 20 } = given;
  const processes = new FakeProcesses(processNamed(pid));
  const store = await openTemporaryStore({ path, processes });
  let nowMs = Date.parse('2026-01-02T00:00:00.000Z');
  const now = () => (nowMs += tickMs);
  engine.now = now;
  return {
    path,
    engine,
    ledger: overridden(store.ledger('fake'), given.ledger),
    actions: overridden(store.actions('fake'), given.actions),
    now,
    pollMs: 1,
    processes,
    user: 'ann',
    randomUuid: () => crypto.randomUUID(),
    detach: given.detach ?? (() => Promise.reject(new Error('nothing can be detached here'))),
  };
}

/** The same, but for some methods. */
function overridden<T extends object>(target: T, methods: Partial<T> = {}): T {
  return new Proxy(target, {
    get: (_target, name): unknown => {
      if (Object.hasOwn(methods, name)) return Reflect.get(methods, name);
      const found: unknown = Reflect.get(target, name);
      return typeof found === 'function' ? found.bind(target) : found;
    },
  });
}

const context = { signal: new AbortController().signal };

const object = { kind: 'stack', id: 'id-1', name: 'shop' } as const;

const intent: Intent = {
  ...{ want: 'up', definition: project, standalone: false, services: null, prune: false, monitorMs: 0 },
  ...{ resetConfig: false, resetScale: false, rollbackOnFailure: false, fresh: false },
};

function request(options: MutationRequest['options'] = {}): MutationRequest {
  return { scope, name: 'Stack Up', intent, object: () => object, options, context };
}

/** Whether somebody else can take the stack's lock. */
async function isFree(path: string): Promise<boolean> {
  const { ledger, processes } = await partsOf(9, { path });
  const holder = { actionId: 'nine', process: processes.self, user: 'bob', command: 'Test', since: '' };
  return (await ledger.claim(scope, holder)).claimed;
}

/** Makes process 2 the runner of the newest action, whose runner does not know. */
async function steal(path: string): Promise<void> {
  const { actions } = await partsOf(2, { path });
  const [newest] = await actions.list('ann', { limit: 1 });
  if (newest === undefined) throw new Error('there is no action to steal');
  await actions.handOver(newest.id, newest.epoch);
  await actions.take(newest.id);
}

async function newest({ actions }: MutatorParts) {
  const [action] = await actions.list('ann', { limit: 1 });
  const id = action?.id ?? '';
  const lines = (await actions.lines(id, 0)).map(({ text }) => text);
  return { ...action, id, lines, steps: (await actions.steps(id)).map(({ state }) => state) };
}

describe('a runner that has lost its action', () => {
  test('stops, and writes nothing more', async () => {
    const path = join(temporaryFolder(), 'berth.db');
    const plain = await partsOf(1, { path });
    const parts = await partsOf(1, {
      path,
      actions: {
        markStep: async (id, epoch, step, state) => {
          const marked = await plain.actions.markStep(id, epoch, step, state);
          if (step === 'create service web' && state === 'running') await steal(path);
          return marked;
        },
      },
    });
    await expect(mutate(parts, request())).rejects.toMatchObject({ code: 'conflict' });
    expect(await newest(plain)).toMatchObject({
      state: 'In progress',
      runner: processNamed(2),
      lines: ['store stack shop: new'],
      steps: ['done', 'pending', 'pending'],
    });
    expect(await isFree(path)).toBe(true);
  });

  test('after its last step does not report success', async () => {
    const path = join(temporaryFolder(), 'berth.db');
    const plain = await partsOf(1, { path });
    const parts = await partsOf(1, {
      path,
      actions: {
        markStep: async (id, epoch, step, state) => {
          const marked = await plain.actions.markStep(id, epoch, step, state);
          if (step === 'wait stack shop' && state === 'done') await steal(path);
          return marked;
        },
      },
    });
    await expect(mutate(parts, request())).rejects.toMatchObject({ code: 'conflict' });
    expect(await newest(plain)).toMatchObject({ state: 'In progress', steps: ['done', 'done', 'done'] });
  });

  test('at the end of its time hands nothing over, and gives its lock back', async () => {
    const path = join(temporaryFolder(), 'berth.db');
    const engine = new FakeEngine();
    engine.behaviour.set('web', hangs);
    const parts = await partsOf(1, { path, engine, actions: { handOver: async () => false } });
    await expect(mutate(parts, request({ timeoutMs: 1_000 }))).rejects.toMatchObject({ code: 'conflict' });
    expect(await isFree(path)).toBe(true);
  });
});

describe('the lock of a stack', () => {
  const cannotWrite = async (): Promise<never> => {
    throw new StoreError('the store cannot be written');
  };

  test('that cannot be given back does not hide how the change went', async () => {
    const told: string[] = [];
    const parts = await partsOf(1, { ledger: { unlock: cannotWrite } });
    const progress = ({ status }: { readonly status: string }) => {
      told.push(status);
    };
    const done = await mutate(parts, { ...request(), context: { ...context, progress } });
    expect(done).toMatchObject({ action: { state: 'Success' } });
    expect(told.at(-1)).toBe('could not be unlocked: the store cannot be written');

    const engine = new FakeEngine();
    engine.onChange = () => {
      throw new Error('port 80 is taken');
    };
    const failing = await partsOf(1, { engine, ledger: { unlock: cannotWrite } });
    await expect(mutate(failing, request())).rejects.toThrow('port 80 is taken');
  });

  test('is given back when nothing can be written after it was taken', async () => {
    const parts = await partsOf(1, { actions: { failAbandoned: cannotWrite } });
    await expect(mutate(parts, request())).rejects.toMatchObject({ code: 'store' });
    expect(await isFree(parts.path)).toBe(true);
  });

  test('a failure that cannot be written down is told all the same', async () => {
    const engine = new FakeEngine();
    engine.onChange = () => {
      throw new Error('port 80 is taken');
    };
    const parts = await partsOf(1, { engine, actions: { end: cannotWrite } });
    await expect(mutate(parts, request())).rejects.toThrow('port 80 is taken');
  });
});

describe('handing over', () => {
  test('to a runner that has taken the action but is slow is no failure, and leaves it the lock', async () => {
    const path = join(temporaryFolder(), 'berth.db');
    const runner = await partsOf(2, { path });
    const parts = await partsOf(1, {
      path,
      detach: async ({ id }) => expect(await runner.actions.take(id)).not.toBeNull(),
    });
    const { action } = await mutate(parts, request({ wait: false }));
    expect(action).toMatchObject({ state: 'In progress', reason: null });
    expect(await isFree(path)).toBe(false);
  });

  test('to nobody fails, and gives the lock back', async () => {
    const parts = await partsOf(1, { detach: async () => undefined });
    await expect(mutate(parts, request({ wait: false }))).rejects.toMatchObject({
      code: 'internal',
      detail: 'it did not take the action in time',
    });
    expect(await newest(parts)).toMatchObject({ state: 'Failed' });
    expect(await isFree(parts.path)).toBe(true);
  });
});

describe('a runner', () => {
  /** A pending action, and the parts of the process that is to run it. */
  async function pending(given: Partial<Change> = {}) {
    const runner = await partsOf(2, given);
    const { plan } = await planFor(runner, scope, intent, context, false);
    const action = {
      id: 'a1',
      namespace: 'ann',
      name: 'Stack Up',
      object,
      stack: 'shop',
      user: 'ann',
      intent,
      leaseEpoch: 1,
    };
    return {
      runner,
      record: await runner.actions.create(action, { steps: plan.steps, wayBack: null, stackId: 'id-1' }),
    };
  }

  test('that gives up leaves no step running', async () => {
    const engine = new FakeEngine();
    engine.behaviour.set('web', hangs);
    const { runner, record } = await pending({ engine, tickMs: 60_000 });
    await expect(runAction(runner, record, context)).rejects.toMatchObject({ code: 'timeout' });
    const action = await newest(runner);
    expect(action).toMatchObject({
      state: 'Failed',
      reason: 'given up after an hour: web: starting (0 of 1 running)',
      steps: ['done', 'done', 'failed'],
    });
    expect(action.lines.at(-1)).toBe(action.reason);
    expect(await isFree(runner.path)).toBe(true);
  });

  test('of an action that somebody runs already leaves him the lock', async () => {
    const { runner, record } = await pending();
    await runner.actions.take(record.id);
    const holder = { actionId: 'a1', process: processNamed(2), user: 'ann', command: 'Stack Up', since: '' };
    await runner.ledger.claim(scope, holder);
    const other = await partsOf(3, { path: runner.path });
    await expect(runAction(other, record, context)).rejects.toMatchObject({ code: 'conflict' });
    expect(await isFree(runner.path)).toBe(false);
  });

  test('that finds the stack taken ends its action', async () => {
    const { runner, record } = await pending();
    const holder = { actionId: 'other', process: processNamed(4), user: 'bob', command: 'Stack Up', since: '' };
    await runner.ledger.claim(scope, holder);
    await expect(runAction(runner, record, context)).rejects.toMatchObject({ code: 'conflict' });
    expect(await newest(runner)).toMatchObject({
      state: 'Failed',
      reason: expect.stringContaining('stack shop is being changed by bob'),
    });
    expect(await isFree(runner.path)).toBe(false);
  });
});
