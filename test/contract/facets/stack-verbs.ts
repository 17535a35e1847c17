import { describe, expect, test } from 'vitest';
import { call, need, openBackend } from '../harness.js';
import { containersOf, idsOf, releasesOf, standing } from '../looks.js';
import { noun } from '../nouns.js';
import { shop, single } from '../projects.js';
import type { Subject } from '../subject.js';

/** What is done to a stack that is there. */
export function stackVerbsContract(subject: Subject): void {
  describe('stacks', () => {
    stopContract(subject);
    redeployContract(subject);
    updateContract(subject);
    exportContract(subject);

    test('verbs on a stack that is not there are not found, and do nothing', async (context) => {
      const backend = await openBackend(context, subject);
      const stack = 'nothing';
      const project = await single('nothing', subject.images.steady);
      for (const attempt of [
        () => need(context, backend, 'stacks', 'start')({ stack }, {}, call()),
        () => need(context, backend, 'stacks', 'stop')({ stack }, {}, call()),
        () => need(context, backend, 'stacks', 'redeploy')({ stack }, {}, call()),
        () => need(context, backend, 'stacks', 'update')({ stack, project }, {}, call()),
        () => need(context, backend, 'stacks', 'export')({ stack }, {}, call()),
      ]) {
        await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
      }
    });
  });
}

function stopContract(subject: Subject): void {
  test('stop keeps the containers, but they do not run; start runs them again', async (context) => {
    const backend = await openBackend(context, subject);
    const stop = need(context, backend, 'stacks', 'stop', { dryRun: true });
    const start = need(context, backend, 'stacks', 'start', { dryRun: true });
    const project = await shop(subject.images);
    await need(context, backend, 'stacks', 'up')({ project }, {}, call());
    const ids = await idsOf(context, backend);

    const dry = { dryRun: true };
    const planned = noun('stackMutation', await stop({ stack: 'shop' }, dry, call()));
    expect(planned).toMatchObject({ subject: null, action: null });
    expect(await standing(context, backend)).toMatchObject({ web: 'Running 2/2' });
    const stopped = noun('stackMutation', await stop({ stack: 'shop' }, {}, call()));
    expect(stopped.plan).toEqual(planned.plan);
    expect(stopped).toMatchObject({ subject: { state: 'Stopped' }, verdict: { outcome: 'stopped' } });
    expect(await standing(context, backend)).toEqual({ db: 'Stopped 0/1', web: 'Stopped 0/2', worker: 'Stopped 0/1' });
    const containers = await containersOf(context, backend);
    expect(containers.map(({ id, state }) => [id, state])).toEqual(ids.map((id) => [id, 'Stopped']));
    expect(await stop({ stack: 'shop' }, {}, call())).toMatchObject({ action: null, plan: [] });

    const toStart = await start({ stack: 'shop' }, dry, call());
    const started = noun('stackMutation', await start({ stack: 'shop' }, {}, call()));
    expect(started.plan).toEqual(toStart.plan);
    expect(started).toMatchObject({ subject: { state: 'Running', synchronized: true } });
    expect(await idsOf(context, backend)).toEqual(ids);
    expect(await start({ stack: 'shop' }, {}, call())).toMatchObject({ action: null, plan: [] });
    expect(await releasesOf(context, backend, 'shop')).toHaveLength(1);
  });

  test('up runs again what was stopped, and start what was only created', async (context) => {
    const backend = await openBackend(context, subject);
    const project = await single('solo', subject.images.steady);
    await need(context, backend, 'stacks', 'create')({ project }, {}, call());
    const stop = need(context, backend, 'stacks', 'stop');
    expect(await stop({ stack: 'solo' }, {}, call())).toMatchObject({ action: null, plan: [] });
    await need(context, backend, 'stacks', 'start')({ stack: 'solo' }, {}, call());
    expect(await standing(context, backend)).toEqual({ app: 'Running 1/1' });
    const ids = await idsOf(context, backend);
    await stop({ stack: 'solo' }, {}, call());
    const up = await need(context, backend, 'stacks', 'up')({ project }, {}, call());
    expect(up.subject).toMatchObject({ state: 'Running' });
    expect(up.plan.find(({ kind, name }) => kind === 'service' && name === 'app')?.operation).toBe('start');
    expect(await idsOf(context, backend)).toEqual(ids);
  });
}

