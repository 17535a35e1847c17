import { describe, expect, test } from 'vitest';
import { leaseMs, type Ledger, type ReleaseRecord } from '../../../../../../src/lib/control/ledger.js';
import { FakeProcesses, processNamed } from '../../../fake-processes.js';
import { ledgerContract } from '../../../ledger-contract.js';
import { holder, lock, release, scope } from '../../../store/ledger-fixtures.js';
import { FakeVolumes } from './fake-volumes.js';
import { clientOf } from './lab.js';

ledgerContract({
  open: async () => {
    const volumes = new FakeVolumes();
    const processes = new FakeProcesses(processNamed(1));
    return {
      ledger: clientOf(volumes, { processes }),
      processes,
      clock: volumes.clock,
      client: async (pid) => clientOf(volumes, { pid }),
      otherEngine: async () => clientOf(new FakeVolumes()),
      loseReleases: async () => volumes.lose('release'),
    };
  },
  badReplicas: { name: 'RangeError' },
  renewBelowMs: leaseMs - 10_000,
});

const dayMs = 24 * 3_600_000;

async function comeAndGo(ledger: Ledger, stack: string): Promise<void> {
  const lease = await lock(ledger, { ...scope, stack });
  await ledger.commit(lease, release({ id: `id of ${stack}` }), 'made');
  await ledger.forget(lease);
  await ledger.unlock(lease);
}

function summaries(releases: readonly ReleaseRecord[]): readonly string[] {
  return releases.map(({ summary }) => summary);
}

describe('a commit', () => {
  test('of a client that dies before the stack knows of it is seen by nobody, and made when it is tried again', async () => {
    const volumes = new FakeVolumes();
    const ledger = clientOf(volumes);
    const lease = await lock(ledger);
    await ledger.commit(lease, release({ summary: 'first' }), 'a');
    const dying = clientOf(volumes, {
      before: async () => {
        if (volumes.names('release').length === 2) throw new Error('dead');
      },
    });
    await expect(dying.commit(lease, release({ summary: 'second' }), 'b')).rejects.toThrow('dead');
    expect(volumes.names('release')).toHaveLength(2);
    expect(summaries(await ledger.releases(scope))).toEqual(['first']);
    await ledger.commit(lease, release({ summary: 'second, again' }), 'b');
    expect(summaries(await ledger.releases(scope))).toEqual(['second, again', 'first']);
    await ledger.forget(lease);
    await ledger.commit(lease, release({ id: 'another', summary: 'anew' }), 'c');
    expect(summaries(await ledger.releases(scope))).toEqual(['anew']);
    expect(volumes.names('release')).toHaveLength(1);
  });

  test('whose answer was lost is made once', async () => {
    const volumes = new FakeVolumes();
    const ledger = clientOf(volumes);
    const lease = await lock(ledger);
    let lost = false;
    const cut = clientOf(volumes, {
      before: async ({ method, path }) => {
        if (lost || method !== 'GET' || path !== '/volumes') return;
        lost = volumes.names('release').length === 1 && volumes.names('stack').length === 2;
        if (lost) throw new Error('lost');
      },
    });
    await expect(cut.commit(lease, release(), 'a')).rejects.toThrow('lost');
    expect(await ledger.commit(lease, release({ summary: 'again' }), 'a')).toMatchObject({ release: 1 });
    expect(summaries(await ledger.releases(scope))).toEqual(['created with web']);
    expect(volumes.names('release')).toHaveLength(1);
  });

  test('under a lease that is over leaves nothing behind', async () => {
    const volumes = new FakeVolumes();
    const ledger = clientOf(volumes);
    const lease = await lock(ledger);
    let taken = false;
    const slow = clientOf(volumes, {
      before: async () => {
        if (taken || volumes.names('release').length === 0) return;
        taken = true;
        volumes.clock.nowMs += leaseMs;
        await lock(ledger, scope, holder(2));
      },
    });
    await expect(slow.commit(lease, release(), 'a')).rejects.toMatchObject({ code: 'conflict' });
    expect(await ledger.get(scope)).toBeNull();
    expect(volumes.names('release')).toEqual([]);
  });
});

describe('releases', () => {
  test('that are not kept leave no volume', async () => {
    const volumes = new FakeVolumes();
    const ledger = clientOf(volumes);
    const lease = await lock(ledger);
    for (let index = 1; index <= 103; index++) await ledger.commit(lease, release(), `key ${index}`);
    expect(volumes.names('release')).toHaveLength(100);
  });
});

