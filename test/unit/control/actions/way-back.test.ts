import { describe, expect, test } from 'vitest';
import type { Project } from '../../../../src/lib/compose/project.js';
import { RefusedError } from '../../../../src/lib/port/errors.js';
import { crashes, hangs } from '../fake-engine.js';
import { FakeProcesses, processNamed } from '../fake-processes.js';
import { all, type Bench, openBench } from '../open-backend.js';

const services = (web: string): Project['services'] => ({
  web: { image: web, deploy: { replicas: 1 } },
  worker: { image: 'worker:1' },
});
const good: Project = { name: 'shop', services: services('web:1') };
const bad: Project = { name: 'shop', services: services('web:2') };

function up(bench: Bench, project: Project, options = {}) {
  return bench.verb('stacks', 'up')({ project }, options, bench.context);
}

/** A bad rollout that is to be taken back. The engine runs what it had before. */
async function fails(bench: Bench, options = {}, project = bad): Promise<void> {
  bench.engine.onChange = (call) => {
    if (call !== 'apply service web') return;
    if (bench.engine.behaviour.has('web')) bench.engine.behaviour.clear();
    else bench.engine.behaviour.set('web', crashes);
  };
  const outcome = up(bench, project, { rollbackOnFailure: true, ...options });
  await expect(outcome).rejects.toMatchObject({ code: 'rolled_back' });
  bench.engine.onChange = () => undefined;
}

async function states(bench: Bench): Promise<Record<string, string>> {
  const found = await all(bench.verb('services', 'list')({}, {}, bench.context));
  return Object.fromEntries(
    found.map(({ name, image, state, replicas }) => [name, `${image} ${state} ${replicas.desired}`]),
  );
}

async function releases(bench: Bench): Promise<string[]> {
  const found = await all(bench.verb('releases', 'list')({ stack: 'shop' }, {}, bench.context));
  return found.map(({ version, summary, failed }) => `v${version}${failed ? ' failed' : ''}: ${summary}`);
}

describe('going back leaves alone what the rollout left alone', () => {
  test('a service that was terminated is not made again', async () => {
    const bench = await openBench();
    await up(bench, good);
    await bench.verb('services', 'terminate')({ service: 'worker' }, {}, bench.context);
    const { web } = bad.services;
    await fails(bench, {}, { name: 'shop', services: web === undefined ? {} : { web } });
    expect(await states(bench)).toEqual({ web: 'web:1 Running 1' });
    expect((await releases(bench))[0]).toBe('v4: rolled back to v2');
  });

  test('a service that is gone from the file stays as it was', async () => {
    const bench = await openBench();
    await up(bench, good);
    const { web } = good.services;
    await up(bench, { name: 'shop', services: web === undefined ? {} : { web } });
    const { web: worse } = bad.services;
    await fails(bench, {}, { name: 'shop', services: worse === undefined ? {} : { web: worse } });
    expect(await states(bench)).toMatchObject({ worker: 'worker:1 Running 1', web: 'web:1 Running 1' });
  });

  test('a service that is stopped stays so', async () => {
    const bench = await openBench();
    await up(bench, good);
    await bench.verb('services', 'stop')({ service: 'worker' }, {}, bench.context);
    await fails(bench, { services: ['web'] });
    expect(await states(bench)).toEqual({ web: 'web:1 Running 1', worker: 'worker:1 Stopped 1' });
  });

  test('what was scaled is so again', async () => {
    const bench = await openBench();
    await up(bench, good);
    await bench.verb('services', 'scale')({ replicas: [{ service: 'web', replicas: 5 }] }, {}, bench.context);
    await fails(bench, { resetScale: true });
    expect(await states(bench)).toMatchObject({ web: 'web:1 Running 5' });
  });

  test('a service that came with the rollout goes', async () => {
    const bench = await openBench();
    await up(bench, good);
    await fails(bench, {}, { name: 'shop', services: { ...bad.services, extra: { image: 'extra:1' } } });
    expect(await states(bench)).toEqual({ web: 'web:1 Running 1', worker: 'worker:1 Running 1' });
  });
});

