import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { EngineApi } from '../../../../../src/lib/control/engines/engine-api/api.js';
import { openEngineApi } from '../../../../../src/lib/control/engines/engine-api/client.js';
import type { ProgressEvent } from '../../../../../src/lib/port/verb.js';
import { type FakeDaemon, type FakeRoute, startFakeDaemon } from '../engine-api/fake-daemon.js';

export interface FakeEngineApi {
  readonly api: EngineApi;
  readonly daemon: FakeDaemon;
  /** A home directory of its own. */
  readonly home: string;
  readonly progress: ProgressEvent[];
  readonly stop: AbortController;
  readonly context: { readonly signal: AbortSignal; readonly progress: (event: ProgressEvent) => void };
}

/** A client of a daemon that answers what the routes say, over a real socket; everything is gone after the test. */
export async function openFakeApi(
  routes: Readonly<Record<string, FakeRoute>>,
  apiVersion = '1.41',
): Promise<FakeEngineApi> {
  const daemon = await startFakeDaemon({ routes, apiVersion });
  onTestFinished(() => daemon.stop());
  const home = mkdtempSync(join(tmpdir(), 'berth-home-'));
  onTestFinished(() => {
    rmSync(home, { recursive: true });
  });
  const stop = new AbortController();
  const endpoint = { kind: 'unix', path: daemon.socketPath, url: daemon.url, source: 'DOCKER_HOST' } as const;
  const api = await openEngineApi({ endpoint, signal: stop.signal });
  onTestFinished(() => api.close());
  const progress: ProgressEvent[] = [];
  const context = { signal: stop.signal, progress: (event: ProgressEvent) => void progress.push(event) };
  return { api, daemon, home, progress, stop, context };
}
