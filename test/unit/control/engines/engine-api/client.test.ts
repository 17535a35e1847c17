import { describe, expect, test } from 'vitest';
import { openEngineApi } from '../../../../../src/lib/control/engines/engine-api/client.js';
import type { FakeAnswer, FakeRoute } from './fake-daemon.js';
import { eventually, fakeDaemon, never, openClient, openFake } from './open-fake.js';

const hanging: FakeRoute = () => new Promise<FakeAnswer>(() => undefined);

describe('the version', () => {
  test.each([
    ['1.41', [1, 41]],
    ['1.24', [1, 24]],
    ['1.51', [1, 51]],
    ['1.55', [1, 51]],
  ])('agreed on with a daemon of %s is %j', async (apiVersion, version) => {
    const { api, daemon } = await openFake({ apiVersion, routes: { 'GET /info': () => ({ json: {} }) } });
    expect(api.version).toEqual(version);
    await api.call({ method: 'GET', path: '/info' }, never);
    expect(daemon.requests.map(({ path, version: asked }) => [path, asked])).toEqual([
      ['/_ping', null],
      ['/info', version.join('.')],
    ]);
    expect(api.description).toBe(`Docker at ${daemon.url}`);
  });

  test('is what DOCKER_API_VERSION says, and the daemon may refuse it', async () => {
    const { api } = await openFake({ apiVersion: '1.41' }, { DOCKER_API_VERSION: 'v1.45' });
    expect(api.version).toEqual([1, 45]);
    await expect(api.call({ method: 'GET', path: '/info' }, never)).rejects.toMatchObject({
      code: 'refused',
      status: 400,
      message: 'client version 1.45 is too new. Maximum supported API version is 1.41',
    });
  });

  test.each(['latest', '1', '1.23', '1.41.2'])('DOCKER_API_VERSION=%s is wrong, and nothing is sent', async (text) => {
    const daemon = await fakeDaemon();
    await expect(openClient({ DOCKER_HOST: daemon.url, DOCKER_API_VERSION: text })).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('DOCKER_API_VERSION'),
    });
    expect(daemon.connections()).toBe(0);
  });

  test('of a daemon that is too old is refused', async () => {
    await expect(openFake({ apiVersion: '1.23' })).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('1.23'),
    });
  });

  test('is not asked of what is no daemon', async () => {
    const page = await fakeDaemon({ routes: { 'GET /_ping': () => ({ text: '<html>Welcome</html>' }) } });
    await expect(openClient({ DOCKER_HOST: page.url })).rejects.toMatchObject({
      code: 'unreachable',
      message: `what answers at ${page.url} is no Docker daemon`,
    });
    const gate = await fakeDaemon({ routes: { 'GET /_ping': () => ({ status: 403, text: 'no entry' }) } });
    await expect(openClient({ DOCKER_HOST: gate.url })).rejects.toMatchObject({
      code: 'authentication',
      message: 'no entry',
    });
  });
});

