import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import {
  credentialsFor,
  type DockerConfig,
  eraseCredentials,
  listRegistries,
  readDockerConfig,
  registryAuth,
  registryHost,
  storeCredentials,
} from '../../../../../src/lib/control/engines/engine-api/docker-config.js';
import { never } from './open-fake.js';

const hub = 'https://index.docker.io/v1/';

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function readJson(path: string): unknown {
  const value: unknown = JSON.parse(readFileSync(path, 'utf8'));
  return value;
}

/** A credential helper that keeps what it is given in a file, and writes down what it is asked. */
const helper = `#!${process.execPath}
const fs = require('node:fs');
const [file, log] = [__filename + '.json', __filename + '.log'];
const verb = process.argv[2];
const input = fs.readFileSync(0, 'utf8');
fs.appendFileSync(log, verb + ' ' + input + '\\n');
const kept = fs.existsSync(file) ? JSON.parse(fs.readFileSync(file, 'utf8')) : {};
const save = () => fs.writeFileSync(file, JSON.stringify(kept));
if (verb === 'get') {
  if (kept[input]) process.stdout.write(JSON.stringify(kept[input]));
  else { process.stdout.write('credentials not found in native keychain\\n'); process.exitCode = 1; }
} else if (verb === 'store') { const given = JSON.parse(input); kept[given.ServerURL] = given; save(); }
else if (verb === 'erase') { delete kept[input]; save(); }
else process.stdout.write(JSON.stringify(Object.fromEntries(Object.values(kept).map((c) => [c.ServerURL, c.Username]))));
`;

interface Setting {
  readonly path: string;
  readonly config: () => DockerConfig;
  readonly file: () => unknown;
  /** What the helper of that name was asked. */
  readonly asked: (name: string) => readonly string[];
}

