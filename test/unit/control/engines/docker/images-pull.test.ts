import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type FakeRoute, progressFailure, registryRefusal } from '../engine-api/fake-daemon.js';
import { detail, inspect, known, missing, openImages as open, web } from './open-images.js';

/** Keeps ann's password for the registry, as docker does. */
function logIn(home: string, registry: string, password: string): void {
  const auth = Buffer.from(`ann:${password}`).toString('base64');
  mkdirSync(join(home, '.docker'));
  writeFileSync(join(home, '.docker', 'config.json'), JSON.stringify({ auths: { [registry]: { auth } } }));
}

function lines(...values: readonly object[]): string {
  return values.map((value) => `${JSON.stringify(value)}\r\n`).join('');
}

describe('a pull', () => {
  const pulled = [
    { status: 'Pulling from web', id: '1.4' },
    { status: 'Pulling fs layer', progressDetail: {}, id: 'aaaa' },
    { status: 'Already exists', progressDetail: {}, id: 'bbbb' },
    { status: 'Downloading', progressDetail: { current: 50, total: 100 }, id: 'aaaa' },
    { status: 'Pull complete', progressDetail: {}, id: 'aaaa' },
    { status: 'Status: Downloaded newer image for web:1.4' },
  ];

  test('asks for one tag, tells how far it is, and gives the image', async () => {
    let there = false;
    const { images, daemon, context, progress } = await open({
      'GET /images/:name/json': (request) => (there ? inspect(request) : missing(request)),
      'POST /images/create': () => {
        there = true;
        return { stream: [lines(...pulled)] };
      },
    });
    const { subject, plan, action } = await images.pull({ image: 'web:1.4' }, { platform: 'linux/arm64' }, context);
    expect(subject).toMatchObject({ id: web.Id, tags: ['registry.example:5000/web:1.4', 'web:1.4'] });
    expect(action).toBeNull();
    expect(plan).toMatchObject([{ id: 'pull image web:1.4', operation: 'create', kind: 'image', reasons: ['new'] }]);
    const request = daemon.requests.find(({ method }) => method === 'POST');
    expect(Object.fromEntries(request?.query ?? [])).toEqual({ fromImage: 'web', tag: '1.4', platform: 'linux/arm64' });
    expect(request?.headers['x-registry-auth']).toBeUndefined();
    expect(progress[0]).toEqual({ kind: 'image', name: 'web:1.4', phase: 'working', status: 'pulling' });
    expect(progress[1]?.status).toBe('pulling (0 of 1 layer)');
    expect(progress.at(-1)).toMatchObject({ phase: 'done', status: 'pulled' });
    daemon.expectAllUsed();
  });

  test.each([
    ['web', { fromImage: 'web', tag: 'latest' }],
    ['localhost:5000/a/b', { fromImage: 'localhost:5000/a/b', tag: 'latest' }],
    [`a/b:1@sha256:${'a'.repeat(64)}`, { fromImage: 'a/b', tag: `sha256:${'a'.repeat(64)}` }],
  ])('of %s never asks for all tags', async (image, query) => {
    const { images, daemon, context } = await open({
      'GET /images/:name/json': () => ({ json: detail }),
      'POST /images/create': () => ({ stream: [lines({ status: 'done' })] }),
    });
    expect(await images.pull({ image }, {}, context)).toMatchObject({ plan: [], subject: { id: web.Id } });
    const request = daemon.requests.find(({ method }) => method === 'POST');
    expect(Object.fromEntries(request?.query ?? [])).toEqual(query);
  });

  test('sends the credentials for its registry, in the one encoding that daemons read', async () => {
    const fake = await open({
      'GET /images/:name/json': () => ({ json: detail }),
      'POST /images/create': () => ({ stream: [lines({ status: 'done' })] }),
    });
    // In the standard alphabet these would hold + and /.
    const password = '>>>???~~~';
    logIn(fake.home, 'registry.example:5000', password);
    await fake.images.pull({ image: 'registry.example:5000/web' }, {}, fake.context);
    await fake.images.pull({ image: 'other.example/web' }, {}, fake.context);
    const [sent = '', none] = fake.daemon.requests
      .filter(({ method }) => method === 'POST')
      .map(({ headers }) => headers['x-registry-auth']?.toString());
    expect(none).toBeUndefined();
    expect(sent).toMatch(/^[\w-]+=*$/);
    expect(sent.length % 4).toBe(0);
    expect(JSON.parse(Buffer.from(sent, 'base64url').toString())).toEqual({
      ...{ username: 'ann', password, serveraddress: 'registry.example:5000' },
    });
    expect(JSON.stringify(fake.progress)).not.toContain(password);
  });

  const registryWords = [
    ['no basic auth credentials', 'authentication', 'berth registry login registry.example'],
    ['unauthorized: authentication required', 'authentication', 'berth registry login registry.example'],
    [
      'pull access denied for web, repository does not exist or may require login: denied',
      'authentication',
      'may also',
    ],
    ['manifest for registry.example/web:1 not found: manifest unknown', 'not_found', 'tag'],
    ['Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host', 'unreachable', 'DNS'],
    ['Get "https://registry.example/v2/": x509: certificate signed by unknown authority', 'unreachable', 'network'],
    ['failed to register layer: no space left on device', 'refused', 'Nothing was changed'],
  ] as const;

  test.each(registryWords)('that ends with `%s` is %s', async (words, code, hint) => {
    for (const route of [
      // Before the stream has begun, inside it, and as newer daemons tell it.
      () => ({ status: 500, json: { message: words } }),
      () => ({ stream: [lines({ status: 'Pulling from web', id: '1' }), progressFailure('1.41', words)] }),
      () => ({ stream: [progressFailure('1.48', words), lines({ status: 'more' })] }),
    ] satisfies FakeRoute[]) {
      const { images, context, progress } = await open({
        'GET /images/:name/json': missing,
        'POST /images/create': route,
      });
      await expect(images.pull({ image: 'registry.example/web:1' }, {}, context)).rejects.toMatchObject({
        ...{ code, detail: words, hint: expect.stringContaining(hint) },
        message: expect.stringContaining('cannot pull registry.example/web:1'),
      });
      expect(progress.at(-1)).toMatchObject({ phase: 'failed' });
    }
  });

  test.each(['1.41', '1.44', '1.48'])('is refused alike by daemons of %s', async (version) => {
    for (const [kind, code] of [
      ['credentials', 'authentication'],
      ['tag', 'not_found'],
    ] as const) {
      const { images, context } = await open(
        { 'GET /images/:name/json': missing, 'POST /images/create': () => registryRefusal(version, kind) },
        version,
      );
      await expect(images.pull({ image: 'registry.example/web:1' }, {}, context)).rejects.toMatchObject({ code });
    }
  });

  test('of what is no name sends nothing', async () => {
    const { images, daemon, context } = await open({});
    for (const image of ['Web', 'a b', '', 'a:b:c', 'web@nothing']) {
      await expect(images.pull({ image }, {}, context)).rejects.toMatchObject({ code: 'usage' });
    }
    expect(daemon.requests.map(({ path }) => path)).toEqual(['/_ping']);
  });

  test('stops at once when it is interrupted', async () => {
    const { images, context, stop, daemon } = await open({
      'GET /images/:name/json': missing,
      'POST /images/create': () => ({
        stream: (async function* () {
          yield lines({ status: 'Downloading', id: 'aaaa', progressDetail: { current: 1, total: 2 } });
          stop.abort(new Error('enough'));
          await new Promise(() => undefined);
        })(),
      }),
    });
    await expect(images.pull({ image: 'web:1.4' }, {}, context)).rejects.toThrow('enough');
    await expect.poll(() => daemon.open()).toBeLessThan(daemon.connections());
  });
});

