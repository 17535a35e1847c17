import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { resolveEndpoint } from '../../../../../src/lib/control/engines/engine-api/endpoint.js';

/** A home with these files under `.docker`. */
function homeWith(files: Readonly<Record<string, string>> = {}): string {
  const home = mkdtempSync(join(tmpdir(), 'berth-home-'));
  onTestFinished(() => rmSync(home, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    const file = join(home, '.docker', name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
  return home;
}

function context(name: string, docker: unknown, tls: Readonly<Record<string, string>> = {}): Record<string, string> {
  const id = createHash('sha256').update(name).digest('hex');
  const files: Record<string, string> = {
    [`contexts/meta/${id}/meta.json`]: JSON.stringify({ Name: name, Metadata: {}, Endpoints: { docker } }),
  };
  for (const [file, text] of Object.entries(tls)) files[`contexts/tls/${id}/docker/${file}`] = text;
  return files;
}

const local = { kind: 'unix', path: '/var/run/docker.sock', url: 'unix:///var/run/docker.sock' };

describe('the order', () => {
  const files = {
    'config.json': JSON.stringify({ currentContext: 'far', auths: { 'r.example': {} } }),
    ...context('far', { Host: 'tcp://far:1' }),
    ...context('near', { Host: 'tcp://near:1' }),
  };

  test('is DOCKER_HOST, DOCKER_CONTEXT, currentContext, the socket of this machine', () => {
    const home = homeWith(files);
    const both = { DOCKER_HOST: 'tcp://host:1', DOCKER_CONTEXT: 'near' };
    expect(resolveEndpoint(both, home)).toMatchObject({ host: 'host', source: 'DOCKER_HOST' });
    expect(resolveEndpoint({ ...both, DOCKER_HOST: '' }, home)).toMatchObject({
      host: 'near',
      source: 'DOCKER_CONTEXT',
    });
    expect(resolveEndpoint({}, home)).toMatchObject({ host: 'far', source: join(home, '.docker/config.json') });
    expect(resolveEndpoint({ DOCKER_CONTEXT: 'default' }, home)).toEqual({ ...local, source: 'DOCKER_CONTEXT' });
    expect(resolveEndpoint({}, homeWith())).toEqual({ ...local, source: 'default' });
    expect(resolveEndpoint({}, homeWith({ 'config.json': '{"currentContext":"default"}' }))).toEqual({
      ...local,
      source: 'default',
    });
  });

  test('looks where DOCKER_CONFIG says', () => {
    const env = { DOCKER_CONFIG: join(homeWith(files), '.docker') };
    expect(resolveEndpoint(env, '/nonexistent')).toMatchObject({ host: 'far' });
  });
});

describe('an address', () => {
  test.each([
    ['unix:///run/user/1/docker.sock', { kind: 'unix', path: '/run/user/1/docker.sock' }],
    ['unix://', { kind: 'unix', path: '/var/run/docker.sock' }],
    ['tcp://engine.example', { kind: 'tcp', host: 'engine.example', port: 2375, tls: null }],
    ['tcp://engine.example:80/', { kind: 'tcp', port: 80, url: 'tcp://engine.example:80' }],
    ['tcp://[::1]:2375', { kind: 'tcp', host: '::1', port: 2375, url: 'tcp://[::1]:2375' }],
    ['tcp://:4243', { kind: 'tcp', host: '127.0.0.1', port: 4243 }],
    ['engine.example:4243', { kind: 'tcp', host: 'engine.example', port: 4243 }],
    ['ssh://me@engine.example:2222', { kind: 'ssh', user: 'me', host: 'engine.example', port: 2222, path: null }],
    ['ssh://my_alias', { kind: 'ssh', user: null, host: 'my_alias', port: null, url: 'ssh://my_alias' }],
    ['ssh://a%40b@host/run/docker.sock', { kind: 'ssh', user: 'a@b', path: '/run/docker.sock' }],
  ])('%s is read', (text, endpoint) => {
    expect(resolveEndpoint({ DOCKER_HOST: text }, '/nonexistent')).toMatchObject(endpoint);
  });

  test.each([
    ['http://localhost:2375', 'the scheme is tcp'],
    ['npipe:////./pipe/docker', 'npipe:// cannot be used'],
    ['fd://3', 'fd:// cannot be used'],
    ['ftp://host', 'ftp:// is no scheme'],
    ['/var/run/docker.sock', 'it has no host'],
    ['tcp://host:99999', '99999 is no port'],
    ['tcp://host:0', '0 is no port'],
    ['tcp://host:80/path', 'nothing else'],
    ['tcp://user@host', 'nothing else'],
    ['ssh://', 'it'],
    ['ssh://host?x=y', 'query'],
    ['ssh://-oProxyCommand=x', 'dash'],
    ['ssh://-l@host', 'dash'],
  ])('%s is wrong: %s', (text, why) => {
    const resolving = (): unknown => resolveEndpoint({ DOCKER_HOST: text }, '/nonexistent');
    expect(resolving).toThrow(expect.objectContaining({ code: 'usage', message: expect.stringContaining(why) }));
    expect(resolving).toThrow(/^DOCKER_HOST /);
  });

  test.each(['ssh://me:hunter2@host', 'ssh://me:hunter2@ho st'])('a password in %s is not repeated', (text) => {
    expect(() => resolveEndpoint({ DOCKER_HOST: text }, '/nonexistent')).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.not.stringContaining('hunter2') }),
    );
  });
});

