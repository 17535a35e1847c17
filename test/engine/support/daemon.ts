import { type ChildProcess, execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import * as v from 'valibot';
import { hostProcesses, type ProcessIdentity } from '../../../src/lib/control/processes.js';
import { linkNetwork } from './network.js';

/** A Docker of our own: nothing of it is seen by others on this machine, or left when it stops. */
export interface Daemon {
  /** For DOCKER_HOST: `unix:///...`. */
  readonly host: string;
  /** Where ports that it publishes are reached from this machine. Its `127.0.0.1` is another than ours. */
  readonly address: string;
  /** Where it and its containers reach this machine. It takes registries there without TLS. */
  readonly hostAddress: string;
  /** The file that dockerd logs to. */
  readonly log: string;
  /** Runs the docker command on it and gives its stdout; throws with its stderr. */
  readonly docker: (...args: readonly string[]) => Promise<string>;
  /** Ends it, its containers, mounts and network, and removes its folder. Idempotent. */
  stop(): Promise<void>;
}

export interface DaemonOptions {
  /** A few letters, for its folder. */
  readonly name: string;
}

const startMs = 60_000;
const prefix = 'berth-dockerd-';
const script = path.join(import.meta.dirname, 'daemon.sh');

/** Null, or why no Docker can be started here, in a few words. Whether one really starts, only `startDaemon` tells. */
export function engineAvailable(): string | null {
  if (process.platform !== 'linux') return 'a Docker of our own needs Linux';
  if (process.getuid?.() !== 0) return 'a Docker of our own needs root';
  for (const command of ['dockerd', 'docker', 'unshare', 'ip']) {
    if (spawnSync('sh', ['-c', `command -v ${command}`], { env: environment() }).status !== 0) {
      return `there is no ${command} command`;
    }
  }
  const { status, stderr } = spawnSync('sh', [script, 'try'], { env: environment() });
  return status === 0 ? null : `namespaces cannot be made: ${stderr.toString().trim()}`;
}

/**
 * Starts dockerd in mount, process and network namespaces of its own, joined to this machine by a network of two
 * addresses. It ends with this process, however that ends. Throws with the end of its log when it does not come up.
 */
export async function startDaemon({ name }: DaemonOptions): Promise<Daemon> {
  removeLeftovers();
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), `${prefix}${name}-`));
  fs.writeFileSync(path.join(folder, 'owner.json'), JSON.stringify(hostProcesses().self));
  const child = spawn('sh', [script, 'start', folder, path.basename(folder)], {
    // A session of its own: Ctrl-C goes to the tests, which stop it.
    detached: true,
    env: environment(),
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = once(child, 'close');
  let complaint = '';
  child.stderr.on('data', (chunk) => (complaint += String(chunk)));
  child.stdin.on('error', () => undefined);
  const host = `unix://${path.join(folder, 'docker.sock')}`;
  const log = path.join(folder, 'dockerd.log');
  const stop = async (): Promise<void> => {
    child.stdin.end();
    await ended;
    fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  const docker = dockerOn(host);
  try {
    await ready(child, child.stdout);
    const { address, hostAddress, prefixLength } = await linkNetwork(child.pid ?? 0);
    child.stdin.write(`${address}/${prefixLength}\n`);
    await answering(child, docker);
    return { host, address, hostAddress, log, docker, stop };
  } catch (error) {
    const words = fs.existsSync(log) ? fs.readFileSync(log, 'utf8').trim().split('\n').slice(-5).join('\n') : '';
    await stop();
    throw new Error(`Docker did not start: ${[complaint.trim(), words].join('\n').trim()}`, { cause: error });
  }
}

/** The docker command on a daemon, without settings or credentials of whoever runs it. */
export function dockerOn(host: string): Daemon['docker'] {
  const env = { ...environment(), DOCKER_HOST: host, DOCKER_CONFIG: '/nonexistent' };
  return async (...args) => (await promisify(execFile)('docker', args, { env, maxBuffer: 2 ** 28 })).stdout;
}

/** What daemons, and commands on them, see: nothing that points to another Docker. Debian has dockerd in /usr/sbin. */
function environment(): NodeJS.ProcessEnv {
  return { PATH: `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`, HOME: '/nonexistent', LANG: 'C.UTF-8' };
}

async function ready(child: ChildProcess, stdout: NodeJS.ReadableStream): Promise<void> {
  for await (const line of readline.createInterface(stdout)) if (line === 'ready') return;
  throw new Error(`it ended with ${child.exitCode ?? child.signalCode ?? 'no status'}`);
}

async function answering(child: ChildProcess, docker: Daemon['docker']): Promise<void> {
  const end = Date.now() + startMs;
  while (child.exitCode === null && child.signalCode === null && Date.now() < end) {
    if (await docker('version').then(Boolean, () => false)) return;
    await wait(50);
  }
  throw new Error(child.exitCode === null ? 'it does not answer' : `it ended with ${child.exitCode}`);
}

/** Folders of daemons whose owner is gone: such a daemon has ended, since its stdin has. */
function removeLeftovers(): void {
  const processes = hostProcesses();
  for (const name of fs.readdirSync(os.tmpdir()).filter((entry) => entry.startsWith(prefix))) {
    const folder = path.join(os.tmpdir(), name);
    const owner = readOwner(path.join(folder, 'owner.json'));
    if (owner === null || processes.fate(owner) !== 'dead') continue;
    try {
      fs.rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    } catch {
      // It is ending only now: the next start removes it.
    }
  }
}

const identity = v.object({
  host: v.string(),
  machineId: v.string(),
  bootId: v.string(),
  pidNamespace: v.string(),
  pid: v.number(),
  startTime: v.string(),
});

/** Null while its owner has not written it to the end. */
function readOwner(file: string): ProcessIdentity | null {
  try {
    return v.parse(identity, JSON.parse(fs.readFileSync(file, 'utf8')));
  } catch {
    return null;
  }
}
