import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { askForNames } from '../../../src/lib/cli/completion/ask.js';
import { type Name, NameCache, type NameKey } from '../../../src/lib/cli/completion/names.js';
import { namesBy } from '../../../src/lib/cli/completion/names-now.js';
import { Runtime } from '../../../src/lib/cli/runtime.js';
import type { Facets } from '../../../src/lib/port/backend.js';
import { fakeBackend } from '../port/fake-backend.js';

const key: NameKey = { backend: 'engine/sandbox', namespace: 'default', kind: 'stack', stack: '' };
const shop: Name = { name: 'shop', stack: null, description: 'Running' };
const blog: Name = { name: 'blog', stack: null, description: 'Stopped' };
const request = { kind: 'stack', stack: '', backend: undefined } as const;

function temporaryHome(): string {
  const home = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-names-'));
  onTestFinished(() => {
    fs.rmSync(home, { recursive: true, force: true });
  });
  return home;
}

function runtimeAt(home: string, env: Readonly<Record<string, string>> = {}): Runtime {
  const streams = { stdin: new PassThrough(), stdout: new PassThrough(), stderr: new PassThrough() };
  return new Runtime({
    root: home,
    argv: [],
    env: { BERTH_HOME: home, BERTH_ENGINE: 'sandbox', ...env },
    cwd: home,
    now: Date.now,
    ...streams,
  });
}

describe('the cache of names', () => {
  test('keeps names privately, and says when they are old', () => {
    const home = temporaryHome();
    let now = Date.now();
    const cache = new NameCache(home, key, () => now);
    expect([cache.isFresh(), cache.read()]).toEqual([false, []]);
    expect(cache.begin()).toBe(true);
    cache.end([shop]);
    expect([cache.isFresh(), cache.read(), cache.isAsked()]).toEqual([true, [shop], false]);
    now += 5_001;
    expect([cache.isFresh(), cache.read()]).toEqual([false, [shop]]);
    now -= 60_000;
    expect(cache.isFresh(), 'the clock was put back').toBe(false);
    const files = fs.readdirSync(path.join(home, 'completion'));
    expect(files).toHaveLength(1);
    for (const file of files) expect(fs.statSync(path.join(home, 'completion', file)).mode & 0o777).toBe(0o600);
  });

  test('is another one for each backend, namespace, kind and stack', () => {
    const home = temporaryHome();
    const others: readonly Partial<NameKey>[] = [
      { backend: 'deis' },
      { namespace: 'acme' },
      { kind: 'service' },
      { kind: 'release', stack: 'shop' },
      { kind: 'release', stack: 'blog' },
    ];
    const cache = new NameCache(home, key, Date.now);
    cache.begin();
    cache.end([shop]);
    for (const other of others) expect(new NameCache(home, { ...key, ...other }, Date.now).read()).toEqual([]);
  });

  test('one asks at a time; one that never came back is forgotten', () => {
    const home = temporaryHome();
    let now = Date.now();
    const [one, other] = [new NameCache(home, key, () => now), new NameCache(home, key, () => now)];
    expect([one.begin(), other.begin(), other.isAsked()]).toEqual([true, false, true]);
    now += 20_000;
    expect(other.begin()).toBe(true);
  });

  test('no answer: what was kept stays, and is not asked for again at once', () => {
    const cache = new NameCache(temporaryHome(), key, Date.now);
    cache.begin();
    cache.end([shop]);
    cache.begin();
    cache.end(undefined);
    expect([cache.read(), cache.isFresh()]).toEqual([[shop], true]);
  });

  test.each(['', '{', '[]', '{"at":1}', '{"at":1,"names":[{"name":1}]}', '{"at":1,"names":[{"name":"a"}]}'])(
    'a file with %j in it counts for nothing',
    (content) => {
      const home = temporaryHome();
      const cache = new NameCache(home, key, Date.now);
      cache.begin();
      cache.end([shop]);
      const [file = ''] = fs.readdirSync(path.join(home, 'completion'));
      fs.writeFileSync(path.join(home, 'completion', file), content);
      expect([cache.read(), cache.isFresh()]).toEqual([[], false]);
    },
  );

  test('makes no home: where there is none nothing is kept, and nothing fails', () => {
    const home = path.join(temporaryHome(), 'gone');
    const cache = new NameCache(home, key, Date.now);
    expect(cache.begin()).toBe(false);
    cache.end([shop]);
    expect([cache.read(), fs.existsSync(home)]).toEqual([[], false]);
  });
});

