import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, onTestFinished, test } from 'vitest';
import { type Lease, leaseMs, type Ledger } from '../../../../src/lib/control/ledger.js';
import { hostProcesses } from '../../../../src/lib/control/processes.js';
import { openStore } from '../../../../src/lib/control/store/store.js';
import { FakeProcesses, processNamed } from '../fake-processes.js';
import { holder, leaseOf, lock, release, scope } from './ledger-fixtures.js';
import { openTemporaryStore, temporaryFolder } from './temporary-store.js';

const run = promisify(execFile);
const child = fileURLToPath(new URL('lock-child.ts', import.meta.url));

async function openLedger() {
  const processes = new FakeProcesses(processNamed(1));
  const clock = { nowMs: 1_000_000 };
  const path = join(temporaryFolder(), 'berth.db');
  const ledger = (await openTemporaryStore({ path, processes, now: () => clock.nowMs })).ledger('sandbox');
  return { ledger, processes, clock, path };
}

/** Everything that a lease allows. */
function changes(ledger: Ledger, lease: Lease): Promise<unknown>[] {
  return [
    ledger.commit(lease, release(), 'late'),
    ledger.markTerminating(lease),
    ledger.markDeployed(lease, '2026-01-02T00:00:00.000Z'),
    ledger.markFailed(lease),
    ledger.markApplied(lease, 'network n', 'x'),
    ledger.setScale(lease, { web: 9 }),
    ledger.forget(lease),
  ];
}

describe('the lock of a stack', () => {
  test('has one holder at a time, also between two stores', async () => {
    const path = join(temporaryFolder(), 'berth.db');
    const one = (await openTemporaryStore({ path })).ledger('sandbox');
    const other = (await openTemporaryStore({ path })).ledger('sandbox');
    const claimed = await one.claim(scope, holder(1));
    expect(claimed).toEqual({ claimed: true, lease: { scope, epoch: 1 }, displaced: null });
    expect(await other.claim(scope, holder(2))).toEqual({ claimed: false, holder: holder(1) });
    expect(await other.claim({ ...scope, stack: 'other' }, holder(2))).toMatchObject({ claimed: true });
    await one.unlock(leaseOf(claimed));
    expect(await other.claim(scope, holder(2))).toMatchObject({ lease: { epoch: 2 }, displaced: null });
  });

  test('is not given back under an epoch that is over', async () => {
    const { ledger } = await openLedger();
    const { epoch } = await lock(ledger);
    await ledger.unlock({ scope, epoch: epoch - 1 });
    await ledger.unlock({ scope, epoch: epoch + 1 });
    expect(await ledger.claim(scope, holder(3))).toMatchObject({ claimed: false });
  });

  test('of a holder that died is taken at once, unless it died elsewhere', async () => {
    const { ledger, processes } = await openLedger();
    await lock(ledger);
    processes.kill(processNamed(1));
    expect(await ledger.claim(scope, holder(2))).toMatchObject({ lease: { epoch: 2 }, displaced: holder(1) });

    const elsewhere = { ...scope, stack: 'elsewhere' };
    await lock(ledger, elsewhere, holder(1, 'far', 'there'));
    expect(await ledger.claim(elsewhere, holder(2))).toMatchObject({ claimed: false, holder: { actionId: 'far' } });
  });

  test('goes to another process that takes over the same action, and to none that merely has it', async () => {
    const { ledger } = await openLedger();
    const first = await lock(ledger, scope, holder(1, 'same'));
    expect(await ledger.claim(scope, holder(2, 'same'))).toMatchObject({ claimed: false });
    expect(await ledger.claim(scope, holder(2, 'other'), true)).toMatchObject({ claimed: false });
    const taken = await ledger.claim(scope, holder(2, 'same'), true);
    expect(taken).toEqual({ claimed: true, lease: { scope, epoch: 2 }, displaced: null });
    await ledger.unlock(first);
    expect(await ledger.claim(scope, holder(3))).toEqual({ claimed: false, holder: holder(2, 'same') });
  });

  test('that was not renewed in time goes to the next', async () => {
    const { ledger, clock } = await openLedger();
    const lease = await lock(ledger, scope, holder(1, 'far', 'there'));
    clock.nowMs += leaseMs - 1;
    expect(await ledger.claim(scope, holder(2))).toMatchObject({ claimed: false });
    expect(await ledger.renew(lease)).toBe(true);
    clock.nowMs += leaseMs - 1;
    expect(await ledger.claim(scope, holder(2))).toMatchObject({ claimed: false });
    clock.nowMs += 1;
    const displaced = holder(1, 'far', 'there');
    expect(await ledger.claim(scope, holder(2))).toEqual({ claimed: true, lease: { scope, epoch: 2 }, displaced });
    expect(await ledger.renew(lease)).toBe(false);
  });

  test('of its own process is nobody displaced', async () => {
    const { ledger, clock } = await openLedger();
    await lock(ledger);
    expect(await ledger.claim(scope, holder(1, 'next'))).toMatchObject({ claimed: false });
    clock.nowMs += leaseMs;
    expect(await ledger.claim(scope, holder(1, 'next'))).toMatchObject({ claimed: true, displaced: null });
  });

  test('cannot be renewed once it was given back', async () => {
    const { ledger } = await openLedger();
    const lease = await lock(ledger);
    await ledger.unlock(lease);
    expect(await ledger.renew(lease)).toBe(false);
    expect(await ledger.renew({ scope: { ...scope, stack: 'other' }, epoch: 1 })).toBe(false);
  });

  test('has epochs that grow, also when the stack is forgotten and made again', async () => {
    const { ledger } = await openLedger();
    const epochs: number[] = [];
    for (const id of ['one', 'two', 'three']) {
      const lease = await lock(ledger);
      epochs.push(lease.epoch);
      await ledger.commit(lease, release({ id }), 'made');
      await ledger.forget(lease);
      await ledger.unlock(lease);
    }
    expect(epochs).toEqual([1, 2, 3]);
  });
});

