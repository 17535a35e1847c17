import { describe, expect, test } from 'vitest';
import type { Project } from '../../../../src/lib/compose/project.js';
import { crashes, FakeEngine, hangs } from '../fake-engine.js';
import { FakeProcesses, processNamed } from '../fake-processes.js';
import { all, type Bench, newestLog, openBench } from '../open-backend.js';

const shop: Project = { name: 'shop', services: { web: { image: 'web:1' } } };
const changed: Project = { name: 'shop', services: { web: { image: 'web:2' } } };

function up(bench: Bench, project = shop, options = {}) {
  return bench.verb('stacks', 'up')({ project }, options, bench.context);
}

async function newest(bench: Bench) {
  const [action] = await all(bench.verb('actions', 'list')({}, { limit: 1 }, bench.context));
  if (action === undefined) throw new Error('there is no action');
  return action;
}

async function versions(bench: Bench) {
  const releases = await all(bench.verb('releases', 'list')({ stack: 'shop' }, {}, bench.context));
  return releases.map(({ version, summary, failed }) => `v${version} ${failed ? 'failed' : 'ok'}: ${summary}`);
}

function retry(bench: Bench, action: string, options = {}) {
  return bench.verb('actions', 'retry')({ action }, options, bench.context);
}

/** Another process on the same store and engine. */
function another(bench: Bench, pid = 2): Promise<Bench> {
  const { engine, path } = bench;
  return openBench({ engine, path, processes: new FakeProcesses(processNamed(pid)) });
}

describe('action retry', () => {
  test('goes on from the step that failed', async () => {
    const bench = await openBench();
    bench.engine.onChange = (call) => {
      if (call === 'apply service web') throw new Error('port 80 is taken');
    };
    await expect(up(bench)).rejects.toThrow('port 80 is taken');
    const failed = await newest(bench);
    expect(failed).toMatchObject({ state: 'Failed', canBeRetried: true, canBeCanceled: false });
    bench.engine.onChange = () => undefined;
    expect(await retry(bench, failed.id)).toMatchObject({ id: failed.id, state: 'Success', reason: null });
    expect(await versions(bench)).toEqual(['v1 ok: created with web']);
    const log = await newestLog(bench);
    expect(log.filter((line) => line.startsWith('store stack shop'))).toHaveLength(1);
    expect(log).toContain('retried by ann');
  });

  test('plans again when somebody else has changed the stack since', async () => {
    const bench = await openBench();
    bench.engine.behaviour.set('web', crashes);
    await expect(up(bench)).rejects.toMatchObject({ code: 'rollout_failed' });
    const failed = await newest(bench);
    bench.engine.behaviour.clear();
    await up(bench, changed);
    expect(await retry(bench, failed.id)).toMatchObject({ state: 'Success' });
    expect(bench.engine.calls.at(-1)).toBe('apply service web');
    const web = await bench.verb('services', 'get')({ service: 'web' }, {}, bench.context);
    expect(web).toMatchObject({ image: 'web:1', synchronized: true });
    expect(await versions(bench)).toHaveLength(3);
  });

  test('of one that succeeded asks for the same again', async () => {
    const bench = await openBench();
    const { action } = await up(bench);
    await up(bench, changed);
    expect(await retry(bench, action?.id ?? '')).toMatchObject({ state: 'Success' });
    expect(await bench.verb('services', 'get')({ service: 'web' }, {}, bench.context)).toMatchObject({
      image: 'web:1',
    });
  });

  test('is refused while it runs, and when its stack was terminated', async () => {
    const bench = await openBench();
    const other = await another(bench);
    bench.engine.behaviour.set('web', hangs);
    const outcome = up(bench).catch((reason: unknown) => reason);
    await expect.poll(() => bench.engine.calls).toContain('apply service web');
    const running = await newest(other);
    await expect(retry(other, running.id)).rejects.toMatchObject({ code: 'refused' });
    bench.interrupt.abort(new Error('interrupted by SIGINT'));
    await outcome;
    bench.engine.behaviour.clear();
    await other.verb('stacks', 'terminate')({ stack: 'shop' }, {}, other.context);
    await expect(retry(other, running.id)).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('terminated since'),
    });
  });

  test('without waiting leaves it to a runner', async () => {
    const runs: Promise<unknown>[] = [];
    const engine = new FakeEngine();
    const bench: Bench = await openBench({
      engine,
      detach: async ({ id }) => {
        const runner = await another(bench, 3);
        runs.push(runner.verb('actions', 'run')({ action: id }, {}, runner.context));
      },
    });
    engine.behaviour.set('web', crashes);
    await expect(up(bench)).rejects.toMatchObject({ code: 'rollout_failed' });
    engine.behaviour.clear();
    const { id } = await newest(bench);
    expect((await retry(bench, id, { wait: false })).id).toBe(id);
    await Promise.all(runs);
    expect(await newest(bench)).toMatchObject({ id, state: 'Success' });
  });
});

