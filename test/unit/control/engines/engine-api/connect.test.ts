import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import type { Duplex } from 'node:stream';
import { describe, expect, onTestFinished, test } from 'vitest';
import { demultiplex } from '../../../../../src/lib/control/engines/engine-api/frames.js';
import { unreachable } from '../../../../../src/lib/control/engines/engine-api/unreachable.js';
import { type FakeDaemonOptions, frame } from './fake-daemon.js';
import { eventually, fakeDaemon, never, openClient, readAll } from './open-fake.js';

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'berth-connect-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

const routes: NonNullable<FakeDaemonOptions['routes']> = {
  'GET /info': () => ({ json: { Name: 'fake' } }),
  'GET /containers/:id/logs': () => ({ stream: [frame(1, 'one\n'), frame(2, 'two\n')] }),
  'GET /events': () => ({ stream: ['{"Type":"container"}\n'] }),
  'POST /exec/:id/start': () => ({
    upgrade: async (socket: Duplex) => {
      const input = await readAll(socket);
      socket.end(frame(1, `${input.length} bytes`));
    },
  }),
};

/** Every kind of traffic, over whatever connection these variables name. */
async function useAll(env: Readonly<Record<string, string>>): Promise<void> {
  const api = await openClient(env);
  for (let n = 0; n < 3; n++) {
    expect(await api.call({ method: 'GET', path: '/info' }, never)).toEqual({ status: 200, body: { Name: 'fake' } });
  }
  const lines: string[] = [];
  for await (const { stream, data } of api.output({ method: 'GET', path: '/containers/a/logs' }, false, never)) {
    lines.push(`${stream} ${data.toString()}`);
  }
  expect(lines).toEqual(['stdout one\n', 'stderr two\n']);
  const events: unknown[] = [];
  for await (const event of api.jsonLines({ method: 'GET', path: '/events' }, never)) events.push(event);
  expect(events).toEqual([{ Type: 'container' }]);
  const session = await api.hijack({ method: 'POST', path: '/exec/e/start', body: {} }, never);
  session.end('x'.repeat(300_000));
  const output: string[] = [];
  for await (const { data } of demultiplex(session)) output.push(data.toString());
  expect(output).toEqual(['300000 bytes']);
  await api.close();
}

test('tcp carries everything', async () => {
  const daemon = await fakeDaemon({ routes, listen: 'tcp' });
  await useAll({ DOCKER_HOST: daemon.url });
  await eventually(() => daemon.open() === 0);
});

describe('a daemon that is not there', () => {
  test('at a socket, at a port, at a name', async () => {
    const path = join(temporaryFolder(), 'none.sock');
    await expect(openClient({ DOCKER_HOST: `unix://${path}` })).rejects.toMatchObject({
      code: 'unreachable',
      message: `Docker at unix://${path} (named by DOCKER_HOST) cannot be reached: there is no such socket`,
      hint: expect.stringContaining('Is the daemon running'),
    });
    await expect(openClient({ DOCKER_HOST: 'tcp://127.0.0.1:1' })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('nothing listens there'),
    });
    await expect(openClient({ DOCKER_HOST: 'tcp://nowhere.invalid:1' }, 5_000)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('its name cannot be resolved'),
    });
  });

  test('to this user is told what to do', () => {
    const endpoint = { kind: 'unix', path: '/s', url: 'unix:///s', source: 'default' } as const;
    expect(unreachable(endpoint, Object.assign(new Error('connect EACCES /s'), { code: 'EACCES' }))).toMatchObject({
      code: 'unreachable',
      message: 'Docker at unix:///s cannot be reached: this user may not use the socket',
      hint: expect.stringContaining('docker'),
      detail: 'connect EACCES /s',
    });
  });

  test('because it says nothing is told in time', async () => {
    const server = createServer();
    const path = join(temporaryFolder(), 'mute.sock');
    await new Promise<void>((resolve) => server.listen(path, resolve));
    onTestFinished(() => void server.close());
    await expect(openClient({ DOCKER_HOST: `unix://${path}` }, 1_000)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('no answer within 1.5 s'),
    });
  });
});

const openssl = ((): string | null => {
  try {
    execFileSync('openssl', ['version'], { stdio: 'ignore' });
    return null;
  } catch {
    return 'there is no openssl to make certificates with';
  }
})();

/** A certificate for 127.0.0.1 that signs itself, as `ca.pem`, `cert.pem` and `key.pem` of a folder. */
function certificates(): string {
  const folder = temporaryFolder();
  const key = join(folder, 'key.pem');
  const cert = join(folder, 'cert.pem');
  const args = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes', '-days', '2'];
  const name = ['-subj', '/CN=fake', '-addext', 'subjectAltName=IP:127.0.0.1'];
  execFileSync('openssl', [...args, '-keyout', key, '-out', cert, ...name], { stdio: 'ignore' });
  writeFileSync(join(folder, 'ca.pem'), readFileSync(cert));
  return folder;
}

