import { chmodSync, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { dockerRegistries } from '../../../../../src/lib/control/engines/docker/registries.js';
import { isSecure } from '../../../../../src/lib/control/engines/docker/registries-tls.js';
import type { RegistriesFacet } from '../../../../../src/lib/port/registries.js';
import { all } from '../../open-backend.js';
import type { FakeRoute } from '../engine-api/fake-daemon.js';
import { type FakeEngineApi, openFakeApi } from './open-fake.js';

const info = {
  RegistryConfig: {
    InsecureRegistryCIDRs: ['127.0.0.0/8', '10.1.0.0/16'],
    IndexConfigs: { 'docker.io': { Secure: true }, 'plain.example:5000': { Secure: false } },
  },
};
const taken: FakeRoute = () => ({ json: { IdentityToken: '', Status: 'Login Succeeded' } });
const routes = { 'GET /info': () => ({ json: info }), 'POST /auth': taken };

interface Opened extends FakeEngineApi {
  readonly registries: Required<Pick<RegistriesFacet, 'list' | 'get' | 'login' | 'remove'>>;
  readonly file: string;
}

async function open(given: Readonly<Record<string, FakeRoute>> = routes, env = {}): Promise<Opened> {
  const fake = await openFakeApi(given);
  const { list, get, login, remove } = dockerRegistries(fake.api, { env, home: fake.home });
  if (!list || !get || !login || !remove) throw new Error('a verb is missing');
  return { ...fake, registries: { list, get, login, remove }, file: join(fake.home, '.docker', 'config.json') };
}

function keep({ home }: FakeEngineApi, config: object): void {
  mkdirSync(join(home, '.docker'), { recursive: true });
  writeFileSync(join(home, '.docker', 'config.json'), JSON.stringify(config));
}

const ann = { username: 'ann', password: 'p+w/d?>~' };
const auth = Buffer.from('ann:p+w/d?>~').toString('base64');

describe('a login', () => {
  test('asks the registry, and keeps the credentials as docker does, beside all else', async () => {
    const opened = await open();
    keep(opened, { HttpHeaders: { a: 'b' }, auths: { 'other.example': { auth } } });
    const { registries, context, file, daemon } = opened;
    const registry = await registries.login({ host: 'https://Registry.example:5000/v2/', ...ann }, {}, context);
    expect(registry).toMatchObject({ host: 'registry.example:5000', username: 'ann', official: false, tls: true });
    expect(JSON.stringify(registry)).not.toContain(ann.password);
    expect(daemon.requests.find(({ path }) => path === '/auth')?.json()).toEqual({
      ...ann,
      serveraddress: 'registry.example:5000',
    });
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({
      HttpHeaders: { a: 'b' },
      auths: { 'other.example': { auth }, 'registry.example:5000': { auth } },
    });
    expect(statSync(file).mode & 0o777).toBe(0o600);
  });

  test("at Docker's own registry is kept under its old address, whatever it is called", async () => {
    for (const host of ['docker.io', 'index.docker.io', 'https://index.docker.io/v1/']) {
      const { registries, context, file, daemon } = await open();
      expect(await registries.login({ host, ...ann }, {}, context)).toMatchObject({
        host: 'docker.io',
        official: true,
      });
      expect(daemon.requests.find(({ path }) => path === '/auth')?.json()).toMatchObject({
        serveraddress: 'https://index.docker.io/v1/',
      });
      expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ auths: { 'https://index.docker.io/v1/': { auth } } });
    }
  });

  test('keeps the token that a registry gives in place of the password', async () => {
    const { registries, context, file } = await open({
      ...routes,
      'POST /auth': () => ({ json: { IdentityToken: 'token', Status: 'Login Succeeded' } }),
    });
    await registries.login({ host: 'registry.example', ...ann }, {}, context);
    const text = readFileSync(file, 'utf8');
    expect(JSON.parse(text)).toMatchObject({ auths: { 'registry.example': { identitytoken: 'token' } } });
    expect(text).not.toContain(auth);
  });

  test.each([
    [401, 'unauthorized: incorrect username or password', 'authentication'],
    [500, 'login attempt to http://registry.example/v2/ failed with status: 401 Unauthorized', 'authentication'],
    [500, 'Get "https://registry.example/v2/": dial tcp: lookup registry.example: no such host', 'unreachable'],
  ])('that ends with %i `%s` keeps nothing', async (status, message, code) => {
    const { registries, context, file } = await open({ 'POST /auth': () => ({ status, json: { message } }) });
    const failure: unknown = await registries
      .login({ host: 'registry.example', ...ann }, {}, context)
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code, detail: message });
    expect(JSON.stringify(failure)).not.toContain(ann.password);
    expect(existsSync(file)).toBe(false);
  });

  test('asks nobody where config.json cannot be read', async () => {
    const opened = await open({});
    keep(opened, {});
    writeFileSync(opened.file, '{ "auths": "none" }');
    await expect(
      opened.registries.login({ host: 'registry.example', ...ann }, {}, opened.context),
    ).rejects.toMatchObject({ code: 'usage', message: expect.stringContaining('config.json') });
    expect(opened.daemon.requests.map(({ path }) => path)).toEqual(['/_ping']);
  });

  test('uses the helper that config.json names', async () => {
    const opened = await open(routes);
    const helper = join(opened.home, 'docker-credential-test');
    writeFileSync(helper, `#!/bin/sh\ncat > "${opened.home}/$1"\n`);
    chmodSync(helper, 0o755);
    keep(opened, { credsStore: 'test' });
    const env = { PATH: `${opened.home}:${process.env['PATH'] ?? ''}` };
    const { login } = dockerRegistries(opened.api, { env, home: opened.home });
    await login?.({ host: 'registry.example', ...ann }, {}, opened.context);
    expect(JSON.parse(readFileSync(join(opened.home, 'store'), 'utf8'))).toEqual({
      ...{ ServerURL: 'registry.example', Username: 'ann', Secret: ann.password },
    });
    expect(readFileSync(opened.file, 'utf8')).not.toContain(auth);
  });
});

