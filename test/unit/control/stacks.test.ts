import { describe, expect, test } from 'vitest';
import type { Project } from '../../../src/lib/compose/project.js';
import { FakeProcesses, processNamed } from './fake-processes.js';
import { completes, crashes, FakeEngine, hangs, unplaceable } from './fake-engine.js';
import { all, type Bench, newestLog, openBench } from './open-backend.js';

const shop: Project = {
  name: 'shop',
  services: {
    db: { image: 'db:1', networks: { default: null }, environment: { PASSWORD: 'hush' } },
    web: {
      image: 'web:1',
      networks: { default: null },
      deploy: { replicas: 2 },
      depends_on: { db: { condition: 'service_started', required: true } },
    },
  },
  networks: { default: { name: 'shop_default' } },
};

function withWeb(change: object): Project {
  return { ...shop, services: { ...shop.services, web: { ...shop.services['web'], ...change } } };
}

function up(bench: Bench, project = shop, options = {}) {
  return bench.verb('stacks', 'up')({ project }, options, bench.context);
}

async function actionsOf(bench: Bench) {
  return all(bench.verb('actions', 'list')({}, {}, bench.context));
}

describe('stack up', () => {
  test('on a fresh home: plans, does it in order, and says what it did', async () => {
    const bench = await openBench();
    expect(await all(bench.verb('stacks', 'list')({}, {}, bench.context))).toEqual([]);
    const { subject, action, plan } = await up(bench);
    expect(subject).toMatchObject({
      name: 'shop',
      namespace: 'ann',
      state: 'Running',
      synchronized: true,
      services: ['db', 'web'],
      engine: 'sandbox',
    });
    expect(subject?.deployedAt).not.toBeNull();
    expect(action).toMatchObject({ name: 'Stack Up', state: 'Success', user: 'ann', reason: null });
    expect(action?.object).toEqual({ kind: 'stack', id: subject?.id, name: 'shop' });
    expect(bench.engine.calls).toEqual(['apply network default', 'apply service db', 'apply service web']);
    expect(bench.planned).toEqual([plan]);
    expect(await newestLog(bench)).toEqual([
      'store stack shop: new',
      'create network default: new',
      'create service db (image db:1, 1 replica): new',
      'wait until db has started: web needs it',
      'db is started',
      'create service web (image web:1, 2 replicas): new',
      'wait for db, web: until every service runs as it should',
      'db is running (1 of 1)',
      'web: starting (0 of 2 running)',
      'web is running (2 of 2)',
    ]);
    expect(bench.progress.at(-1)).toEqual({
      ...{ kind: 'service', name: 'web', phase: 'done', status: 'running (2 of 2)' },
      ...{ ready: 2, desired: 2 },
    });
    const detail = await bench.verb('actions', 'get')({ action: action?.id.slice(0, 8) ?? '' }, {}, bench.context);
    expect(detail.steps.map(({ id, state }) => [id, state])).toEqual(plan.map(({ id }) => [id, 'done']));
  });

  test('again does nothing, and makes no action', async () => {
    const bench = await openBench();
    await up(bench);
    const again = await up(bench);
    expect(again).toMatchObject({ action: null, plan: [], subject: { state: 'Running' } });
    expect(await actionsOf(bench)).toHaveLength(1);
    expect(bench.engine.calls).toHaveLength(3);
  });

  test('of a changed file touches what changed, and shows no secret', async () => {
    const bench = await openBench();
    await up(bench);
    const changed = withWeb({ image: 'web:2', environment: { API_KEY: 'topsecret' } });
    const { plan } = await up(bench, changed);
    expect(plan[1]).toMatchObject({
      id: 'update service web',
      reasons: ['environment: API_KEY added', 'image: web:1 -> web:2'],
    });
    expect(bench.engine.calls.slice(3)).toEqual(['apply service web']);
    expect(JSON.stringify([plan, await newestLog(bench), bench.progress])).not.toMatch(/topsecret|hush/);
  });

  test('tells no value of an environment, however it changes or fails', async () => {
    const bench = await openBench();
    await up(bench, withWeb({ environment: { KEY: 'secret-1', GONE: 'secret-2' }, labels: { l: 'secret-3' } }));
    const told = [await newestLog(bench)];
    const changed = withWeb({
      environment: { KEY: 'secret-4', NEW: 'secret-5' },
      labels: { l: 'secret-6' },
      command: ['sh', '-c', 'secret-7'],
      healthcheck: { test: ['CMD', 'secret-8'] },
      deploy: { replicas: 2, labels: { d: 'secret-9' } },
    });
    bench.engine.behaviour.set('web', crashes);
    const failure: unknown = await up(bench, changed).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'rollout_failed' });
    told.push(await newestLog(bench));
    const [action] = await actionsOf(bench);
    const detail = await bench.verb('actions', 'get')({ action: action?.id ?? '' }, {}, bench.context);
    expect(detail.steps[1]?.reasons).toContain('environment: KEY changed');
    expect(JSON.stringify([told, detail, bench.progress, bench.planned])).not.toMatch(/secret-|hush/);
  });

  test('as a dry run changes nothing', async () => {
    const bench = await openBench();
    const { subject, action, plan } = await up(bench, shop, { dryRun: true });
    expect([subject, action]).toEqual([null, null]);
    expect(plan.map(({ id }) => id)).toContain('create service web');
    expect(bench.engine.calls).toEqual([]);
    expect(await actionsOf(bench)).toEqual([]);
    expect(await all(bench.verb('stacks', 'list')({}, {}, bench.context))).toEqual([]);
  });

  test('of some services leaves the others alone; an unknown one is refused before anything is done', async () => {
    const bench = await openBench();
    await expect(up(bench, shop, { services: ['wbe'] })).rejects.toMatchObject({
      code: 'not_found',
      message: 'no service "wbe" in the file',
      hint: 'Did you mean web?',
    });
    expect(bench.engine.calls).toEqual([]);
    const { subject } = await up(bench, shop, { services: ['db'] });
    expect(bench.engine.calls).toEqual(['apply network default', 'apply service db']);
    expect(subject).toMatchObject({ state: 'Partly running', synchronized: false });
  });

  test('names what is gone from the file, or removes it', async () => {
    const bench = await openBench();
    await up(bench);
    const { db, web: _web } = shop.services;
    const smaller: Project = { ...shop, services: db === undefined ? {} : { db } };
    const left = await up(bench, smaller);
    expect(left.subject?.services).toEqual(['db', 'web']);
    expect(bench.progress).toContainEqual({
      ...{ kind: 'stack', name: 'shop', phase: 'note' },
      status: 'service web is gone from the definition and left alone; `stack up --prune` removes it',
    });
    const pruned = await up(bench, smaller, { prune: true });
    expect(pruned.subject).toMatchObject({ services: ['db'], synchronized: true, state: 'Running' });
    expect(bench.engine.calls.at(-1)).toBe('remove service web');
  });

  test('counts a service that ran once as done', async () => {
    const bench = await openBench();
    bench.engine.behaviour.set('db', completes);
    const { subject } = await up(
      bench,
      withWeb({ depends_on: { db: { condition: 'service_completed_successfully', required: true } } }),
    );
    expect(subject?.state).toBe('Running');
    expect(await newestLog(bench)).toContain('db is completed (exit code 0)');
  });

  test('again, while a job that is needed is still at work, waits for it', async () => {
    const bench = await openBench();
    bench.engine.behaviour.set('db', (look) => completes(look - 200, 1));
    const needs = { db: { condition: 'service_completed_successfully', required: true } } as const;
    const stop = new AbortController();
    const first = bench.verb('stacks', 'up')(
      { project: withWeb({ depends_on: needs }) },
      {},
      {
        signal: stop.signal,
        progress: ({ kind, name }) => {
          if (kind === 'service' && name === 'db') stop.abort();
        },
      },
    );
    await expect(first).rejects.toMatchObject({ code: 'interrupted' });
    const { plan } = await up(bench, withWeb({ depends_on: needs }));
    expect(plan.map(({ id }) => id)).toEqual(['wait service db completed', 'create service web', 'wait stack shop']);
    expect(await newestLog(bench)).toContain('db is completed (exit code 0)');
  });

  test('refuses a name that cannot be one', async () => {
    const bench = await openBench();
    await expect(up(bench, { ...shop, name: '../x' })).rejects.toMatchObject({ code: 'input' });
    expect(await actionsOf(bench)).toEqual([]);
  });
});