describe('action cancel', () => {
  test('stops the runner, wherever it is; what was done stays', async () => {
    const bench = await openBench();
    bench.engine.behaviour.set('web', hangs);
    const outcome = up(bench).catch((reason: unknown) => reason);
    await expect.poll(() => bench.engine.calls).toContain('apply service web');
    const other = await another(bench);
    const running = await newest(other);
    expect(running.canBeCanceled).toBe(true);
    const canceled = await other.verb('actions', 'cancel')({ action: running.id }, {}, other.context);
    expect(canceled).toMatchObject({ state: 'Canceled', reason: 'canceled by ann' });
    expect(await outcome).toMatchObject({ code: 'interrupted', message: 'canceled by ann' });
    const again = other.verb('actions', 'cancel')({ action: running.id }, {}, other.context);
    await expect(again).rejects.toMatchObject({ code: 'refused' });
    bench.engine.behaviour.clear();
    expect(await retry(other, running.id)).toMatchObject({ state: 'Success' });
  });
});

describe('up with rollbackOnFailure', () => {
  const back = { rollbackOnFailure: true };

  test('goes back to the release before, and says so', async () => {
    const bench = await openBench();
    await up(bench);
    bench.engine.onChange = () => {
      const made = bench.engine.calls.length;
      if (made === 1) bench.engine.behaviour.set('web', crashes);
      else bench.engine.behaviour.clear();
    };
    await expect(up(bench, changed, back)).rejects.toMatchObject({
      code: 'rolled_back',
      message: expect.stringMatching(/^stack shop was rolled back to v1: service web keeps exiting/),
      data: { verdict: { outcome: 'failing' } },
    });
    expect(await versions(bench)).toEqual([
      'v3 ok: rolled back to v1',
      'v2 failed: changed web (image: web:1 -> web:2)',
      'v1 ok: created with web',
    ]);
    const web = await bench.verb('services', 'get')({ service: 'web' }, {}, bench.context);
    expect(web).toMatchObject({ image: 'web:1', state: 'Running', synchronized: true });
    const failed = await newest(bench);
    expect(failed).toMatchObject({ state: 'Failed', reason: expect.stringContaining('rolled back to v1') });
    expect(await newestLog(bench)).toContain('going back to v1');
    // Retried, it asks for the new one again.
    expect(await retry(bench, failed.id)).toMatchObject({ state: 'Success' });
    expect((await versions(bench))[0]).toMatch(/^v4 ok/);
  });

  test('of a first deployment fails: there is nothing to go back to', async () => {
    const bench = await openBench();
    bench.engine.behaviour.set('web', crashes);
    await expect(up(bench, shop, back)).rejects.toMatchObject({ code: 'rollout_failed' });
    expect(await versions(bench)).toEqual(['v1 failed: created with web']);
  });
});

describe('two changes of one stack', () => {
  test('the second is refused at once when it does not want to wait, and told by whom', async () => {
    const bench = await openBench();
    bench.engine.behaviour.set('web', hangs);
    const outcome = up(bench).catch((reason: unknown) => reason);
    await expect.poll(() => bench.engine.calls).toContain('apply service web');
    const other = await another(bench);
    const running = await newest(other);
    await expect(up(other, changed, { lockTimeoutMs: 0 })).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringMatching(/being changed by ann \(Stack Up, process 1 on here, for \d+ seconds?\)/),
      data: { holder: { action: running.id, user: 'ann', host: 'here', pid: 1, command: 'Stack Up' } },
    });
    bench.interrupt.abort();
    await outcome;
  });

  test('epochs only grow, whoever changes the stack', async () => {
    const bench = await openBench();
    await up(bench);
    await up(await another(bench), changed);
    await bench.verb('stacks', 'terminate')({ stack: 'shop' }, {}, bench.context);
    await up(bench);
    const { epochs } = bench.engine;
    expect(epochs).toEqual([...epochs].sort((one, other) => one - other));
    expect(new Set(epochs).size).toBe(4);
  });
});

describe('a backend that is opened after its runner has died', () => {
  test('says which action was interrupted, once', async () => {
    const bench = await openBench({ pollMs: 60_000 });
    bench.engine.behaviour.set('web', hangs);
    const outcome = up(bench).catch((reason: unknown) => reason);
    await expect.poll(() => bench.engine.calls).toContain('apply service web');
    const processes = new FakeProcesses(processNamed(2));
    processes.kill(processNamed(1));
    const next = await openBench({ engine: bench.engine, path: bench.path, processes });
    const { id } = await newest(next);
    expect(await next.backend.takeNotices()).toEqual([
      expect.stringMatching(new RegExp(`^Stack Up of shop by ann \\(action ${id.slice(0, 8)}\\) was interrupted`)),
    ]);
    const later = await openBench({ engine: bench.engine, path: bench.path, processes });
    expect(await later.backend.takeNotices()).toEqual([]);
    next.engine.behaviour.clear();
    expect(await retry(next, id)).toMatchObject({ state: 'Success' });
    bench.interrupt.abort();
    await outcome;
  });
});

test('a release whose rollout fails at a gate has failed', async () => {
  const bench = await openBench();
  bench.engine.behaviour.set('db', crashes);
  const web = { image: 'web:1', depends_on: { db: { condition: 'service_healthy', required: true } } } as const;
  const needy: Project = { name: 'shop', services: { db: { image: 'db:1' }, web } };
  await expect(up(bench, needy)).rejects.toMatchObject({ code: 'rollout_failed' });
  expect(await versions(bench)).toEqual(['v1 failed: created with db, web']);
});
