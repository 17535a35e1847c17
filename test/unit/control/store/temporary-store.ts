import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openStore, type Store } from '../../../../src/lib/control/store/store.js';
import { FakeProcesses, processNamed } from '../fake-processes.js';

/** A folder that is gone after the test. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'berth-store-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

export interface OpenOptions {
  readonly path?: string;
  readonly processes?: FakeProcesses;
  readonly now?: () => number;
  readonly busyTimeoutMs?: number;
}

/** A store that is closed after the test. */
export async function openTemporaryStore(options: OpenOptions = {}): Promise<Store> {
  const store = await openStore({
    path: options.path ?? join(temporaryFolder(), 'berth.db'),
    processes: options.processes ?? new FakeProcesses(processNamed(1)),
    now: options.now ?? (() => Date.parse('2026-01-02T03:04:05.678Z')),
    ...(options.busyTimeoutMs === undefined ? {} : { busyTimeoutMs: options.busyTimeoutMs }),
  });
  onTestFinished(() => store.close());
  return store;
}