describe('stack up that goes wrong', () => {
  test('a service that keeps exiting: names it, its exit code and its last words', async () => {
    const bench = await openBench();
    bench.engine.behaviour.set('web', crashes);
    for (const text of ['one', 'two', 'three', 'four', 'five', 'last words']) {
      bench.engine.logLines.push({
        at: null,
        stack: 'shop',
        service: 'web',
        container: 'web-1',
        stream: 'stderr',
        text,
      });
    }
    const error: unknown = await up(bench).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'rollout_failed',
      message: expect.stringMatching(/^service web keeps exiting \(with code 7, \d restarts\)$/),
    });
    expect(error).toMatchObject({ detail: expect.stringContaining('web-1: exit code 7') });
    expect(error).toMatchObject({ detail: expect.stringMatching(/log lines:\n {2}one\n.*last words$/s) });
    const [action] = await actionsOf(bench);
    expect(action).toMatchObject({ state: 'Failed', reason: expect.stringContaining('service web keeps exiting') });
    const stack = await bench.verb('stacks', 'get')({ stack: 'shop' }, {}, bench.context);
    expect(stack).toMatchObject({ deployedAt: null, definition: shop });
  });

  test('a dependency that fails: its dependents are not made', async () => {
    const bench = await openBench();
    bench.engine.behaviour.set('db', () => ({ state: 'Stopped', exitCode: 3 }));
    const healthy = withWeb({ depends_on: { db: { condition: 'service_healthy', required: true } } });
    await expect(up(bench, healthy)).rejects.toMatchObject({
      code: 'rollout_failed',
      message: 'service db exited with code 3',
    });
    expect(bench.engine.calls).not.toContain('apply service web');
    const [action] = await actionsOf(bench);
    const { steps } = await bench.verb('actions', 'get')({ action: action?.id ?? '' }, {}, bench.context);
    expect(steps.slice(-3).map(({ state }) => state)).toEqual(['failed', 'pending', 'pending']);
  });

  test('a dependency that is not required may fail', async () => {
    const bench = await openBench();
    bench.engine.behaviour.set('db', (look) => (look < 2 ? { state: 'Stopped', exitCode: 3 } : {}));
    const optional = withWeb({ depends_on: { db: { condition: 'service_healthy', required: false } } });
    await up(bench, optional);
    expect(await newestLog(bench)).toContain('db is not required: going on without it (service db exited with code 3)');
  });

  test('a service that no node takes', async () => {
    const bench = await openBench();
    bench.engine.behaviour.set('web', unplaceable);
    await expect(up(bench)).rejects.toMatchObject({ code: 'unplaceable', detail: 'no suitable node' });
  });

  test('an engine that refuses: the action has failed with its words', async () => {
    const bench = await openBench();
    bench.engine.onChange = (call) => {
      if (call === 'apply service web') throw new Error('port 80 is taken');
    };
    await expect(up(bench)).rejects.toThrow('port 80 is taken');
    expect((await actionsOf(bench))[0]).toMatchObject({ state: 'Failed', reason: 'port 80 is taken' });
    bench.engine.onChange = () => undefined;
    expect(await up(bench)).toMatchObject({ action: { state: 'Success' }, subject: { state: 'Running' } });
  });

  test('Ctrl-C: the action is canceled, the stack free, and up again goes on', async () => {
    const bench = await openBench();
    bench.engine.behaviour.set('web', hangs);
    bench.engine.onChange = (call) => {
      if (call === 'apply service web') bench.interrupt.abort(new Error('interrupted by SIGINT'));
    };
    await expect(up(bench)).rejects.toMatchObject({ code: 'interrupted', message: 'interrupted by SIGINT' });
    const next = await openBench({ engine: bench.engine, path: bench.path });
    expect((await actionsOf(next))[0]).toMatchObject({ state: 'Canceled', reason: 'interrupted by SIGINT' });
    next.engine.behaviour.clear();
    expect(await up(next)).toMatchObject({
      action: { state: 'Success' },
      plan: [{ id: 'update service web' }, { id: 'wait stack shop' }],
    });
  });
});