describe('a claim', () => {
  test('that came through although its client was told otherwise is one all the same', async () => {
    const volumes = new FakeVolumes();
    const ledger = clientOf(volumes);
    let renewed = false;
    const slow = clientOf(volumes, {
      before: async ({ method, path }) => {
        if (renewed || method !== 'GET' || path !== '/volumes' || volumes.names('stack').length === 0) return;
        renewed = true;
        // Somebody writes after our link before we can look.
        volumes.clock.nowMs += 15_000;
        await ledger.renew({ scope, epoch: 1 });
      },
    });
    expect(await slow.claim(scope, holder(1))).toEqual({ claimed: true, lease: { scope, epoch: 1 }, displaced: null });
    expect(await ledger.renew({ scope, epoch: 1 })).toBe(true);
  });
});

describe('a lease', () => {
  test('is renewed by a volume only when a third of it is over', async () => {
    const volumes = new FakeVolumes();
    const ledger = clientOf(volumes);
    const lease = await lock(ledger);
    let made = 0;
    volumes.onCreate = () => {
      made++;
    };
    volumes.clock.nowMs += 9_999;
    expect(await ledger.renew(lease)).toBe(true);
    expect(made).toBe(0);
    volumes.clock.nowMs += 1;
    expect(await ledger.renew(lease)).toBe(true);
    expect(made).toBe(1);
    volumes.clock.nowMs += leaseMs - 1;
    expect(await ledger.claim(scope, holder(2))).toMatchObject({ claimed: false });
  });
});

describe('many stacks that were terminated', () => {
  test('leave their epochs: the newest 50, and those of 30 days', async () => {
    const volumes = new FakeVolumes();
    const ledger = clientOf(volumes);
    for (let index = 0; index < 55; index++) {
      volumes.clock.nowMs += 1000;
      await comeAndGo(ledger, `s${index}`);
    }
    expect(volumes.names('release')).toHaveLength(20);
    volumes.clock.nowMs += 29 * dayMs;
    await comeAndGo(ledger, 'young');
    expect(await lock(ledger, { ...scope, stack: 's0' })).toMatchObject({ epoch: 2 });
    await ledger.unlock({ scope: { ...scope, stack: 's0' }, epoch: 2 });
    volumes.clock.nowMs += 2 * dayMs;
    await comeAndGo(ledger, 'last');
    // Of 57: last, young and s0 are the newest.
    const epoch = async (stack: string) => (await lock(ledger, { ...scope, stack })).epoch;
    expect([await epoch('s0'), await epoch('last'), await epoch('young')]).toEqual([3, 2, 2]);
    expect([await epoch('s1'), await epoch('s7'), await epoch('s8'), await epoch('s54')]).toEqual([1, 1, 2, 2]);
  });
});

describe('what the engine keeps', () => {
  test('tells of no secret in the clear, and of which stack it is', async () => {
    const volumes = new FakeVolumes();
    const ledger = clientOf(volumes);
    const web = { image: 'web:1', environment: { PASSWORD: 'opensesame' } };
    await ledger.commit(await lock(ledger), release({ definition: { name: 'shop', services: { web } } }), 'a');
    expect(volumes.all.length).toBeGreaterThan(0);
    for (const { Labels } of volumes.all) {
      expect(Labels).toMatchObject({ 'berth.namespace': 'ann', 'berth.stack': 'shop' });
      expect(JSON.stringify(Labels)).not.toContain('opensesame');
    }
  });

  test('and was written by a newer berth is left alone', async () => {
    const volumes = new FakeVolumes();
    const ledger = clientOf(volumes);
    await lock(ledger);
    const api = volumes.api();
    const { volumeRegisters } = await import('../../../../../../src/lib/control/engines/docker/register-volumes.js');
    const key = { kind: 'stack' as const, namespace: 'ann', stack: 'shop', name: '' };
    await volumeRegisters(api).write(key, 1, { format: 2, anything: true }, new AbortController().signal);
    const before = volumes.all;
    await expect(ledger.get(scope)).rejects.toMatchObject({
      code: 'store',
      message: expect.stringContaining('newer berth'),
    });
    await expect(ledger.claim(scope, holder(2))).rejects.toMatchObject({ code: 'store' });
    expect(volumes.all).toEqual(before);
  });
});