function redeployContract(subject: Subject): void {
  test('redeploy replaces every container by one of the same definition', async (context) => {
    const backend = await openBackend(context, subject);
    const redeploy = need(context, backend, 'stacks', 'redeploy', { dryRun: true });
    const project = await shop(subject.images);
    await need(context, backend, 'stacks', 'up')({ project }, {}, call());
    const before = await containersOf(context, backend);

    const planned = await redeploy({ stack: 'shop' }, { dryRun: true }, call());
    expect(planned).toMatchObject({ subject: null, action: null });
    expect(await containersOf(context, backend)).toEqual(before);
    const done = noun('stackMutation', await redeploy({ stack: 'shop' }, {}, call()));
    expect(done.plan).toEqual(planned.plan);
    expect(done.subject).toMatchObject({ state: 'Running', synchronized: true });
    const after = await containersOf(context, backend);
    const names = (containers: typeof after): unknown => containers.map(({ name, image }) => [name, image]);
    expect(names(after)).toEqual(names(before));
    const old = before.map(({ id }) => id);
    expect(after.filter(({ id }) => old.includes(id))).toEqual([]);
    expect(await releasesOf(context, backend, 'shop')).toHaveLength(1);
    expect(await need(context, backend, 'stacks', 'up')({ project }, {}, call())).toMatchObject({ plan: [] });
  });
}

function updateContract(subject: Subject): void {
  test('update stores a definition, as a release; what runs stays until redeploy', async (context) => {
    const backend = await openBackend(context, subject);
    const update = need(context, backend, 'stacks', 'update', { dryRun: true });
    await need(context, backend, 'stacks', 'up')({ project: await shop(subject.images) }, {}, call());
    const before = await idsOf(context, backend);
    const project = await shop(subject.images, { web: subject.images.newer });
    const request = { stack: 'shop', project };

    const planned = await update(request, { dryRun: true }, call());
    expect(await releasesOf(context, backend, 'shop')).toHaveLength(1);
    const updated = noun('stackMutation', await update(request, {}, call()));
    expect(updated.plan).toEqual(planned.plan);
    expect(updated.subject).toMatchObject({ state: 'Running', synchronized: false });
    expect(await idsOf(context, backend)).toEqual(before);
    const stack = await need(context, backend, 'stacks', 'get')({ stack: 'shop' }, {}, call());
    expect(stack.definition).toEqual(project);
    expect(await releasesOf(context, backend, 'shop')).toMatchObject([{ version: 2, current: true }, { version: 1 }]);
    expect(await update(request, {}, call())).toMatchObject({ action: null, plan: [] });

    const done = await need(context, backend, 'stacks', 'redeploy')({ stack: 'shop' }, {}, call());
    expect(done.subject).toMatchObject({ state: 'Running', synchronized: true });
    const web = await containersOf(context, backend, { service: 'web' });
    expect(web.map(({ image }) => image)).toEqual(Array(2).fill(subject.images.newer));
  });

  test('update with redeploy replaces at once what differs, and nothing else', async (context) => {
    const backend = await openBackend(context, subject);
    const options = { redeploy: true };
    const update = need(context, backend, 'stacks', 'update', options);
    await need(context, backend, 'stacks', 'up')({ project: await shop(subject.images) }, {}, call());
    const before = await containersOf(context, backend);
    const project = await shop(subject.images, { web: subject.images.newer });
    const updated = noun('stackMutation', await update({ stack: 'shop', project }, options, call()));
    expect(updated.subject).toMatchObject({ state: 'Running', synchronized: true });
    const after = await containersOf(context, backend);
    const others = (containers: typeof after): unknown => containers.filter(({ service }) => service !== 'web');
    expect(others(after)).toEqual(others(before));
    const web = after.filter(({ service }) => service === 'web');
    expect(web.map(({ image }) => image)).toEqual(Array(2).fill(subject.images.newer));
    expect(await update({ stack: 'shop', project }, options, call())).toMatchObject({ action: null, plan: [] });
  });
}

function exportContract(subject: Subject): void {
  test('export gives the definition with what was laid over it: brought up, it changes no service', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const project = await shop(subject.images);
    await up({ project }, {}, call());
    const exported = async () =>
      noun('definition', await need(context, backend, 'stacks', 'export')({ stack: 'shop' }, {}, call()));
    expect(await exported()).toMatchObject(project);

    const set = need(context, backend, 'config', 'set');
    await set({ target: { stack: 'shop' }, values: { MODE: 'a $ and "more"' } }, {}, call());
    await need(context, backend, 'services', 'scale')({ replicas: [{ service: 'web', replicas: 3 }] }, {}, call());
    const laid = await exported();
    expect(laid.services.web).toMatchObject({
      environment: { ...project.services.web?.environment, MODE: 'a $ and "more"' },
      deploy: { replicas: 3 },
    });
    const before = await idsOf(context, backend);
    const again = await up({ project: laid }, {}, call());
    expect(again.plan.filter(({ kind, operation }) => kind === 'service' && operation !== 'wait')).toEqual([]);
    expect(await idsOf(context, backend)).toEqual(before);
  });
}