describe('waiting', () => {
  test('ends at the time limit, and another process goes on with the work', async () => {
    const engine = new FakeEngine();
    engine.behaviour.set('web', hangs);
    const runs: Promise<unknown>[] = [];
    const bench: Bench = await openBench({ engine, detach: async ({ id }) => startRunner(bench, id, runs) });
    const error: unknown = await up(bench, shop, { timeoutMs: 2_000 }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: 'timeout',
      message: 'stack shop is not as asked for yet',
      detail: 'web: starting (0 of 2 running)',
      hint: expect.stringContaining('berth action logs'),
    });
    expect((await actionsOf(bench))[0]?.state).toBe('In progress');
    engine.behaviour.clear();
    await Promise.all(runs);
    expect((await actionsOf(bench))[0]).toMatchObject({ state: 'Success' });
    expect(await up(bench)).toMatchObject({ plan: [] });
  });

  test('not at all: a runner executes the saved steps', async () => {
    const runs: Promise<unknown>[] = [];
    const bench: Bench = await openBench({ detach: async ({ id }) => startRunner(bench, id, runs) });
    const { subject, action, plan } = await up(bench, shop, { wait: false });
    expect(subject).toMatchObject({ name: 'shop', id: action?.object.id });
    expect(['Pending', 'In progress', 'Success']).toContain(action?.state);
    expect(plan).toHaveLength(6);
    await Promise.all(runs);
    expect((await actionsOf(bench))[0]).toMatchObject({ id: action?.id, state: 'Success' });
    expect((await all(bench.verb('stacks', 'list')({}, {}, bench.context)))[0]?.state).toBe('Running');
  });

  test('not at all, but no runner can be started: nothing is left pending or locked', async () => {
    const bench = await openBench();
    await expect(up(bench, shop, { wait: false })).rejects.toMatchObject({ code: 'internal' });
    expect((await actionsOf(bench))[0]).toMatchObject({
      state: 'Failed',
      reason: 'no runner could be started: nothing can be detached here',
    });
    expect(bench.engine.calls).toEqual([]);
    expect(await up(bench)).toMatchObject({ action: { state: 'Success' } });
  });

  test('an action that is not pending is not run again', async () => {
    const bench = await openBench();
    const { action } = await up(bench);
    const again = bench.verb('actions', 'run')({ action: action?.id ?? '' }, {}, bench.context);
    await expect(again).rejects.toMatchObject({ code: 'conflict' });
    expect(await up(bench)).toMatchObject({ plan: [] });
  });
});

