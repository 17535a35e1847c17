import { describe, expect, test } from 'vitest';
import { call, collect, need, openBackend } from '../harness.js';
import { containersOf, idsOf, standing } from '../looks.js';
import { noun } from '../nouns.js';
import { single } from '../projects.js';
import type { Subject } from '../subject.js';

/** Services without a stack. */
export function standaloneContract(subject: Subject): void {
  describe('a service that stands alone', () => {
    createContract(subject);
    runContract(subject);
    changeContract(subject);
  });
}

function createContract(subject: Subject): void {
  test('is created without running, and is no stack', async (context) => {
    const backend = await openBackend(context, subject);
    const create = need(context, backend, 'services', 'create', { dryRun: true });
    const definition = { image: subject.images.steady, environment: { MODE: 'test' } };
    const request = { name: 'cache', definition };

    const planned = noun('serviceMutation', await create(request, { dryRun: true }, call()));
    expect(planned).toMatchObject({ subject: null, action: null });
    expect(await standing(context, backend)).toEqual({});
    const created = noun('serviceMutation', await create(request, {}, call()));
    expect(created.plan).toEqual(planned.plan);
    expect(created.subject).toMatchObject({ name: 'cache', stack: null, state: 'Not running', deployedAt: null });
    expect(await standing(context, backend)).toEqual({ cache: 'Not running 0/1' });
    const found = await need(context, backend, 'services', 'get')({ service: 'cache' }, {}, call());
    expect(noun('serviceDetail', found)).toMatchObject({ id: created.subject?.id, stack: null, definition });
    expect(await collect(need(context, backend, 'stacks', 'list')({}, {}, call()))).toEqual([]);
    expect(await containersOf(context, backend)).toEqual([]);
    await expect(create(request, {}, call())).rejects.toMatchObject({ code: 'conflict' });
    await need(context, backend, 'services', 'start')({ service: 'cache' }, {}, call());
    expect(await standing(context, backend)).toEqual({ cache: 'Running 1/1' });
  });

  test('and a stack cannot have the same name: conflict, and nothing is changed', async (context) => {
    const backend = await openBackend(context, subject);
    const [create, run] = [need(context, backend, 'services', 'create'), need(context, backend, 'services', 'run')];
    const [make, up] = [need(context, backend, 'stacks', 'create'), need(context, backend, 'stacks', 'up')];
    const definition = { image: subject.images.steady };
    await make({ project: await single('first', subject.images.steady) }, {}, call());
    await create({ name: 'second', definition }, {}, call());
    const project = await single('second', subject.images.steady);
    for (const attempt of [
      () => create({ name: 'first', definition }, {}, call()),
      () => run({ name: 'first', definition }, {}, call()),
      () => make({ project }, {}, call()),
      () => up({ project }, {}, call()),
    ]) {
      await expect(attempt()).rejects.toMatchObject({ code: 'conflict' });
    }
    expect(await standing(context, backend)).toEqual({ app: 'Not running 0/1', second: 'Not running 0/1' });
  });
}

function runContract(subject: Subject): void {
  test('runs at once with run: its containers and logs are found, and it scales', async (context) => {
    const backend = await openBackend(context, subject);
    const run = need(context, backend, 'services', 'run', { dryRun: true });
    const request = { name: 'cache', definition: { image: subject.images.steady } };
    const planned = await run(request, { dryRun: true }, call());
    expect(await standing(context, backend)).toEqual({});
    const done = noun('serviceMutation', await run(request, {}, call()));
    expect(done.plan).toEqual(planned.plan);
    expect(done).toMatchObject({
      subject: { name: 'cache', stack: null, state: 'Running', replicas: { desired: 1, running: 1 } },
      action: { state: 'Success', object: { kind: 'service', name: 'cache' } },
    });
    const [container] = await containersOf(context, backend, { service: 'cache' });
    expect(container).toMatchObject({ name: 'cache-1', service: 'cache', stack: null, state: 'Running' });
    const found = await need(context, backend, 'containers', 'get')({ container: 'cache-1' }, {}, call());
    expect(found).toMatchObject({ id: container?.id, stack: null });
    const read = need(context, backend, 'logs', 'read', { tail: 1 });
    const [line] = await collect(read({ service: 'cache' }, { tail: 1 }, call()));
    expect(noun('logLine', line)).toMatchObject({ service: 'cache', container: 'cache-1', stack: null });
    await need(context, backend, 'services', 'scale')({ replicas: [{ service: 'cache', replicas: 2 }] }, {}, call());
    expect(await standing(context, backend)).toEqual({ cache: 'Running 2/2' });
    await expect(run(request, {}, call())).rejects.toMatchObject({ code: 'conflict' });
    expect(await standing(context, backend)).toEqual({ cache: 'Running 2/2' });
  });

  test('run with strict refuses what would not be heeded', async (context) => {
    const backend = await openBackend(context, subject);
    const strict = { strict: true };
    const run = need(context, backend, 'services', 'run', strict);
    const definition = { image: subject.images.steady, 'x-berth': { autodestroy: 'always' } };
    const refused = run({ name: 'cache', definition }, strict, call());
    await expect(refused).rejects.toMatchObject({ code: 'unsupported' });
    expect(await standing(context, backend)).toEqual({});
  });
}

function changeContract(subject: Subject): void {
  test('is updated, stopped, started and redeployed by its name', async (context) => {
    const backend = await openBackend(context, subject);
    const update = need(context, backend, 'services', 'update');
    const definition = { image: subject.images.steady };
    await need(context, backend, 'services', 'run')({ name: 'cache', definition }, {}, call());
    const before = await idsOf(context, backend);
    const service = 'cache';

    const updated = await update({ service, changes: { image: subject.images.newer } }, {}, call());
    expect(updated.subject).toMatchObject({ stack: null, synchronized: false });
    expect(await idsOf(context, backend)).toEqual(before);
    const redeployed = await need(context, backend, 'services', 'redeploy')({ service }, {}, call());
    expect(redeployed.subject).toMatchObject({ image: subject.images.newer, synchronized: true });
    await need(context, backend, 'services', 'stop')({ service }, {}, call());
    expect(await standing(context, backend)).toEqual({ cache: 'Stopped 0/1' });
    const started = await need(context, backend, 'services', 'start')({ service }, {}, call());
    expect(started.subject).toMatchObject({ stack: null, state: 'Running' });
  });

  test('is gone with everything of it when it is terminated, and its name is free', async (context) => {
    const backend = await openBackend(context, subject);
    const run = need(context, backend, 'services', 'run');
    const terminate = need(context, backend, 'services', 'terminate');
    const request = { name: 'cache', definition: { image: subject.images.steady } };
    const first = await run(request, {}, call());
    const gone = noun('serviceMutation', await terminate({ service: 'cache' }, {}, call()));
    expect(gone).toMatchObject({ subject: null, action: { state: 'Success' } });
    expect(await standing(context, backend)).toEqual({});
    expect(await containersOf(context, backend)).toEqual([]);
    const second = await run(request, {}, call());
    expect(second.subject?.id).not.toBe(first.subject?.id);
  });
}
