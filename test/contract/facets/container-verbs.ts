import { describe, expect, test, type TestContext } from 'vitest';
import type { Backend } from '../../../src/lib/port/backend.js';
import type { Container } from '../../../src/lib/port/containers.js';
import { call, collect, eventually, need, openBackend } from '../harness.js';
import { containersOf, idsOf, standing } from '../looks.js';
import { noun } from '../nouns.js';
import { type AppOptions, single } from '../projects.js';
import type { Subject } from '../subject.js';

/** What is done to one container. */
export function containerVerbsContract(subject: Subject): void {
  describe('a container', () => {
    stopContract(subject);
    severalContract(subject);
    signalContract(subject);
    replaceContract(subject);

    test('that is not there is not found, and nothing is done', async (context) => {
      const backend = await openTrio(context, subject);
      const container = 'app-4.trio';
      for (const name of ['start', 'stop', 'restart', 'kill', 'pause', 'unpause', 'redeploy', 'terminate'] as const) {
        const attempt = need(context, backend, 'containers', name)({ container }, {}, call());
        await expect(attempt, name).rejects.toMatchObject({ code: 'not_found' });
      }
      expect(await collect(need(context, backend, 'actions', 'list')({}, {}, call()))).toHaveLength(1);
    });
  });
}

/** A stack `trio` of three containers, `app-1` to `app-3`. Those that end are not started again, unless that is asked for. */
async function openTrio(context: TestContext, subject: Subject, options: AppOptions = {}): Promise<Backend> {
  const backend = await openBackend(context, subject);
  await need(context, backend, 'stacks', 'up')({ project: await trio(subject, options) }, {}, call());
  return backend;
}

function trio({ images }: Subject, options: AppOptions = {}) {
  return single('trio', images.steady, { replicas: 3, ...options });
}

async function find(context: TestContext, backend: Backend, container: string): Promise<Container> {
  return noun('containerDetail', await need(context, backend, 'containers', 'get')({ container }, {}, call()));
}

function stopContract(subject: Subject): void {
  test('that is stopped stays so until it is started; the others run on', async (context) => {
    const backend = await openTrio(context, subject);
    const stop = need(context, backend, 'containers', 'stop', { dryRun: true });
    const before = await containersOf(context, backend);
    const ref = { container: 'app-2' };
    const planned = await stop(ref, { dryRun: true }, call());
    expect(planned).toMatchObject({ subject: null, action: null });
    expect(await containersOf(context, backend)).toEqual(before);

    const stopped = noun('containerMutation', await stop(ref, {}, call()));
    expect(stopped.plan).toEqual(planned.plan);
    expect(stopped).toMatchObject({
      subject: { id: before[1]?.id, name: 'app-2' },
      action: { state: 'Success', object: { kind: 'container', id: before[1]?.id, name: 'app-2.trio' } },
    });
    expect(await standing(context, backend)).toEqual({ app: 'Partly running 2/3' });
    expect(await find(context, backend, 'app-2')).toMatchObject({ id: before[1]?.id, state: 'Stopped' });
    expect([await find(context, backend, 'app-1'), await find(context, backend, 'app-3')]).toMatchObject([
      { id: before[0]?.id, state: 'Running', startedAt: before[0]?.startedAt },
      { id: before[2]?.id, state: 'Running', startedAt: before[2]?.startedAt },
    ]);

    const started = noun('containerMutation', await need(context, backend, 'containers', 'start')(ref, {}, call()));
    expect(started.subject).toMatchObject({ id: before[1]?.id, state: 'Running', restarts: 0 });
    expect(await standing(context, backend)).toEqual({ app: 'Running 3/3' });
  });

  test('that is restarted is the same one, started later; up starts one that was stopped', async (context) => {
    const backend = await openTrio(context, subject);
    const restart = need(context, backend, 'containers', 'restart');
    const before = await find(context, backend, 'app-1');
    const restarted = noun('containerMutation', await restart({ container: 'app-1' }, {}, call()));
    expect(restarted.subject).toMatchObject({ id: before.id, state: 'Running' });
    expect(Date.parse(restarted.subject?.startedAt ?? '')).toBeGreaterThan(Date.parse(before.startedAt ?? ''));

    await need(context, backend, 'containers', 'stop')({ container: 'app-1' }, {}, call());
    const up = need(context, backend, 'stacks', 'up');
    const done = await up({ project: await trio(subject) }, {}, call());
    expect(done.subject).toMatchObject({ state: 'Running' });
    expect(await find(context, backend, 'app-1')).toMatchObject({ id: before.id, state: 'Running' });
  });
}