describe('TLS', () => {
  const pems = { 'ca.pem': 'CA', 'cert.pem': 'CERT', 'key.pem': 'KEY' };

  test('beside DOCKER_HOST comes from DOCKER_CERT_PATH, or the folder of Docker', () => {
    const folder = join(homeWith(pems), '.docker');
    const env = { DOCKER_HOST: 'tcp://host', DOCKER_TLS_VERIFY: '1' };
    const expected = { port: 2376, tls: { ca: 'CA', cert: 'CERT', key: 'KEY', verify: true } };
    expect(resolveEndpoint({ ...env, DOCKER_CERT_PATH: folder }, '/nonexistent')).toMatchObject(expected);
    expect(resolveEndpoint(env, dirname(folder))).toMatchObject(expected);
    expect(resolveEndpoint({ ...env, DOCKER_TLS_VERIFY: '' }, dirname(folder))).toMatchObject({
      port: 2375,
      tls: null,
    });
  });

  test('of a context comes from its own files', () => {
    const home = homeWith({
      ...context('all', { Host: 'tcp://host' }, pems),
      ...context('trusting', { Host: 'tcp://host', SkipTLSVerify: true }),
      ...context('plain', { Host: 'tcp://host', SkipTLSVerify: false }),
    });
    const tlsOf = (name: string): unknown => resolveEndpoint({ DOCKER_CONTEXT: name }, home);
    expect(tlsOf('all')).toMatchObject({ port: 2376, tls: { ca: 'CA', cert: 'CERT', key: 'KEY', verify: true } });
    expect(tlsOf('trusting')).toMatchObject({ tls: { ca: null, cert: null, key: null, verify: false } });
    expect(tlsOf('plain')).toMatchObject({ port: 2375, tls: null });
  });

  test.each([
    [{}, /ca\.pem is not there/],
    [{ 'ca.pem': 'CA', 'cert.pem': 'CERT' }, /has cert\.pem but no key\.pem/],
    [{ 'ca.pem': 'CA', 'key.pem': 'KEY' }, /has key\.pem but no cert\.pem/],
    [{ 'ca.pem/is/a/folder': '' }, /ca\.pem cannot be read: EISDIR/],
  ])('with the files %j is wrong', (files, message) => {
    const folder = join(homeWith(files), '.docker');
    const env = { DOCKER_HOST: 'tcp://host', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder };
    expect(() => resolveEndpoint(env, '/nonexistent')).toThrow(message);
  });
});

describe('a context', () => {
  test('that is not there is told with its nearest name', () => {
    const home = homeWith(context('staging', { Host: 'tcp://host' }));
    expect(() => resolveEndpoint({ DOCKER_CONTEXT: 'stagign' }, home)).toThrow(
      expect.objectContaining({
        code: 'usage',
        hint: 'Did you mean staging?',
        message: expect.stringContaining('DOCKER_CONTEXT'),
      }),
    );
    expect(() => resolveEndpoint({ DOCKER_CONTEXT: 'defalt' }, homeWith())).toThrow(
      expect.objectContaining({ hint: 'Did you mean default?' }),
    );
  });

  test('that is broken, without Docker, or wrong is told with its file', () => {
    const broken = context('b', null);
    const [file = ''] = Object.keys(broken);
    const env = { DOCKER_CONTEXT: 'b' };
    expect(() => resolveEndpoint(env, homeWith({ [file]: '{' }))).toThrow(/meta\.json is not what Docker writes/);
    expect(() => resolveEndpoint(env, homeWith(broken))).toThrow(/meta\.json/);
    expect(() => resolveEndpoint(env, homeWith(context('b', undefined)))).toThrow(/no endpoint for Docker/);
    expect(() => resolveEndpoint(env, homeWith(context('b', { Host: 'ftp://x' })))).toThrow(
      /meta\.json is "ftp:\/\/x"/,
    );
    expect(resolveEndpoint(env, homeWith(context('b', {})))).toMatchObject({
      kind: 'unix',
      path: '/var/run/docker.sock',
    });
  });

  test.each(['{', '[]', '{"currentContext":1}'])('config.json that is %s is told, without its text', (text) => {
    const home = homeWith({ 'config.json': text });
    expect(() => resolveEndpoint({}, home)).toThrow(
      expect.objectContaining({ code: 'usage', message: expect.stringContaining(join(home, '.docker/config.json')) }),
    );
  });
});