test('the command again, after one that was interrupted, goes back all the same, and the release has failed', async () => {
  const bench = await openBench();
  await up(bench, good);
  bench.engine.behaviour.set('web', hangs);
  bench.engine.onChange = () => bench.interrupt.abort(new Error('interrupted by SIGTERM'));
  await expect(up(bench, bad, { rollbackOnFailure: true })).rejects.toMatchObject({ code: 'interrupted' });
  const next = await openBench({ engine: bench.engine, path: bench.path });
  next.engine.behaviour.set('web', crashes);
  next.engine.onChange = (call) => {
    if (call === 'apply service web' && next.engine.calls.length > 3) next.engine.behaviour.clear();
  };
  await expect(up(next, bad, { rollbackOnFailure: true })).rejects.toMatchObject({ code: 'rolled_back' });
  expect((await releases(next)).slice(0, 2)).toEqual([
    'v3: rolled back to v1',
    'v2 failed: changed web (image: web:1 -> web:2)',
  ]);
});

test('a way back that cannot be planned does not hide why the rollout failed', async () => {
  const bench = await openBench();
  await up(bench, good);
  bench.engine.behaviour.set('web', hangs);
  bench.engine.onChange = () => bench.interrupt.abort(new Error('interrupted by SIGTERM'));
  await expect(up(bench, bad)).rejects.toMatchObject({ code: 'interrupted' });
  const next = await openBench({ engine: bench.engine, path: bench.path });
  next.engine.behaviour.set('web', crashes);
  next.engine.onChange = () => undefined;
  next.engine.check = async () => {
    if (next.engine.behaviour.has('web') && next.engine.calls.length > 3) {
      throw new RefusedError('the engine has lost its mind');
    }
    return [];
  };
  await expect(up(next, bad, { rollbackOnFailure: true })).rejects.toMatchObject({
    code: 'rollout_failed',
    message: expect.stringContaining('service web keeps exiting'),
    detail: expect.stringContaining('the way back could not be planned: the engine has lost its mind'),
  });
});

describe('a retry', () => {
  test('of a terminate leaves a stack alone that was made since', async () => {
    const bench = await openBench();
    await up(bench, good);
    const { action } = await bench.verb('stacks', 'terminate')({ stack: 'shop' }, {}, bench.context);
    await up(bench, good);
    const again = bench.verb('actions', 'retry')({ action: action?.id ?? '' }, {}, bench.context);
    await expect(again).rejects.toMatchObject({
      code: 'refused',
      message: expect.stringContaining('another stack has the name now'),
    });
    expect(await states(bench)).toMatchObject({ web: 'web:1 Running 1' });
  });

  test('of a create that succeeded does nothing', async () => {
    const bench = await openBench();
    const { action } = await bench.verb('stacks', 'create')({ project: good }, {}, bench.context);
    const again = await bench.verb('actions', 'retry')({ action: action?.id ?? '' }, {}, bench.context);
    expect(again).toMatchObject({ state: 'Success' });
    expect(await releases(bench)).toHaveLength(1);
  });

  test('of an up ends that the stack is being terminated', async () => {
    const bench = await openBench();
    const { action } = await up(bench, good);
    bench.engine.onChange = (call) => {
      if (call.startsWith('remove')) throw new Error('cannot remove');
    };
    const down = bench.verb('stacks', 'terminate')({ stack: 'shop' }, {}, bench.context);
    await expect(down).rejects.toThrow('cannot remove');
    bench.engine.onChange = () => undefined;
    await bench.verb('actions', 'retry')({ action: action?.id ?? '' }, {}, bench.context);
    const stack = await bench.verb('stacks', 'get')({ stack: 'shop' }, {}, bench.context);
    expect(stack.state).toBe('Running');
  });

  test('does not rob another retry of the same action', async () => {
    const bench = await openBench();
    bench.engine.behaviour.set('web', hangs);
    bench.engine.onChange = () => bench.interrupt.abort(new Error('interrupted by SIGTERM'));
    await expect(up(bench, good)).rejects.toMatchObject({ code: 'interrupted' });
    bench.engine.onChange = () => undefined;
    const one = await openBench({
      engine: bench.engine,
      path: bench.path,
      processes: new FakeProcesses(processNamed(2)),
    });
    const other = await openBench({
      engine: bench.engine,
      path: bench.path,
      processes: new FakeProcesses(processNamed(3)),
    });
    const [action] = await all(one.verb('actions', 'list')({}, {}, one.context));
    const request = { action: action?.id ?? '' };
    const first = one.verb('actions', 'retry')(request, {}, one.context);
    await expect
      .poll(async () => (await one.verb('actions', 'get')(request, {}, one.context)).state)
      .toBe('In progress');
    const second = other.verb('actions', 'retry')(request, { lockTimeoutMs: 0 }, other.context);
    await expect(second).rejects.toMatchObject({ code: 'refused' });
    bench.engine.behaviour.clear();
    expect(await first).toMatchObject({ state: 'Success' });
  });
});

