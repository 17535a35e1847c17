import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { hostProcesses } from '../../../../src/lib/control/processes.js';
import { openStore } from '../../../../src/lib/control/store/store.js';
import { holder, scope } from './ledger-fixtures.js';
import { openTemporaryStore, temporaryFolder } from './temporary-store.js';

const run = promisify(execFile);
const child = fileURLToPath(new URL('lock-child.ts', import.meta.url));

describe('processes that race for a lock', () => {
  test('change the stack one after the other, each under an epoch of its own', async () => {
    const path = join(temporaryFolder(), 'berth.db');
    const results = await Promise.all(
      ['a', 'b', 'c'].map(async (name): Promise<number[]> => {
        const { stdout } = await run(process.execPath, ['--import', 'tsx', child, path, name, '15'], {
          timeout: 25_000,
        });
        const epochs: number[] = JSON.parse(stdout);
        return epochs;
      }),
    );
    const epochs = results.flat();
    expect(new Set(epochs).size).toBe(45);
    expect([...epochs].sort((one, other) => one - other)).toEqual(Array.from({ length: 45 }, (_, index) => index + 1));
    const ledger = (await openTemporaryStore({ path })).ledger('sandbox');
    const releases = await ledger.releases(scope);
    expect(releases.map(({ version }) => version)).toEqual(Array.from({ length: 45 }, (_, index) => 45 - index));
    expect(new Set(releases.map(({ summary }) => summary)).size).toBe(45);
  });

  test('and are killed with it in their hand leave it to the next at once', async () => {
    const path = join(temporaryFolder(), 'berth.db');
    const killed = spawn(process.execPath, ['--import', 'tsx', child, path, 'killed', 'hold']);
    onTestFinished(() => void killed.kill('SIGKILL'));
    const [line] = await once(killed.stdout, 'data');
    expect(JSON.parse(String(line))).toEqual([1]);
    const store = await openStore({ path, processes: hostProcesses(), now: Date.now });
    onTestFinished(() => store.close());
    const ledger = store.ledger('sandbox');
    expect(await ledger.claim(scope, holder(2))).toMatchObject({ claimed: false, holder: { actionId: 'killed' } });
    killed.kill('SIGKILL');
    await once(killed, 'exit');
    expect(await ledger.claim(scope, holder(2))).toMatchObject({
      lease: { epoch: 2 },
      displaced: { actionId: 'killed', process: { pid: killed.pid } },
    });
  });
});
