import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { EngineApi } from '../../../../../src/lib/control/engines/engine-api/api.js';
import { openEngineApi } from '../../../../../src/lib/control/engines/engine-api/client.js';
import { resolveEndpoint } from '../../../../../src/lib/control/engines/engine-api/endpoint.js';
import { type FakeDaemon, type FakeDaemonOptions, startFakeDaemon } from './fake-daemon.js';

/** A signal that nobody aborts. */
export const never = new AbortController().signal;

interface Opened {
  readonly api: EngineApi;
  readonly daemon: FakeDaemon;
}

/** A fake daemon that is stopped after the test. */
export async function fakeDaemon(options: FakeDaemonOptions = {}): Promise<FakeDaemon> {
  const daemon = await startFakeDaemon(options);
  onTestFinished(() => daemon.stop());
  return daemon;
}

/** A fake daemon and a client of it, both gone after the test. */
export async function openFake(options: FakeDaemonOptions = {}, env: Record<string, string> = {}): Promise<Opened> {
  const daemon = await fakeDaemon(options);
  return { daemon, api: await openClient({ DOCKER_HOST: daemon.url, ...env }) };
}

/** A client of what these variables name, closed after the test. */
export async function openClient(env: Readonly<Record<string, string>>, timeoutMs?: number): Promise<EngineApi> {
  const endpoint = resolveEndpoint(env, '/nonexistent');
  const api = await openEngineApi({ endpoint, env, signal: never, ...(timeoutMs !== undefined && { timeoutMs }) });
  onTestFinished(() => api.close());
  return api;
}

/** Looks until it holds. */
export async function eventually(holds: () => boolean): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!holds()) {
    if (Date.now() > deadline) throw new Error('it did not come to pass within 10 s');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** What is read of a session until the other side ends it. Our side stays open. */
export function readAll(session: Duplex): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    session.on('data', (chunk: Buffer) => chunks.push(chunk));
    session.once('end', () => resolve(Buffer.concat(chunks).toString()));
    session.once('error', reject);
  });
}
