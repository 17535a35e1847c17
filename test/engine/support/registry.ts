import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'vitest';
import { eventually } from '../../contract/harness.js';
import type { BorrowedEngine } from './engines.js';

/** A registry of our own that takes one user. */
export interface TestRegistry {
  /** Its host and port, as names of images begin with it. */
  readonly host: string;
  readonly user: string;
  readonly password: string;
}

/** Debian's docker-registry where the engine reaches it, without TLS. Gone with the test, which is skipped where there is none. */
export async function registryOf(context: TestContext, engine: BorrowedEngine): Promise<TestRegistry> {
  for (const command of ['docker-registry', 'htpasswd']) {
    const { error } = spawnSync(command, ['--help']);
    if (error !== undefined) context.skip(`there is no ${command} command`);
  }
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-registry-'));
  const [user, password] = ['ann', 'pässwörd/+?'];
  fs.writeFileSync(path.join(folder, 'htpasswd'), execFileSync('htpasswd', ['-Bbn', '-C', '4', user, password]));
  const host = `${engine.hostAddress}:${await freePort(engine.hostAddress)}`;
  fs.writeFileSync(path.join(folder, 'config.yml'), configuration(folder, host));
  const child = spawn('docker-registry', ['serve', path.join(folder, 'config.yml')], { stdio: 'ignore' });
  context.onTestFinished(async () => {
    await stop(child);
    fs.rmSync(folder, { recursive: true, force: true });
  });
  await eventually('the registry', async () =>
    fetch(`http://${host}/v2/`).then(
      () => true,
      () => undefined,
    ),
  );
  return { host, user, password };
}

function configuration(folder: string, host: string): string {
  return `
version: 0.1
log: { level: error }
storage: { filesystem: { rootdirectory: ${folder}/data }, delete: { enabled: true } }
http: { addr: '${host}' }
auth: { htpasswd: { realm: test, path: ${folder}/htpasswd } }
`;
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGKILL');
  await once(child, 'close');
}

async function freePort(address: string): Promise<number> {
  const server = net.createServer().listen(0, address);
  await once(server, 'listening');
  const found = server.address();
  server.close();
  await once(server, 'close');
  if (found === null || typeof found === 'string') throw new Error('no port');
  return found.port;
}