describe('registries', () => {
  test('are those that there are credentials for, without passwords', async () => {
    const opened = await open();
    keep(opened, {
      auths: { 'https://index.docker.io/v1/': { auth }, 'plain.example:5000': { auth }, '127.0.0.1:5000': { auth } },
    });
    const listed = await all(opened.registries.list({}, {}, opened.context));
    expect(listed.map(({ host, username, tls, official }) => [host, username, tls, official])).toEqual([
      ['127.0.0.1:5000', 'ann', false, false],
      ['docker.io', 'ann', true, true],
      ['plain.example:5000', 'ann', false, false],
    ]);
    expect(JSON.stringify(listed)).not.toMatch(/p\+w|auth/);
  });

  test('are none where there are no credentials, and the daemon is not asked', async () => {
    const { registries, context, daemon } = await open({});
    expect(await all(registries.list({}, {}, context))).toEqual([]);
    expect(daemon.requests.map(({ path }) => path)).toEqual(['/_ping']);
  });

  test('are forgotten by any of their names; one that is not known is an error', async () => {
    const opened = await open();
    keep(opened, { auths: { 'https://index.docker.io/v1/': { auth }, 'registry.example:5000': { auth } } });
    const { registries, context, file } = opened;
    expect(await registries.get({ registry: 'index.docker.io' }, {}, context)).toMatchObject({ host: 'docker.io' });
    await registries.remove({ registry: 'docker.io' }, {}, context);
    await registries.remove({ registry: 'https://registry.example:5000/' }, {}, context);
    expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ auths: {} });
    await expect(registries.remove({ registry: 'docker.io' }, {}, context)).rejects.toMatchObject({
      code: 'not_found',
    });
  });
});

describe('TLS', () => {
  test.each([
    ['docker.io', true],
    ['plain.example:5000', false],
    ['plain.example', true],
    ['127.0.0.1:5000', false],
    ['localhost:5000', false],
    ['10.1.2.3', false],
    ['10.2.2.3', true],
    ['[::1]:5000', true],
  ])('with %s: %s', (host, secure) => {
    expect(isSecure(host, info)).toBe(secure);
  });

  test('is taken for needed where a daemon does not tell', () => {
    for (const body of [
      undefined,
      {},
      { RegistryConfig: null },
      { RegistryConfig: { InsecureRegistryCIDRs: ['x'] } },
    ]) {
      expect(isSecure('127.0.0.1:5000', body)).toBe(true);
    }
  });
});