describe('a lease', () => {
  test('that ran out holds as long as nobody takes it', async () => {
    const { ledger, clock } = await openLedger();
    const lease = await lock(ledger);
    clock.nowMs += 10 * leaseMs;
    expect(await ledger.commit(lease, release(), 'a')).toMatchObject({ release: 1 });
    expect(await ledger.renew(lease)).toBe(true);
    expect(await ledger.claim(scope, holder(2))).toMatchObject({ claimed: false });
  });

  test('that was taken over changes nothing any more, and says who has it', async () => {
    const { ledger, clock } = await openLedger();
    const lease = await lock(ledger);
    await ledger.commit(lease, release(), 'a');
    const before = await ledger.get(scope);
    clock.nowMs += leaseMs;
    const next = await lock(ledger, scope, { ...holder(2), user: 'bob', command: 'Stack Terminate' });
    for (const outcome of await Promise.allSettled(changes(ledger, lease))) {
      expect(outcome).toMatchObject({
        reason: {
          code: 'conflict',
          message: 'stack shop was taken over by bob (Stack Terminate, process 2 on here): nothing more was changed',
          data: { holder: { action: 'action-2', user: 'bob', host: 'here', pid: 2, command: 'Stack Terminate' } },
        },
      });
    }
    expect(await ledger.get(scope)).toEqual(before);
    expect(await ledger.releases(scope)).toHaveLength(1);
    await ledger.unlock(lease);
    expect(await ledger.commit(next, release(), 'b')).toMatchObject({ release: 2 });
  });

  test('that was given back, or never was one, changes nothing', async () => {
    const { ledger } = await openLedger();
    const lease = await lock(ledger);
    await ledger.commit(lease, release(), 'a');
    await ledger.unlock(lease);
    const never = { scope: { ...scope, stack: 'other' }, epoch: 1 };
    const ahead = { scope, epoch: lease.epoch + 1 };
    const all = [lease, never, ahead].flatMap((each) => changes(ledger, each));
    for (const outcome of await Promise.allSettled(all)) {
      expect(outcome).toMatchObject({ reason: { code: 'conflict', hint: expect.stringContaining('again') } });
    }
    expect(await ledger.releases(scope)).toHaveLength(1);
    expect(await ledger.get(never.scope)).toBeNull();
  });
});

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