describe('a call', () => {
  test('carries query, body and headers', async () => {
    const { api, daemon } = await openFake({
      routes: { 'POST /containers/create': () => ({ status: 201, json: { Id: 'a' } }) },
    });
    const answer = await api.call(
      {
        method: 'POST',
        path: '/containers/create',
        query: { name: 'a b&c', filters: { label: ['x=y'] }, all: true, limit: 3, platform: undefined },
        body: { Image: 'ü' },
        headers: { 'X-Registry-Auth': 'e30=' },
      },
      never,
    );
    expect(answer).toEqual({ status: 201, body: { Id: 'a' } });
    const request = daemon.requests.at(-1);
    expect([...(request?.query ?? [])]).toEqual([
      ['name', 'a b&c'],
      ['filters', '{"label":["x=y"]}'],
      ['all', 'true'],
      ['limit', '3'],
    ]);
    expect(request?.json()).toEqual({ Image: 'ü' });
    expect(request?.headers).toMatchObject({ 'content-type': 'application/json', 'x-registry-auth': 'e30=' });
  });

  test('carries an archive as it is', async () => {
    const { api, daemon } = await openFake({ routes: { 'PUT /containers/:id/archive': () => ({ text: '' }) } });
    const archive = Buffer.from([0, 1, 255, 10, 13]);
    const path = '/containers/a%2Fb/archive';
    expect(await api.call({ method: 'PUT', path, query: { path: '/' }, archive }, never)).toEqual({ status: 200 });
    expect(daemon.requests.at(-1)).toMatchObject({ body: archive, headers: { 'content-type': 'application/x-tar' } });
    expect(daemon.requests.at(-1)?.path).toBe('/containers/a/b/archive');
  });

  test('gives 304, text and nothing as they are', async () => {
    const { api } = await openFake({
      routes: {
        'POST /containers/a/start': () => ({ status: 304, text: '' }),
        'GET /text': () => ({ text: 'plain' }),
        'HEAD /head': () => ({ text: 'unseen' }),
      },
    });
    expect(await api.call({ method: 'POST', path: '/containers/a/start' }, never)).toEqual({ status: 304 });
    expect(await api.call({ method: 'GET', path: '/text' }, never)).toEqual({ status: 200, body: 'plain' });
    expect(await api.call({ method: 'HEAD', path: '/head' }, never)).toEqual({ status: 200 });
  });

  test('that is refused tells the words of the daemon', async () => {
    const message = 'rpc error: code = Unknown desc = update out of sequence\n';
    const { api } = await openFake({
      routes: { 'POST /services/a/update': () => ({ status: 500, json: { message } }) },
    });
    await expect(api.call({ method: 'POST', path: '/services/a/update' }, never)).rejects.toMatchObject({
      name: 'DaemonError',
      code: 'refused',
      status: 500,
      message: 'update out of sequence',
    });
  });

  test('learns the clock of the daemon', async () => {
    const { api } = await openFake({
      routes: { 'GET /info': () => ({ json: {}, headers: { Date: 'Fri, 02 Jan 2026 03:04:05 GMT' } }) },
    });
    await api.call({ method: 'GET', path: '/info' }, never);
    const aheadMs = api.clockMs() - Date.parse('2026-01-02T03:04:05Z');
    expect(aheadMs).toBeGreaterThanOrEqual(500);
    expect(aheadMs).toBeLessThan(30_000);
  });

  test('takes our own clock for that of a daemon that has the same second', async () => {
    const { api } = await openFake({
      routes: { 'GET /info': () => ({ json: {}, headers: { Date: new Date().toUTCString() } }) },
    });
    await api.call({ method: 'GET', path: '/info' }, never);
    const [before, told, after] = [Date.now(), api.clockMs(), Date.now()];
    expect([before <= told, told <= after]).toEqual([true, true]);
  });
});