function severalContract(subject: Subject): void {
  test('that is started or unpaused is waited for alone: others stay as they are', async (context) => {
    const backend = await openTrio(context, subject);
    const soon = { timeoutMs: 15_000 };
    for (const [hold, go, state] of [
      ['stop', 'start', 'Stopped'],
      ['pause', 'unpause', 'Paused'],
    ] as const) {
      for (const container of ['app-1', 'app-2']) {
        await need(context, backend, 'containers', hold)({ container }, {}, call());
      }
      const going = await need(context, backend, 'containers', go, soon)({ container: 'app-1' }, soon, call());
      expect(going.subject).toMatchObject({ name: 'app-1', state: 'Running' });
      expect(await find(context, backend, 'app-2')).toMatchObject({ state });
      await need(context, backend, 'containers', go)({ container: 'app-2' }, {}, call());
    }
    expect(await standing(context, backend)).toEqual({ app: 'Running 3/3' });
  });
}

function signalContract(subject: Subject): void {
  test('that is killed ends with 137; a signal it does not end by leaves it running', async (context) => {
    const backend = await openTrio(context, subject);
    const kill = need(context, backend, 'containers', 'kill', { signal: 'SIGHUP' });
    const before = await containersOf(context, backend);
    const hup = noun('containerMutation', await kill({ container: 'app-1' }, { signal: 'SIGHUP' }, call()));
    expect(hup.action).toMatchObject({ state: 'Success' });
    expect(await containersOf(context, backend)).toEqual(before);
    const unknown = kill({ container: 'app-1' }, { signal: 'SIGNOTHING' }, call());
    await expect(unknown).rejects.toMatchObject({ code: 'usage' });

    await kill({ container: 'app-1' }, {}, call());
    expect(await find(context, backend, 'app-1')).toMatchObject({ state: 'Stopped', exitCode: 137 });
    expect(await standing(context, backend)).toEqual({ app: 'Partly running 2/3' });
    await expect(kill({ container: 'app-1' }, {}, call())).rejects.toMatchObject({ code: 'refused' });
  });

  test('that is killed is started again where its service says so', async (context) => {
    const backend = await openTrio(context, subject, { restart: 'unless-stopped' });
    const before = await find(context, backend, 'app-2');
    await need(context, backend, 'containers', 'kill')({ container: 'app-2' }, {}, call());
    const again = await eventually('the container running again', async () => {
      const found = await find(context, backend, 'app-2');
      return found.state === 'Running' && found.startedAt !== before.startedAt ? found : undefined;
    });
    expect(again.id).toBe(before.id);
  });

  test('that is paused holds still until it is unpaused', async (context) => {
    const backend = await openTrio(context, subject);
    const [pause, unpause] = [
      need(context, backend, 'containers', 'pause'),
      need(context, backend, 'containers', 'unpause'),
    ];
    const before = await find(context, backend, 'app-3');
    const paused = noun('containerMutation', await pause({ container: 'app-3' }, {}, call()));
    expect(paused.subject).toMatchObject({ id: before.id, state: 'Paused' });
    expect(await standing(context, backend)).toEqual({ app: 'Partly running 2/3' });
    const going = noun('containerMutation', await unpause({ container: 'app-3' }, {}, call()));
    expect(going.subject).toMatchObject({ id: before.id, state: 'Running', startedAt: before.startedAt });

    await need(context, backend, 'containers', 'stop')({ container: 'app-3' }, {}, call());
    for (const attempt of [pause, unpause]) {
      await expect(attempt({ container: 'app-3' }, {}, call())).rejects.toMatchObject({ code: 'refused' });
    }
  });
}

function replaceContract(subject: Subject): void {
  test('that is redeployed is another one in the same place', async (context) => {
    const backend = await openTrio(context, subject);
    const redeploy = need(context, backend, 'containers', 'redeploy');
    const before = await idsOf(context, backend);
    const redeployed = noun('containerMutation', await redeploy({ container: 'app-2' }, {}, call()));
    expect(redeployed.subject).toMatchObject({ name: 'app-2', state: 'Running' });
    const after = await containersOf(context, backend);
    expect(after.map(({ name }) => name)).toEqual(['app-1', 'app-2', 'app-3']);
    expect(after.map(({ id }) => before.includes(id))).toEqual([true, false, true]);
    expect(redeployed.subject?.id).toBe(after[1]?.id);
  });

  test('that is terminated is gone, and its service has one replica less, also after an up', async (context) => {
    const backend = await openTrio(context, subject);
    const terminate = need(context, backend, 'containers', 'terminate', { dryRun: true });
    const before = await idsOf(context, backend);
    const ref = { container: 'app-2' };
    const planned = await terminate(ref, { dryRun: true }, call());
    expect(await idsOf(context, backend)).toEqual(before);
    const gone = noun('containerMutation', await terminate(ref, {}, call()));
    expect(gone).toMatchObject({ subject: null, action: { state: 'Success' }, plan: planned.plan });
    const left = [before[0], before[2]];
    expect(await idsOf(context, backend)).toEqual(left);
    expect(await standing(context, backend)).toEqual({ app: 'Running 2/2' });
    const up = need(context, backend, 'stacks', 'up');
    expect(await up({ project: await trio(subject) }, {}, call())).toMatchObject({ action: null, plan: [] });
    await expect(terminate(ref, {}, call())).rejects.toMatchObject({ code: 'not_found' });
    expect(await idsOf(context, backend)).toEqual(left);
  });
}