describe('namesBy', () => {
  test('makes no store, and starts nobody to look into one, where there is none', async () => {
    const home = temporaryHome();
    const start = (): void => expect.fail('started');
    expect(await namesBy(Date.now() + 100, request, runtimeAt(home), start)).toEqual([]);
    expect(fs.readdirSync(home)).toEqual([]);
  });

  test('gives what the other process brings in time', async () => {
    const home = temporaryHome();
    fs.writeFileSync(path.join(home, 'berth.db'), '');
    const starts: string[] = [];
    const names = await namesBy(Date.now() + 5_000, request, runtimeAt(home), ({ kind }) => {
      starts.push(kind);
      new NameCache(home, key, Date.now).end([shop, blog]);
    });
    expect([starts, names]).toEqual([['stack'], [shop, blog]]);
    const never = (): void => expect.fail('asked again');
    expect(await namesBy(Date.now() + 100, request, runtimeAt(home), never), 'fresh').toEqual([shop, blog]);
  });

  test('gives the old ones when the time is up, and asks once', async () => {
    const home = temporaryHome();
    fs.writeFileSync(path.join(home, 'berth.db'), '');
    const longAgo = new NameCache(home, key, () => 1);
    longAgo.begin();
    longAgo.end([shop]);
    let started = 0;
    const begun = Date.now();
    for (let times = 0; times < 2; times++) {
      const names = await namesBy(Date.now() + 50, request, runtimeAt(home), () => started++);
      expect(names).toEqual([shop]);
    }
    expect(started).toBe(1);
    expect(Date.now() - begun).toBeLessThan(2_000);
  });

  test('does not wait for a process that could not be started', async () => {
    const home = temporaryHome();
    fs.writeFileSync(path.join(home, 'berth.db'), '');
    const begun = Date.now();
    const failing = (_request: unknown, _runtime: unknown, failed: () => void): void => {
      failed();
    };
    expect(await namesBy(begun + 60_000, request, runtimeAt(home), failing)).toEqual([]);
    expect(Date.now() - begun).toBeLessThan(10_000);
  });

  test('a Docker engine has names where there is no store, each engine its own; the sandbox has none', async () => {
    const home = temporaryHome();
    const namesOn = (env: Readonly<Record<string, string>>, names: readonly Name[]): Promise<readonly Name[]> =>
      namesBy(Date.now() + 5_000, request, runtimeAt(home, env), () => {
        new NameCache(home, { ...key, backend: `engine/docker ${env['DOCKER_HOST'] ?? ''}` }, Date.now).end(names);
      });
    expect(await namesOn({ BERTH_ENGINE: 'docker', DOCKER_HOST: 'tcp://a' }, [shop])).toEqual([shop]);
    expect(await namesOn({ BERTH_ENGINE: 'docker', DOCKER_HOST: 'tcp://b' }, [blog])).toEqual([blog]);
    expect(await namesOn({ BERTH_ENGINE: 'docker', DOCKER_HOST: 'tcp://a' }, [])).toEqual([shop]);
    expect(await namesOn({ BERTH_ENGINE: 'sandbox' }, [shop])).toEqual([]);
  });

  test('names of one namespace are not offered in another', async () => {
    const home = temporaryHome();
    const cache = new NameCache(home, key, Date.now);
    cache.begin();
    cache.end([shop]);
    expect(await namesBy(Date.now(), request, runtimeAt(home))).toEqual([shop]);
    const env = { BERTH_BACKEND: 'engine', DOCKERCLOUD_NAMESPACE: 'acme' };
    expect(await namesBy(Date.now(), request, runtimeAt(home, env))).toEqual([]);
  });
});

const noOptions = { options: [] };

describe('askForNames', () => {
  const facets: Facets = {
    config: {
      get: Object.assign(
        async () => ({ variables: [{ key: 'TOKEN', value: 'hunter2', origin: 'set' as const }], release: 1 }),
        noOptions,
      ),
    },
    releases: {
      list: Object.assign(async function* ({ stack }: { readonly stack: string }) {
        const rest = { id: '1', user: 'ann', current: true, failed: false, createdAt: '2026-01-01T00:00:00Z' };
        yield { ...rest, stack, version: 2, summary: 'changed\tA\nand B' };
      }, noOptions),
    },
    stacks: {
      list: Object.assign(async function* () {
        const rest = { id: '1', namespace: 'default', synchronized: true, services: [], engine: null };
        const times = { createdAt: '2026-01-01T00:00:00Z', deployedAt: null };
        for (const name of ['shop', 'bad\nname', '\u001b[31mred', ''])
          yield { ...rest, ...times, name, state: 'Running' as const };
      }, noOptions),
    },
  };
  const context = { signal: new AbortController().signal };

  test('gives names that come back from a command line, with one line on each', async () => {
    expect(await askForNames(fakeBackend(facets), 'stack', '', context)).toEqual([shop]);
    expect(await askForNames(fakeBackend(facets), 'release', 'shop', context)).toEqual([
      { name: 'v2', stack: 'shop', description: 'changed A and B' },
    ]);
  });

  test('of images and registries as they are typed', async () => {
    const more: Facets = {
      images: {
        list: Object.assign(async function* () {
          const image = { digests: [], sizeBytes: 1, nodes: ['vm'], createdAt: null };
          yield { ...image, id: 'sha256:58cc21d904db0000', tags: ['localhost:5000/web:1.4', 'web:1.4'] };
          yield { ...image, id: 'sha256:ffff', tags: [] };
        }, noOptions),
      },
      registries: {
        list: Object.assign(async function* () {
          const rest = { email: null, description: null, official: false, tls: true };
          yield { ...rest, id: 'a.example', name: 'a.example', host: 'a.example', username: 'ann' };
        }, noOptions),
      },
    };
    expect(await askForNames(fakeBackend(more), 'image', '', context)).toEqual([
      { name: 'localhost:5000/web:1.4', stack: null, description: '58cc21d904db' },
      { name: 'web:1.4', stack: null, description: '58cc21d904db' },
    ]);
    expect(await askForNames(fakeBackend(more), 'registry', '', context)).toEqual([
      { name: 'a.example', stack: null, description: 'ann' },
    ]);
  });

  test('of variables the keys alone: names are kept in a file', async () => {
    expect(await askForNames(fakeBackend(facets), 'variable', 'shop', context)).toEqual([
      { name: 'TOKEN', stack: 'shop', description: 'set' },
    ]);
  });

  test('throws what a backend without such a thing throws', async () => {
    await expect(askForNames(fakeBackend(facets), 'node', '', context)).rejects.toMatchObject({ code: 'unsupported' });
  });
});