describe('connections', () => {
  test('are kept: calls one after the other share one', async () => {
    const { api, daemon } = await openFake({ routes: { 'GET /info': () => ({ json: {} }) } });
    for (let n = 0; n < 5; n++) await api.call({ method: 'GET', path: '/info' }, never);
    expect(daemon.connections()).toBe(1);
  });

  test('are at most 16 however many calls are made, and waiting for an end does not take one of them', async () => {
    let most = 0;
    let release = (): void => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    const { api, daemon } = await openFake({
      routes: {
        'GET /slow': async () => {
          most = Math.max(most, daemon.open());
          await new Promise((resolve) => setImmediate(resolve));
          return { json: 1 };
        },
        'POST /containers/:id/wait': async () => {
          await released;
          return { json: { StatusCode: 0 } };
        },
      },
    });
    await Promise.all(Array.from({ length: 60 }, () => api.call({ method: 'GET', path: '/slow' }, never)));
    expect(most).toBeGreaterThan(1);
    expect(most).toBeLessThanOrEqual(16);
    const waits = Array.from({ length: 20 }, (_, n) =>
      api.call({ method: 'POST', path: `/containers/${n}/wait` }, never),
    );
    await eventually(() => daemon.requests.filter(({ path }) => path.endsWith('/wait')).length === 20);
    expect(await api.call({ method: 'GET', path: '/slow' }, never)).toEqual({ status: 200, body: 1 });
    release();
    await Promise.all(waits);
  });

  test('that were closed over there: a GET is sent again once, a POST is not', async () => {
    let drops = 1;
    const dropping: FakeRoute = () => (drops-- > 0 ? { drop: true } : { json: 'here' });
    const { api, daemon } = await openFake({ routes: { 'GET /a': dropping, 'POST /a': dropping } });
    expect(await api.call({ method: 'GET', path: '/a' }, never)).toEqual({ status: 200, body: 'here' });
    expect(daemon.requests.map(({ method, path }) => `${method} ${path}`)).toEqual(['GET /_ping', 'GET /a', 'GET /a']);
    drops = 2;
    // Twice, because the first of them has no kept connection left.
    await expect(api.call({ method: 'GET', path: '/a' }, never)).rejects.toMatchObject({ code: 'unreachable' });
    drops = 0;
    await api.call({ method: 'GET', path: '/a' }, never);
    drops = 1;
    await expect(api.call({ method: 'POST', path: '/a' }, never)).rejects.toMatchObject({ code: 'unreachable' });
    expect(drops).toBe(0);
  });

  test('that break in the middle of an answer are told', async () => {
    async function* half(): AsyncGenerator<string> {
      yield '{"a":';
      await eventually(() => daemon.requests.length === 2);
      daemon.dropConnections();
      await new Promise(() => undefined);
    }
    const { api, daemon } = await openFake({ routes: { 'GET /a': () => ({ stream: half() }) } });
    await expect(api.call({ method: 'GET', path: '/a' }, never)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('the connection broke off'),
    });
  });

  test('are gone after close, and so are calls that wait, queue or come later', async () => {
    const { api, daemon } = await openFake({ routes: { 'GET /a': hanging } });
    const calls = Array.from({ length: 20 }, () => api.call({ method: 'GET', path: '/a' }, never));
    const ends = Promise.allSettled(calls);
    await eventually(() => daemon.requests.length === 17);
    await api.close();
    await api.close();
    for (const end of await ends) expect(end).toMatchObject({ status: 'rejected', reason: { code: 'unreachable' } });
    await expect(api.call({ method: 'GET', path: '/a' }, never)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('was closed'),
    });
    await eventually(() => daemon.open() === 0);
    expect(daemon.requests.length).toBe(17);
  });
});

describe('aborting', () => {
  test('ends calls at once: under way, queued, and before they begin', async () => {
    const { api, daemon } = await openFake({ routes: { 'GET /a': hanging, 'GET /b': () => ({ json: 1 }) } });
    const reason = new Error('enough');
    const controller = new AbortController();
    const ends = Promise.allSettled(
      Array.from({ length: 20 }, () => api.call({ method: 'GET', path: '/a' }, controller.signal)),
    );
    await eventually(() => daemon.requests.length === 17);
    controller.abort(reason);
    for (const end of await ends) expect(end).toEqual({ status: 'rejected', reason });
    await expect(api.call({ method: 'GET', path: '/b' }, controller.signal)).rejects.toBe(reason);
    expect(await api.call({ method: 'GET', path: '/b' }, never)).toEqual({ status: 200, body: 1 });
  });

  test('ends an answer that is being read', async () => {
    async function* half(): AsyncGenerator<string> {
      yield '[';
      await new Promise(() => undefined);
    }
    const { api, daemon } = await openFake({ routes: { 'GET /a': () => ({ stream: half() }) } });
    const reason = new Error('enough');
    const controller = new AbortController();
    const call = api.call({ method: 'GET', path: '/a' }, controller.signal);
    await eventually(() => daemon.requests.length === 2);
    controller.abort(reason);
    await expect(call).rejects.toBe(reason);
  });

  test('ends opening, where a daemon takes the connection and says nothing', async () => {
    const daemon = await fakeDaemon({ routes: { 'GET /_ping': hanging } });
    const controller = new AbortController();
    const endpoint = { kind: 'unix', path: daemon.socketPath, url: daemon.url, source: 'default' } as const;
    const opening = openEngineApi({ endpoint, signal: controller.signal });
    await eventually(() => daemon.requests.length === 1);
    controller.abort(new Error('enough'));
    await expect(opening).rejects.toThrow('enough');
    await eventually(() => daemon.open() === 0);
  });
});
