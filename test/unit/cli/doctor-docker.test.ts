import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkDocker } from '../../../src/lib/cli/doctor/docker.js';
import { Runtime } from '../../../src/lib/cli/runtime.js';
import { type FakeRoute, startFakeDaemon } from '../control/engines/engine-api/fake-daemon.js';
import { temporaryFolder } from '../control/store/temporary-store.js';

const nowMs = Date.parse('2026-05-01T12:00:00Z');

function runtimeFor(env: Readonly<Record<string, string>>): Runtime {
  const folder = temporaryFolder();
  return new Runtime({
    ...{ root: folder, cwd: folder, argv: [], now: () => nowMs },
    env: { HOME: folder, BERTH_HOME: folder, ...env },
    ...{ stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() },
  });
}

interface Daemon {
  readonly info?: Readonly<Record<string, unknown>>;
  readonly apiVersion?: string;
  readonly volumes?: FakeRoute;
}

/** What is found on such a daemon, by name; and what it was asked. */
async function found({ info = {}, apiVersion = '1.44', volumes }: Daemon) {
  const daemon = await startFakeDaemon({
    apiVersion,
    routes: {
      'GET /info': () => ({ json: { ServerVersion: '25.0.3', SystemTime: '2026-05-01T12:00:00.5Z', ...info } }),
      'POST /volumes/create': volumes ?? (() => ({ status: 400, json: { message: 'create !: it is too short' } })),
    },
  });
  onTestFinished(() => daemon.stop());
  const checks = await checkDocker(runtimeFor({ DOCKER_HOST: daemon.url }));
  return {
    names: checks.map(({ name }) => name),
    checks: Object.fromEntries(checks.map((check) => [check.name, check])),
    asked: daemon.requests.map(({ method, path: where }) => `${method} ${where}`),
    url: daemon.url,
  };
}

describe('what doctor finds out of a Docker engine', () => {
  test('where it is and who named it, its versions, and that volumes can be made: without making one', async () => {
    const { names, checks, asked, url } = await found({});
    expect(names).toEqual(['docker', 'volumes']);
    expect(checks['docker']).toMatchObject({
      status: 'ok',
      message: `${url} (DOCKER_HOST): Docker 25.0.3, Engine API 1.44`,
    });
    expect(checks['volumes']).toMatchObject({ status: 'ok' });
    expect(asked).toEqual(['GET /_ping', 'GET /info', 'POST /volumes/create']);
  });

  test('before Docker 23 that pruning volumes takes away what berth keeps', async () => {
    const { checks } = await found({ apiVersion: '1.41' });
    expect(checks['volumes']).toMatchObject({
      status: 'warning',
      hint: expect.stringContaining("--filter 'label!=berth.register'"),
    });
  });

  test('that somebody forbids to make volumes', async () => {
    const { checks } = await found({ volumes: () => ({ status: 403, json: { message: 'not for you' } }) });
    expect(checks['volumes']).toMatchObject({ status: 'failed', message: 'none may be made: not for you' });
  });

  test.each([
    ['2026-05-01T11:59:50Z', 'that of Docker is 10.0 s behind this one'],
    ['2026-05-01T12:01:00Z', 'that of Docker is 60.0 s ahead of this one'],
  ])('that its clock says %s', async (SystemTime, message) => {
    expect((await found({ info: { SystemTime } })).checks['clock']).toMatchObject({ status: 'warning', message });
  });

  test('that it manages a swarm', async () => {
    const { checks } = await found({ info: { Swarm: { ControlAvailable: true } } });
    expect(checks['swarm']).toMatchObject({ status: 'ok' });
    expect((await found({ info: { Swarm: { ControlAvailable: false } } })).names).not.toContain('swarm');
  });

  test('that nobody answers, or that the variable is wrong: one failed check, with the way out', async () => {
    const host = `unix://${path.join(temporaryFolder(), 'none.sock')}`;
    for (const DOCKER_HOST of [host, 'nonsense://x']) {
      const checks = await checkDocker(runtimeFor({ DOCKER_HOST }));
      expect(checks).toMatchObject([{ name: 'docker', status: 'failed', hint: expect.stringMatching(/\S/) }]);
      expect(checks[0]?.message).not.toContain('the check itself');
    }
  });
});