describe('a push', () => {
  test('sends one tag, and says that there are no credentials where there are none', async () => {
    const { images, daemon, context, progress } = await open({
      'GET /images/:name/json': () => ({ json: detail }),
      'POST /images/:name/push': () => ({
        stream: [
          lines(
            { status: 'Preparing', id: 'aaaa', progressDetail: {} },
            { status: 'Pushing', id: 'aaaa', progressDetail: { current: 1_986_560, total: 1_982_263 } },
            { status: 'Pushed', id: 'aaaa', progressDetail: {} },
            { progressDetail: {}, aux: { Tag: '1.4', Digest: 'sha256:a', Size: 527 } },
          ),
        ],
      }),
    });
    const { plan } = await images.push({ image: 'registry.example:5000/web:1.4' }, {}, context);
    expect(plan).toMatchObject([{ operation: 'store', reasons: ['to registry.example:5000'] }]);
    const request = daemon.requests.find(({ method }) => method === 'POST');
    expect(request?.parameters).toEqual({ name: 'registry.example:5000/web' });
    expect(request?.query.get('tag')).toBe('1.4');
    expect(Buffer.from(String(request?.headers['x-registry-auth']), 'base64').toString()).toBe('{}');
    expect(progress.at(-1)).toMatchObject({ phase: 'done', status: 'pushed' });
  });

  test('fails with the words of the registry; of what is not there, or a digest, it does not begin', async () => {
    const { images, daemon, context } = await open({
      ...known,
      'POST /images/:name/push': () => ({ stream: [progressFailure('1.41', 'no basic auth credentials')] }),
    });
    await expect(images.push({ image: 'web:1.4' }, {}, context)).rejects.toMatchObject({
      code: 'authentication',
      hint: expect.stringContaining('berth registry login docker.io'),
    });
    const before = daemon.requests.filter(({ method }) => method === 'POST').length;
    await expect(images.push({ image: 'web:9' }, {}, context)).rejects.toMatchObject({ code: 'not_found' });
    await expect(images.push({ image: `web@sha256:${'a'.repeat(64)}` }, {}, context)).rejects.toMatchObject({
      code: 'usage',
    });
    expect(daemon.requests.filter(({ method }) => method === 'POST')).toHaveLength(before);
  });
});