/** The detached runner: another process, with a backend of its own on the same store. */
async function startRunner(bench: Bench, actionId: string, runs: Promise<unknown>[]): Promise<void> {
  const { engine, path } = bench;
  const runner = await openBench({ engine, path, processes: new FakeProcesses(processNamed(2)) });
  runs.push(runner.verb('actions', 'run')({ action: actionId }, {}, runner.context));
}

describe('two changes of one stack', () => {
  test('the second waits, says for whom, and is told when its time is up', async () => {
    const first = await openBench();
    const second = await openBench({
      engine: first.engine,
      path: first.path,
      processes: new FakeProcesses(processNamed(2)),
    });
    let outcome: Promise<unknown> | undefined;
    first.engine.onChange = (call) => {
      if (call === 'apply service db')
        outcome = up(second, shop, { timeoutMs: 500 }).catch((reason: unknown) => reason);
    };
    first.engine.behaviour.set('web', (look) => (look < 300 ? { state: 'Starting' } : {}));
    await up(first);
    expect(await outcome).toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(
        /^stack shop is being changed by ann \(Stack Up, process 1 on here, for \d+ seconds?\)/,
      ),
    });
    expect(second.progress[0]).toMatchObject({
      ...{ kind: 'stack', name: 'shop', phase: 'working' },
      status: expect.stringContaining('waiting for ann'),
    });
    expect(await up(second)).toMatchObject({ plan: [] });
  });

  test('the second goes on when the first has finished', async () => {
    const first = await openBench();
    const second = await openBench({
      engine: first.engine,
      path: first.path,
      processes: new FakeProcesses(processNamed(2)),
    });
    let outcome: Promise<unknown> | undefined;
    first.engine.onChange = (call) => {
      if (call === 'apply service db') outcome ??= up(second, withWeb({ image: 'web:2' }));
    };
    await up(first);
    expect(await outcome).toMatchObject({ action: { state: 'Success' }, plan: [{}, { id: 'update service web' }, {}] });
  });

  test('a holder that died is seen at once, and its action has failed', async () => {
    // It waits for `web` and does not look again: as good as dead.
    const first = await openBench({ pollMs: 60_000 });
    first.engine.behaviour.set('web', hangs);
    void up(first).catch(() => undefined);
    await expect.poll(() => first.engine.calls).toContain('apply service web');
    const processes = new FakeProcesses(processNamed(2));
    processes.kill(processNamed(1));
    const second = await openBench({ engine: first.engine, path: first.path, processes });
    expect(await actionsOf(second)).toHaveLength(1);
    second.engine.behaviour.clear();
    const done = await up(second, withWeb({ image: 'web:2' }));
    expect(done).toMatchObject({ subject: { state: 'Running' } });
    const logs = second.verb('actions', 'logs');
    const [line] = await all(logs({ action: done.action?.id ?? '' }, {}, second.context));
    expect(line?.text).toMatch(
      /^stack shop was taken over from ann \(Stack Up, process 1 on here, for \d+ seconds?\), who is gone$/,
    );
    const states = (await actionsOf(second)).map(({ state, reason }) => [state, reason]);
    expect(states).toContainEqual(['Failed', 'interrupted']);
    first.interrupt.abort();
  });
});

