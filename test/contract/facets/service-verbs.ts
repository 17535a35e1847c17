import { describe, expect, test } from 'vitest';
import { call, need, openBackend } from '../harness.js';
import { containersOf, idsOf, releasesOf, standing } from '../looks.js';
import { noun } from '../nouns.js';
import { shop } from '../projects.js';
import type { Subject } from '../subject.js';

/** What is done to one service of a stack. */
export function serviceVerbsContract(subject: Subject): void {
  describe('services of a stack', () => {
    runContract(subject);
    changeContract(subject);

    test('verbs on a service that is not there are not found, and do nothing', async (context) => {
      const backend = await openBackend(context, subject);
      const service = 'nothing';
      for (const attempt of [
        () => need(context, backend, 'services', 'start')({ service }, {}, call()),
        () => need(context, backend, 'services', 'stop')({ service }, {}, call()),
        () => need(context, backend, 'services', 'redeploy')({ service }, {}, call()),
        () => need(context, backend, 'services', 'terminate')({ service }, {}, call()),
        () => need(context, backend, 'services', 'update')({ service, changes: { image: 'a' } }, {}, call()),
      ]) {
        await expect(attempt()).rejects.toMatchObject({ code: 'not_found' });
      }
    });
  });
}

function runContract(subject: Subject): void {
  test('stop, start and redeploy of one leave the others alone', async (context) => {
    const backend = await openBackend(context, subject);
    const stop = need(context, backend, 'services', 'stop', { dryRun: true });
    const start = need(context, backend, 'services', 'start');
    const redeploy = need(context, backend, 'services', 'redeploy');
    await need(context, backend, 'stacks', 'up')({ project: await shop(subject.images) }, {}, call());
    const before = await containersOf(context, backend);
    const others = (containers: typeof before): unknown => containers.filter(({ service }) => service !== 'web');

    const service = 'web.shop';
    const planned = await stop({ service }, { dryRun: true }, call());
    const stopped = noun('serviceMutation', await stop({ service }, {}, call()));
    expect(stopped.plan).toEqual(planned.plan);
    expect(stopped).toMatchObject({
      subject: { name: 'web', state: 'Stopped', replicas: { desired: 2, running: 0 } },
      action: { state: 'Success', object: { kind: 'service', name: 'web.shop' } },
    });
    expect(others(await containersOf(context, backend))).toEqual(others(before));
    const stack = await need(context, backend, 'stacks', 'get')({ stack: 'shop' }, {}, call());
    expect(stack.state).toBe('Running');
    expect(await stop({ service }, {}, call())).toMatchObject({ action: null, plan: [] });

    const started = noun('serviceMutation', await start({ service }, {}, call()));
    expect(started.subject).toMatchObject({ state: 'Running', replicas: { desired: 2, running: 2 } });
    expect(await idsOf(context, backend)).toEqual(before.map(({ id }) => id));
    expect(await start({ service }, {}, call())).toMatchObject({ action: null, plan: [] });

    const redeployed = noun('serviceMutation', await redeploy({ service }, {}, call()));
    expect(redeployed.subject).toMatchObject({ state: 'Running', synchronized: true });
    const after = await containersOf(context, backend);
    expect(others(after)).toEqual(others(before));
    const old = before.map(({ id }) => id);
    expect(after.filter(({ service: of, id }) => of === 'web' && old.includes(id))).toEqual([]);
  });

  test('one that is stopped stays so when it is scaled, or the stack is not asked to start it', async (context) => {
    const backend = await openBackend(context, subject);
    await need(context, backend, 'stacks', 'up')({ project: await shop(subject.images) }, {}, call());
    await need(context, backend, 'services', 'stop')({ service: 'worker' }, {}, call());
    await need(context, backend, 'services', 'scale')({ replicas: [{ service: 'worker', replicas: 2 }] }, {}, call());
    expect(await standing(context, backend)).toMatchObject({ worker: 'Stopped 0/2' });
    await need(context, backend, 'services', 'start')({ service: 'worker' }, {}, call());
    expect(await standing(context, backend)).toMatchObject({ worker: 'Running 2/2' });
  });
}

function changeContract(subject: Subject): void {
  test('update changes what it names, as a release; what runs stays until redeploy', async (context) => {
    const backend = await openBackend(context, subject);
    const update = need(context, backend, 'services', 'update', { redeploy: true });
    const get = need(context, backend, 'services', 'get');
    const project = await shop(subject.images);
    await need(context, backend, 'stacks', 'up')({ project }, {}, call());
    const before = await idsOf(context, backend);
    const service = 'web.shop';

    const changes = { image: subject.images.newer };
    const updated = noun('serviceMutation', await update({ service, changes }, {}, call()));
    expect(updated.subject).toMatchObject({ name: 'web', state: 'Running', synchronized: false });
    expect(await idsOf(context, backend)).toEqual(before);
    const { definition } = noun('serviceDetail', await get({ service }, {}, call()));
    expect(definition).toEqual({ ...project.services.web, ...changes });
    expect(await releasesOf(context, backend, 'shop')).toMatchObject([{ version: 2 }, { version: 1 }]);
    expect(await update({ service, changes }, {}, call())).toMatchObject({ action: null, plan: [] });

    const redeployed = await need(context, backend, 'services', 'redeploy')({ service }, {}, call());
    expect(redeployed.subject).toMatchObject({ synchronized: true, image: subject.images.newer });
    const web = await containersOf(context, backend, { service });
    expect(web.map(({ image }) => image)).toEqual(Array(2).fill(subject.images.newer));

    const atOnce = { command: ['serve', '--fast'] };
    const changed = noun('serviceMutation', await update({ service, changes: atOnce }, { redeploy: true }, call()));
    expect(changed.subject).toMatchObject({ state: 'Running', synchronized: true });
    const replaced = await containersOf(context, backend, { service });
    expect(replaced.map(({ command }) => command)).toEqual(Array(2).fill('serve --fast'));
    await update({ service, changes: { command: null } }, {}, call());
    expect((await get({ service }, {}, call())).definition).not.toHaveProperty('command');
  });

  test('terminate takes one down and out of the definition; up of the file brings it back', async (context) => {
    const backend = await openBackend(context, subject);
    const terminate = need(context, backend, 'services', 'terminate', { dryRun: true });
    const project = await shop(subject.images);
    await need(context, backend, 'stacks', 'up')({ project }, {}, call());
    const service = 'db.shop';

    const planned = await terminate({ service }, { dryRun: true }, call());
    expect(await standing(context, backend)).toHaveProperty('db');
    const gone = noun('serviceMutation', await terminate({ service }, {}, call()));
    expect(gone).toMatchObject({ subject: null, action: { state: 'Success' }, plan: planned.plan });
    expect(await standing(context, backend)).toEqual({ web: 'Running 2/2', worker: 'Running 1/1' });
    expect(await containersOf(context, backend, { stack: 'shop' })).toHaveLength(3);
    const stack = await need(context, backend, 'stacks', 'get')({ stack: 'shop' }, {}, call());
    expect(stack).toMatchObject({ services: ['web', 'worker'], state: 'Running', synchronized: true });
    expect(stack.definition.services.web).not.toHaveProperty('depends_on');
    await expect(terminate({ service }, {}, call())).rejects.toMatchObject({ code: 'not_found' });

    await need(context, backend, 'stacks', 'up')({ project }, {}, call());
    expect(await standing(context, backend)).toHaveProperty('db', 'Running 1/1');
    expect((await releasesOf(context, backend, 'shop')).map(({ version }) => version)).toEqual([3, 2, 1]);
  });
}
