import { describe, expect, test } from 'vitest';
import { isBerthError } from '../../../src/lib/port/errors.js';
import type { Verdict } from '../../../src/lib/port/verdict.js';
import { call, need, openBackend } from '../harness.js';
import { endOf, newestAction, standing } from '../looks.js';
import { noun } from '../nouns.js';
import { pair, shop, single } from '../projects.js';
import type { Subject } from '../subject.js';

/** How what was waited for stands, in results and in errors. */
export function verdictContract(subject: Subject): void {
  describe('the verdict', () => {
    successContract(subject);
    failureContract(subject);
  });
}

function successContract(subject: Subject): void {
  test('of what runs is converged, service by service; there is none of what was not waited for', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up', { dryRun: true });
    const project = await pair('duo', subject.images.steady, { replicas: 2 });
    expect(await up({ project }, { dryRun: true }, call())).not.toHaveProperty('verdict');
    const done = noun('stackMutation', await up({ project }, {}, call()));
    expect(done.verdict).toMatchObject({
      stack: 'duo',
      outcome: 'converged',
      services: [
        { service: 'app', outcome: 'converged', ready: 2, desired: 2, task: null },
        { service: 'mate', outcome: 'converged', ready: 1, desired: 1, task: null },
      ],
    });
  });

  test('of what does its work once is completed', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const project = await single('once', subject.images.once, { job: true });
    const done = noun('stackMutation', await up({ project }, {}, call()));
    expect(done.verdict).toMatchObject({ outcome: 'completed', services: [{ service: 'app', outcome: 'completed' }] });
    expect(await standing(context, backend)).toEqual({ app: 'Stopped 0/1' });
    expect(await up({ project }, {}, call())).toMatchObject({ action: null, plan: [] });
  });
}

function failureContract(subject: Subject): void {
  test('of what keeps exiting names the container, its exit code and its last lines', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const project = await shop(subject.images, { web: subject.images.crashing });
    const error: unknown = await up({ project }, {}, call()).catch((reason: unknown) => reason);
    const verdict = noun('verdict', verdictOf(error));
    expect(verdict).toMatchObject({ stack: 'shop', outcome: 'failing' });
    const outcomes = verdict.services.map(({ service, outcome }) => [service, outcome]);
    expect(outcomes).toContainEqual(['web', 'failing']);
    const web = verdict.services.find(({ service }) => service === 'web');
    expect(web).toMatchObject({ desired: 2, task: { exitCode: 3, container: expect.stringMatching(/^web-/) } });
    // One that ends for good is enough: the other may be up for a moment still.
    expect(web?.ready).toBeLessThan(2);
    expect(web?.task?.logs).not.toEqual([]);
    expect(error).toMatchObject({
      message: expect.stringContaining('web'),
      detail: expect.stringContaining('exit code 3'),
    });
  });

  test('of what no node takes tells why', async (context) => {
    const backend = await openBackend(context, subject);
    const up = need(context, backend, 'stacks', 'up');
    const project = await single('solo', subject.images.steady, { constraint: 'node.labels.zone==nowhere' });
    const error: unknown = await up({ project }, {}, call()).catch((reason: unknown) => reason);
    const [app] = noun('verdict', verdictOf(error)).services;
    expect(app).toMatchObject({ outcome: 'unplaceable', ready: 0, task: { exitCode: null, node: null } });
    expect(app?.task?.message).toBeTruthy();
  });

  test('of what takes too long is timed out, and the work goes on', async (context) => {
    const backend = await openBackend(context, subject);
    const options = { timeoutMs: 300 };
    const up = need(context, backend, 'stacks', 'up', options);
    const project = await single('solo', subject.images.slow);
    const error: unknown = await up({ project }, options, call()).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: 'timeout' });
    expect(noun('verdict', verdictOf(error))).toMatchObject({
      outcome: 'timed_out',
      services: [{ service: 'app', outcome: 'timed_out', ready: 0, desired: 1 }],
    });
    const action = await newestAction(context, backend);
    expect(await endOf(context, backend, action)).toMatchObject({ state: 'Success' });
  });
}

function verdictOf(error: unknown): Verdict | undefined {
  return isBerthError(error) ? error.data?.verdict : undefined;
}