describe('stack create, get and terminate', () => {
  test('create stores the definition, and refuses a name that is taken', async () => {
    const bench = await openBench();
    const create = bench.verb('stacks', 'create');
    const { subject, action } = await create({ project: shop }, {}, bench.context);
    expect(subject).toMatchObject({ state: 'Not running', deployedAt: null, services: ['db', 'web'] });
    expect(action).toMatchObject({ name: 'Stack Create', state: 'Success', object: { id: subject?.id } });
    expect(bench.engine.calls).toEqual([]);
    await expect(create({ project: shop }, {}, bench.context)).rejects.toMatchObject({ code: 'conflict' });
    expect((await up(bench)).subject).toMatchObject({ id: subject?.id, state: 'Running' });
  });

  test('get takes an id, a prefix or a name', async () => {
    const bench = await openBench();
    const { subject } = await up(bench);
    const get = bench.verb('stacks', 'get');
    for (const stack of ['shop', subject?.id ?? '', subject?.id.slice(0, 8) ?? '']) {
      expect(await get({ stack }, {}, bench.context)).toMatchObject({ id: subject?.id, definition: shop });
    }
    await expect(get({ stack: 'shpo' }, {}, bench.context)).rejects.toMatchObject({ hint: 'Did you mean shop?' });
  });

  test('terminate removes dependents first, and the stack is gone', async () => {
    const bench = await openBench();
    await up(bench);
    const { subject, action } = await bench.verb('stacks', 'terminate')({ stack: 'shop' }, {}, bench.context);
    expect([subject, action?.state]).toEqual([null, 'Success']);
    expect(bench.engine.calls.slice(3)).toEqual(['remove service web', 'remove service db', 'remove network default']);
    expect(await all(bench.verb('stacks', 'list')({}, {}, bench.context))).toEqual([]);
    expect(await actionsOf(bench)).toHaveLength(2);
    await expect(bench.verb('stacks', 'terminate')({ stack: 'shop' }, {}, bench.context)).rejects.toMatchObject({
      code: 'not_found',
    });
  });

  test('namespaces do not see each other', async () => {
    const ann = await openBench();
    const bob = await openBench({ engine: ann.engine, path: ann.path, namespace: 'bob' });
    const first = await up(ann);
    const second = await up(bob);
    expect(second.subject?.id).not.toBe(first.subject?.id);
    await bob.verb('stacks', 'terminate')({ stack: 'shop' }, {}, bob.context);
    expect((await all(ann.verb('stacks', 'list')({}, {}, ann.context)))[0]).toMatchObject({ state: 'Running' });
    expect(await actionsOf(ann)).toHaveLength(1);
  });
});