test('two service runs of one name: the second is refused', async () => {
  const bench = await openBench();
  const run = (image: string) =>
    bench.verb('services', 'run')({ name: 'solo', definition: { image } }, {}, bench.context);
  const [first, second] = await Promise.allSettled([run('nginx:1'), run('redis:7')]);
  expect([first.status, second.status].sort()).toEqual(['fulfilled', 'rejected']);
  expect(await all(bench.verb('services', 'list')({}, {}, bench.context))).toHaveLength(1);
});

test('a dependency that fails ends the wait for another', async () => {
  const bench = await openBench();
  bench.engine.behaviour.set('a', crashes);
  bench.engine.behaviour.set('b', hangs);
  const needs = { condition: 'service_healthy', required: true } as const;
  const web = { image: 'web:1', depends_on: { a: needs, b: needs } };
  const project: Project = { name: 'shop', services: { a: { image: 'a:1' }, b: { image: 'b:1' }, web } };
  await expect(up(bench, project)).rejects.toMatchObject({
    code: 'rollout_failed',
    message: expect.stringContaining('service a'),
  });
});

test('an action whose holder fell silent elsewhere has ended when its stack is taken over', async () => {
  const far = await openBench({ processes: new FakeProcesses(processNamed(7, 'elsewhere')), pollMs: 60_000 });
  far.engine.behaviour.set('web', hangs);
  const outcome = up(far, good).catch((reason: unknown) => reason);
  await expect.poll(() => far.engine.calls).toContain('apply service web');
  const near = await openBench({ engine: far.engine, path: far.path });
  far.engine.behaviour.clear();
  // The bench's clock goes 20 ms a look: the lease of the other runs out while it is waited for.
  await up(near, good);
  const actions = await all(near.verb('actions', 'list')({}, {}, near.context));
  expect(actions.map(({ state, reason }) => [state, reason])).toContainEqual(['Failed', 'interrupted']);
  far.interrupt.abort();
  await outcome;
});

describe('what a release is made of', () => {
  test('up of some services stores those and leaves the others as they were', async () => {
    const bench = await openBench();
    await up(bench, good);
    const worker = { image: 'worker:2' };
    await up(bench, { name: 'shop', services: { ...bad.services, worker } }, { services: ['worker'] });
    expect((await releases(bench))[0]).toBe('v2: changed worker (image: worker:1 -> worker:2)');
    const set = bench.verb('config', 'set');
    const { plan } = await set({ target: { stack: 'shop' }, values: { A: '1' } }, { dryRun: true }, bench.context);
    expect(JSON.stringify(plan)).not.toContain('web:2');
  });

  test('a rollback without a number goes behind what failed, and again one further', async () => {
    const bench = await openBench();
    await up(bench, good);
    await up(bench, { ...good, services: { ...good.services, worker: { image: 'worker:2' } } });
    await fails(bench, {}, { name: 'shop', services: { ...bad.services, worker: { image: 'worker:2' } } });
    const rollback = bench.verb('releases', 'rollback');
    const { subject } = await rollback({ stack: 'shop' }, {}, bench.context);
    expect(subject).toMatchObject({ version: 5, summary: 'rolled back to v1' });
    expect(await states(bench)).toMatchObject({ worker: 'worker:1 Running 1' });
    await expect(rollback({ stack: 'shop' }, {}, bench.context)).rejects.toMatchObject({ code: 'refused' });
  });

  test('a rollback leaves a service alone that neither release has', async () => {
    const bench = await openBench();
    const { web, worker } = good.services;
    if (web === undefined || worker === undefined) throw new Error('the sample has both');
    await up(bench, good);
    await up(bench, { name: 'shop', services: { web } });
    await up(bench, { name: 'shop', services: { web: { image: 'web:3' } } });
    await bench.verb('releases', 'rollback')({ stack: 'shop', version: 2 }, {}, bench.context);
    expect(await states(bench)).toMatchObject({ web: 'web:1 Running 1', worker: 'worker:1 Running 1' });
  });
});