/** A config.json, and programs `docker-credential-NAME` on PATH. */
function setting(contents: unknown, helpers: Readonly<Record<string, string>> = {}): Setting {
  const home = mkdtempSync(join(tmpdir(), 'berth-docker-config-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  const path = join(home, '.docker', 'config.json');
  if (contents !== undefined) {
    mkdirSync(dirname(path));
    writeFileSync(path, JSON.stringify(contents));
  }
  for (const [name, script] of Object.entries(helpers)) {
    writeFileSync(join(home, `docker-credential-${name}`), script);
    chmodSync(join(home, `docker-credential-${name}`), 0o755);
  }
  const env = { PATH: `${home}${delimiter}/usr/bin${delimiter}/bin` };
  const log = (name: string): string => join(home, `docker-credential-${name}.log`);
  return {
    path,
    config: () => readDockerConfig(env, home),
    file: () => readJson(path),
    asked: (name) => (existsSync(log(name)) ? readFileSync(log(name), 'utf8').trim().split('\n') : []),
  };
}

describe('credentials', () => {
  test('of the file are found however the registry is written', async () => {
    const { config } = setting({
      auths: {
        'https://R.Example:5000/v2/': { auth: base64('me:se:cret') },
        'token.example': { auth: base64('me:'), identitytoken: 'tok' },
        'empty.example': {},
        [hub]: { auth: base64('hubber:x') },
        'https://index.docker.io/v1/access-token': { auth: base64('hubber:other') },
      },
    });
    const me = { kind: 'password', server: 'r.example:5000', username: 'me', password: 'se:cret' };
    for (const host of ['r.example:5000', 'R.EXAMPLE:5000', 'https://r.example:5000/']) {
      expect(await credentialsFor(config(), host, never)).toEqual(me);
    }
    const token = { kind: 'token', server: 'token.example', identityToken: 'tok' };
    expect(await credentialsFor(config(), 'token.example', never)).toEqual(token);
    for (const host of ['docker.io', 'index.docker.io', 'registry-1.docker.io', hub]) {
      expect(await credentialsFor(config(), host, never)).toMatchObject({ server: hub, password: 'x' });
    }
    for (const host of ['empty.example', 'other.example', 'r.example']) {
      expect(await credentialsFor(config(), host, never)).toBeNull();
    }
    expect(await listRegistries(config(), never)).toEqual([
      { host: 'docker.io', username: 'hubber', helper: null },
      { host: 'r.example:5000', username: 'me', helper: null },
      { host: 'token.example', username: null, helper: null },
    ]);
  });

  test('come from the helper of the registry, then that of all, then the file', async () => {
    const { config, asked } = setting(
      {
        credsStore: 'all',
        credHelpers: { 'own.example': 'own', 'plain.example': '' },
        auths: { 'plain.example': { auth: base64('p:q') }, 'file.example': { auth: base64('f:g') } },
      },
      { all: helper, own: helper },
    );
    for (const server of ['own.example', 'all.example', 'docker.io']) {
      await storeCredentials(config(), { kind: 'password', server, username: 'u', password: server }, never);
    }
    await storeCredentials(config(), { kind: 'token', server: 'tok.example', identityToken: 't' }, never);
    expect(asked('own')).toEqual(['store {"ServerURL":"own.example","Username":"u","Secret":"own.example"}']);
    expect(await credentialsFor(config(), 'own.example', never)).toMatchObject({ password: 'own.example' });
    expect(await credentialsFor(config(), 'all.example', never)).toMatchObject({ password: 'all.example' });
    expect(await credentialsFor(config(), 'docker.io', never)).toMatchObject({ server: hub, password: 'docker.io' });
    expect(await credentialsFor(config(), 'tok.example', never)).toMatchObject({ identityToken: 't' });
    expect(await credentialsFor(config(), 'file.example', never)).toMatchObject({ username: 'f' });
    const before = asked('all').length;
    expect(await credentialsFor(config(), 'plain.example', never)).toMatchObject({ username: 'p' });
    expect(asked('all').length).toBe(before);
    expect(asked('all')).toContain(`get ${hub}`);
    expect(await listRegistries(config(), never)).toEqual([
      { host: 'all.example', username: 'u', helper: 'docker-credential-all' },
      { host: 'docker.io', username: 'u', helper: 'docker-credential-all' },
      { host: 'file.example', username: 'f', helper: null },
      { host: 'own.example', username: 'u', helper: 'docker-credential-own' },
      { host: 'plain.example', username: 'p', helper: null },
      { host: 'tok.example', username: null, helper: 'docker-credential-all' },
    ]);
    expect(await eraseCredentials(config(), 'own.example', never)).toBe(true);
    expect(await eraseCredentials(config(), 'own.example', never)).toBe(false);
    expect(asked('own')).toContain('erase own.example');
    expect(await credentialsFor(config(), 'own.example', never)).toBeNull();
  });

  test('are kept in the file without a helper, for its owner alone, beside what is there', async () => {
    const { config, file, path } = setting({
      currentContext: 'x',
      HttpHeaders: { a: 'b' },
      auths: { 'https://r.example/v1/': { auth: base64('old:old') }, 'o.example': { auth: base64('o:o'), email: 'e' } },
    });
    const credentials = { kind: 'password', server: 'R.example', username: 'me', password: 'ü:x' } as const;
    await storeCredentials(config(), credentials, never);
    expect(file()).toEqual({
      currentContext: 'x',
      HttpHeaders: { a: 'b' },
      auths: { 'o.example': { auth: base64('o:o'), email: 'e' }, 'r.example': { auth: base64('me:ü:x') } },
    });
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(readdirSync(dirname(path))).toEqual(['config.json']);
    expect(await credentialsFor(config(), 'r.example', never)).toEqual({ ...credentials, server: 'r.example' });
    expect(await eraseCredentials(config(), 'r.example', never)).toBe(true);
    expect(await eraseCredentials(config(), 'r.example', never)).toBe(false);
    expect(file()).toMatchObject({ currentContext: 'x', auths: { 'o.example': { email: 'e' } } });
  });

  test('make the file where there is none, and leave a link one', async () => {
    const fresh = setting(undefined);
    await storeCredentials(fresh.config(), { kind: 'token', server: 'r.example', identityToken: 't' }, never);
    expect(fresh.file()).toEqual({ auths: { 'r.example': { identitytoken: 't' } } });
    const linked = setting({ a: 1 });
    const target = join(dirname(linked.path), 'elsewhere.json');
    writeFileSync(target, '{"b":2}');
    rmSync(linked.path);
    symlinkSync(target, linked.path);
    await storeCredentials(linked.config(), { kind: 'token', server: 'r.example', identityToken: 't' }, never);
    expect(JSON.parse(readFileSync(target, 'utf8'))).toMatchObject({ b: 2, auths: { 'r.example': {} } });
  });

  test('that the file holds broken are told without them', async () => {
    const { config } = setting({ auths: { 'r.example': { auth: base64('nocolon-secret') } } });
    await expect(credentialsFor(config(), 'r.example', never)).rejects.toMatchObject({
      code: 'usage',
      message: expect.not.stringContaining('secret'),
    });
    expect(await credentialsFor(config(), 'o.example', never)).toBeNull();
  });
});

describe('a helper', () => {
  test('that is not there is told when it is needed, and not before', async () => {
    const { config } = setting({
      credHelpers: { 'r.example': 'gone' },
      auths: { 'f.example': { auth: base64('f:g') } },
    });
    expect(await credentialsFor(config(), 'f.example', never)).toMatchObject({ username: 'f' });
    await expect(credentialsFor(config(), 'r.example', never)).rejects.toMatchObject({
      code: 'authentication',
      message: expect.stringContaining('docker-credential-gone'),
    });
  });

  test('that fails, or prints something else, is told without what it printed of secrets', async () => {
    const failing = '#!/bin/sh\necho "Secret: hunter2"\necho "keychain is locked" >&2\nexit 3\n';
    const babbling = '#!/bin/sh\necho \'{"Secret":"hunter2"\'\n';
    const { config } = setting(
      { credHelpers: { 'f.example': 'failing', 'b.example': 'babbling' } },
      { failing, babbling },
    );
    const failed = await credentialsFor(config(), 'f.example', never).catch((error: unknown) => error);
    expect(failed).toMatchObject({ code: 'authentication', detail: 'keychain is locked' });
    const babbled = await credentialsFor(config(), 'b.example', never).catch((error: unknown) => error);
    expect(babbled).toMatchObject({ code: 'authentication' });
    expect(JSON.stringify([failed, babbled, String(babbled)])).not.toContain('hunter2');
  });

  test('whose name is a path is not run', async () => {
    const { config } = setting({ credsStore: '../../bin/x' });
    await expect(credentialsFor(config(), 'r.example', never)).rejects.toMatchObject({ code: 'usage' });
  });

  test('that hangs is ended by aborting', async () => {
    const { config } = setting({ credsStore: 'slow' }, { slow: '#!/bin/sh\nexec sleep 1000\n' });
    const controller = new AbortController();
    const asking = credentialsFor(config(), 'r.example', controller.signal);
    setImmediate(() => controller.abort(new Error('enough')));
    await expect(asking).rejects.toThrow('enough');
  });
});

describe('X-Registry-Auth', () => {
  test('is URL-safe base64 with its padding, of what the daemon reads', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'grapheme' }), (username, password) => {
        const header = registryAuth({ kind: 'password', server: 'r.example', username, password });
        expect(header).toMatch(/^[\w-]+={0,2}$/);
        expect(header.length % 4).toBe(0);
        const read: unknown = JSON.parse(Buffer.from(header, 'base64url').toString());
        expect(read).toEqual({ username, password, serveraddress: 'r.example' });
      }),
    );
  });

  test('holds the characters in which the two alphabets differ', () => {
    const header = registryAuth({
      kind: 'password',
      server: 's',
      username: '>>>???',
      password: '\u00ff\u00ff\u00ff>?>?',
    });
    expect(header).toMatch(/[-_]/);
    expect(registryAuth({ kind: 'token', server: 's', identityToken: 't' })).toBe(
      base64('{"identitytoken":"t","serveraddress":"s"}'),
    );
  });
});

test.each([
  ['https://R.Example/v2/', 'r.example'],
  ['r.example:5000', 'r.example:5000'],
  ['index.docker.io', 'docker.io'],
  [hub, 'docker.io'],
])('the host of %s is %s', (text, host) => expect(registryHost(text)).toBe(host));