describe.skipIf(openssl !== null)(`TLS${openssl === null ? '' : ` (skipped: ${openssl})`}`, () => {
  const tlsOf = (folder: string) => ({
    key: readFileSync(join(folder, 'key.pem')),
    cert: readFileSync(join(folder, 'cert.pem')),
    ca: readFileSync(join(folder, 'ca.pem')),
    requestCert: true,
    rejectUnauthorized: true,
  });

  test('carries everything, with certificates of both sides', async () => {
    const folder = certificates();
    const daemon = await fakeDaemon({ routes, listen: 'tcp', tls: tlsOf(folder) });
    await useAll({ DOCKER_HOST: daemon.url, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder });
  });

  test('is not begun with whom the authority did not sign', async () => {
    const daemon = await fakeDaemon({ listen: 'tcp', tls: { ...tlsOf(certificates()), requestCert: false } });
    const env = { DOCKER_HOST: daemon.url, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: certificates() };
    await expect(openClient(env)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('TLS failed'),
      hint: expect.stringContaining('ca.pem'),
    });
    expect(daemon.requests).toEqual([]);
  });

  test('without a certificate that the daemon wants is told', async () => {
    const folder = certificates();
    const daemon = await fakeDaemon({ listen: 'tcp', tls: tlsOf(folder) });
    rmSync(join(folder, 'cert.pem'));
    rmSync(join(folder, 'key.pem'));
    const env = { DOCKER_HOST: daemon.url, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder };
    await expect(openClient(env)).rejects.toMatchObject({ code: 'unreachable' });
    expect(daemon.requests).toEqual([]);
  });

  test('with files that are none is a mistake of the user', async () => {
    const folder = temporaryFolder();
    for (const name of ['ca.pem', 'cert.pem', 'key.pem']) writeFileSync(join(folder, name), 'nonsense');
    const env = { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH: folder };
    await expect(openClient(env)).rejects.toMatchObject({
      code: 'usage',
      message: expect.stringContaining('DOCKER_HOST'),
    });
  });
});

test('a daemon that wants TLS says so to who does not speak it', async () => {
  const text = 'Client sent an HTTP request to an HTTPS server.\n';
  const daemon = await fakeDaemon({ routes: { 'GET /_ping': () => ({ status: 400, text }) }, listen: 'tcp' });
  await expect(openClient({ DOCKER_HOST: daemon.url })).rejects.toMatchObject({
    code: 'unreachable',
    hint: expect.stringContaining('DOCKER_TLS_VERIFY'),
  });
});

describe('ssh', () => {
  /** A folder for PATH with an `ssh` that writes its arguments down and then runs this script of node. */
  function fakeSsh(script: string): { readonly env: Record<string, string>; readonly runs: () => readonly string[] } {
    const folder = temporaryFolder();
    const seen = join(folder, 'seen');
    writeFileSync(join(folder, 'relay.cjs'), script);
    const lines = ['#!/bin/sh', `echo "$*" >> ${seen}`, `exec ${process.execPath} ${join(folder, 'relay.cjs')}`, ''];
    writeFileSync(join(folder, 'ssh'), lines.join('\n'));
    chmodSync(join(folder, 'ssh'), 0o755);
    const env = { PATH: `${folder}${delimiter}${process.env['PATH'] ?? ''}` };
    return { env, runs: () => readFileSync(seen, 'utf8').trim().split('\n') };
  }

  /** What `docker system dial-stdio` does: an end of input is passed on, an end of output ends it. */
  const relay = (socketPath: string): string => `
    const socket = require('node:net').connect({ path: ${JSON.stringify(socketPath)}, allowHalfOpen: true });
    process.stdin.pipe(socket);
    socket.pipe(process.stdout);
    socket.on('end', () => process.exit(0)).on('close', () => process.exit(0));`;

  test('carries everything', async () => {
    const daemon = await fakeDaemon({ routes });
    const { env, runs } = fakeSsh(relay(daemon.socketPath));
    await useAll({ ...env, DOCKER_HOST: 'ssh://me@engine.example:2222/run/my docker.sock' });
    expect(new Set(runs())).toEqual(
      new Set([
        "-o ConnectTimeout=30 -T -l me -p 2222 -- engine.example docker --host 'unix:///run/my docker.sock' system dial-stdio",
      ]),
    );
    // The connection that calls share, and one each for logs, events and exec.
    expect(runs().length).toBe(4);
    await eventually(() => daemon.open() === 0);
  });

  test('is four processes for many calls at once', async () => {
    const daemon = await fakeDaemon({ routes });
    const { env, runs } = fakeSsh(relay(daemon.socketPath));
    const api = await openClient({ ...env, DOCKER_HOST: 'ssh://engine.example' });
    await Promise.all(Array.from({ length: 20 }, () => api.call({ method: 'GET', path: '/info' }, never)));
    expect(runs().length).toBe(4);
    expect(runs()[0]).toBe('-o ConnectTimeout=30 -T -- engine.example docker system dial-stdio');
    await api.close();
    await eventually(() => daemon.open() === 0);
  });

  test('that fails is told in its own words', async () => {
    const words = 'me@engine.example: Permission denied (publickey).';
    const { env } = fakeSsh(`process.stderr.write(${JSON.stringify(`${words}\r\n`)}); process.exitCode = 255;`);
    await expect(openClient({ ...env, DOCKER_HOST: 'ssh://engine.example' })).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('ssh ended with status 255'),
      detail: words,
      hint: expect.stringContaining('ssh engine.example docker version'),
    });
  });

  test('that is not there is told', async () => {
    const env = { PATH: temporaryFolder(), DOCKER_HOST: 'ssh://engine.example' };
    await expect(openClient(env)).rejects.toMatchObject({
      code: 'unreachable',
      message: expect.stringContaining('ssh cannot be started'),
      detail: expect.stringContaining('ENOENT'),
    });
  });

  test('is ended by aborting', async () => {
    const daemon = await fakeDaemon({ routes: { ...routes, 'GET /slow': () => new Promise(() => undefined) } });
    const { env } = fakeSsh(relay(daemon.socketPath));
    const api = await openClient({ ...env, DOCKER_HOST: 'ssh://engine.example' });
    const controller = new AbortController();
    const call = api.call({ method: 'GET', path: '/slow' }, controller.signal);
    await eventually(() => daemon.requests.length === 2);
    controller.abort(new Error('enough'));
    await expect(call).rejects.toThrow('enough');
    await eventually(() => daemon.open() === 0);
  });
});
