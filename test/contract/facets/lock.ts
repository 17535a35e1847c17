import { describe, expect, test, type TestContext } from 'vitest';
import type { Action } from '../../../src/lib/port/actions.js';
import type { Backend } from '../../../src/lib/port/backend.js';
import { call, collect, eventually, need, openBackend } from '../harness.js';
import { actionsOf, endOf, newestAction, standing } from '../looks.js';
import { noun } from '../nouns.js';
import { single } from '../projects.js';
import type { Subject } from '../subject.js';

/** One change of a stack at a time: the second waits or is refused; what runs can be stopped and gone on with. */
export function lockContract(subject: Subject): void {
  describe('a change', () => {
    refusedContract(subject);
    cancelContract(subject);
    retryContract(subject);
  });
}

/** Leaves an `up` of `solo` that takes its time to a runner, and gives its action once it is in progress. */
async function begin(context: TestContext, backend: Backend, subject: Subject): Promise<Action> {
  const up = need(context, backend, 'stacks', 'up', { wait: false });
  const project = await single('solo', subject.images.late);
  const { action } = await up({ project }, { wait: false }, call());
  const get = need(context, backend, 'actions', 'get');
  return eventually('an action in progress, with a container', async () => {
    const found = noun('actionDetail', await get({ action: action?.id ?? '' }, {}, call()));
    const containers = await collect(need(context, backend, 'containers', 'list')({}, {}, call()));
    return found.state === 'In progress' && containers.length > 0 ? found : undefined;
  });
}

function refusedContract(subject: Subject): void {
  test('is refused at once with lockTimeoutMs 0, and told who holds the stack; else it waits', async (context) => {
    const backend = await openBackend(context, subject);
    const options = { lockTimeoutMs: 0 };
    const scale = need(context, backend, 'services', 'scale', options);
    const action = await begin(context, backend, subject);
    const none = { replicas: [{ service: 'app', replicas: 0 }] };
    await expect(scale(none, options, call())).rejects.toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(backend.principal.user),
      data: {
        holder: {
          action: action.id,
          user: backend.principal.user,
          host: expect.any(String),
          pid: expect.any(Number),
          command: action.name,
          since: expect.any(String),
        },
      },
    });
    expect(await actionsOf(context, backend)).toHaveLength(1);

    const waiting = scale(none, {}, call());
    // Also when what comes before it fails.
    waiting.catch(() => undefined);
    await need(context, backend, 'actions', 'cancel')({ action: action.id }, {}, call());
    const waited = noun('servicesMutation', await waiting);
    expect(waited.action).toMatchObject({ state: 'Success' });
    expect(await endOf(context, backend, action)).toMatchObject({ state: 'Canceled' });
    expect(await standing(context, backend)).toEqual({ app: 'Stopped 0/0' });
  });
}

function cancelContract(subject: Subject): void {
  test('that is canceled stops where it is, and retry goes on with it', async (context) => {
    const backend = await openBackend(context, subject);
    const cancel = need(context, backend, 'actions', 'cancel');
    const retry = need(context, backend, 'actions', 'retry');
    const running = await begin(context, backend, subject);
    const { id } = running;
    expect(running).toMatchObject({ canBeCanceled: true, canBeRetried: false });
    await expect(retry({ action: id }, {}, call())).rejects.toMatchObject({ code: 'refused' });

    const asked = noun('action', await cancel({ action: id }, {}, call()));
    expect(['Canceling', 'Canceled']).toContain(asked.state);
    const canceled = await endOf(context, backend, running);
    expect(canceled).toMatchObject({ id, state: 'Canceled', canBeCanceled: false, canBeRetried: true });
    expect(canceled.reason).toContain(backend.principal.user);
    const stack = await need(context, backend, 'stacks', 'get')({ stack: 'solo' }, {}, call());
    expect(stack.deployedAt).toBeNull();
    await expect(cancel({ action: id }, {}, call())).rejects.toMatchObject({ code: 'refused' });

    const done = noun('action', await retry({ action: id }, {}, call()));
    expect(done).toMatchObject({ id, state: 'Success', reason: null });
    expect(await standing(context, backend)).toEqual({ app: 'Running 1/1' });
    const { steps } = await need(context, backend, 'actions', 'get')({ action: id }, {}, call());
    expect(steps.map(({ state }) => state)).toEqual(steps.map(() => 'done'));
    expect(await actionsOf(context, backend)).toHaveLength(1);
  });

  test('that is not there is neither canceled nor retried', async (context) => {
    const backend = await openBackend(context, subject);
    const [cancel, retry] = [need(context, backend, 'actions', 'cancel'), need(context, backend, 'actions', 'retry')];
    for (const attempt of [cancel, retry]) {
      await expect(attempt({ action: 'nothing' }, {}, call())).rejects.toMatchObject({ code: 'not_found' });
    }
  });
}

function retryContract(subject: Subject): void {
  test('that failed is retried once its cause is gone, and succeeds; once more, it has nothing to do', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const retry = need(context, backend, 'actions', 'retry');
    const { steady } = subject.images;
    await up({ project: await single('first', steady, { port: 18090 }) }, {}, call());
    const refused = up({ project: await single('second', steady, { port: 18090 }) }, {}, call());
    await expect(refused).rejects.toMatchObject({ code: 'unplaceable' });
    const { id } = await newestAction(context, backend);
    const still = retry({ action: id }, {}, call());
    await expect(still).rejects.toMatchObject({ code: 'unplaceable' });

    await need(context, backend, 'stacks', 'terminate')({ stack: 'first' }, {}, call());
    const done = noun('action', await retry({ action: id }, {}, call()));
    expect(done).toMatchObject({ id, state: 'Success', reason: null, canBeRetried: true });
    const stack = await need(context, backend, 'stacks', 'get')({ stack: 'second' }, {}, call());
    expect(stack).toMatchObject({ state: 'Running', synchronized: true });
    const again = noun('action', await retry({ action: id }, {}, call()));
    expect(again).toMatchObject({ id, state: 'Success' });
  });

  test('that came before another one is planned again when it is retried', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const retry = need(context, backend, 'actions', 'retry');
    const { steady, newer } = subject.images;
    const port = 18091;
    await up({ project: await single('first', steady, { port }) }, {}, call());
    const failed = up({ project: await single('second', steady, { port }) }, {}, call());
    await expect(failed).rejects.toMatchObject({ code: 'unplaceable' });
    const { id } = await newestAction(context, backend);
    await up({ project: await single('second', newer) }, {}, call());
    await need(context, backend, 'stacks', 'terminate')({ stack: 'first' }, {}, call());
    // All that it had left to do was to wait: but by now something else runs.
    expect(noun('action', await retry({ action: id }, {}, call()))).toMatchObject({ id, state: 'Success' });
    const [container] = await collect(need(context, backend, 'containers', 'list')({}, {}, call()));
    expect(container).toMatchObject({ image: steady, ports: [{ published: port }] });

    await need(context, backend, 'stacks', 'terminate')({ stack: 'second' }, {}, call());
    const gone = await need(context, backend, 'actions', 'get')({ action: id }, {}, call());
    expect(gone.canBeRetried).toBe(false);
    await expect(retry({ action: id }, {}, call())).rejects.toMatchObject({ code: 'refused' });
  });
}
