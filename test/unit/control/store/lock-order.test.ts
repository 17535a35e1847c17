import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Lease, leaseMs, type Ledger } from '../../../../src/lib/control/ledger.js';
import { FakeProcesses, processNamed } from '../fake-processes.js';
import { holder, release, scope } from './ledger-fixtures.js';
import { openTemporaryStore, temporaryFolder } from './temporary-store.js';

type Operation =
  | { readonly do: 'claim'; readonly who: number; readonly sameAction: boolean }
  /** `age`: how many leases back, of those that anybody got. */
  | { readonly do: 'renew' | 'unlock' | 'commit' | 'forget'; readonly age: number }
  | { readonly do: 'wait'; readonly ms: number };

const who = fc.integer({ min: 0, max: 2 });
const age = fc.nat({ max: 3 });
const operation: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ do: fc.constant('claim' as const), who, sameAction: fc.boolean() }) },
  { weight: 4, arbitrary: fc.record({ do: fc.constantFrom('renew', 'unlock', 'commit', 'forget'), age }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: leaseMs }) }) },
);

/** What must be true of the lock, told by what was done to it before. */
interface Expected {
  epoch: number;
  /** Of its holder; empty while there is none. */
  action: string;
  expiresAtMs: number;
  commits: number;
}

describe('whatever three holders do in whatever order', () => {
  test('only the newest epoch writes, and only while it is held', async () => {
    const path = join(temporaryFolder(), 'berth.db');
    const clock = { nowMs: 1_000_000 };
    const open = async (pid: number) =>
      (
        await openTemporaryStore({ path, processes: new FakeProcesses(processNamed(pid)), now: () => clock.nowMs })
      ).ledger('sandbox');
    const ledgers = [await open(1), await open(2), await open(3)];
    let runs = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 40 }), async (operations) => {
        runs += 1;
        await play({ ledgers, clock, stack: `s${runs}` }, operations);
      }),
      { numRuns: 60 },
    );
  });
});

interface Held {
  readonly lease: Lease;
  readonly ledger: Ledger;
}

interface Table {
  readonly ledgers: readonly Ledger[];
  readonly clock: { nowMs: number };
  readonly stack: string;
}

async function play({ ledgers, clock, stack }: Table, operations: readonly Operation[]): Promise<void> {
  const of = { ...scope, stack };
  const expected: Expected = { epoch: 0, action: '', expiresAtMs: 0, commits: 0 };
  const leases: Held[] = [];
  for (const [index, each] of operations.entries()) {
    const change = `${stack} ${index}`;
    if (each.do === 'wait') {
      clock.nowMs += each.ms;
    } else if (each.do === 'claim') {
      const actionId = each.sameAction && expected.action !== '' ? expected.action : change;
      const claimable = expected.action === '' || expected.action === actionId || clock.nowMs >= expected.expiresAtMs;
      const ledger = at(ledgers, each.who);
      const claim = await ledger.claim(of, holder(each.who + 1, actionId), true);
      expect(claim.claimed).toBe(claimable);
      if (!claim.claimed) continue;
      expect(claim.lease.epoch).toBe(expected.epoch + 1);
      leases.push({ lease: claim.lease, ledger });
      Object.assign(expected, { epoch: claim.lease.epoch, action: actionId, expiresAtMs: clock.nowMs + leaseMs });
    } else {
      const held = leases.at(-1 - each.age);
      if (held !== undefined) await use(held, each.do, expected, { change, nowMs: clock.nowMs });
    }
    expect((await at(ledgers, 0).get(of))?.release ?? 0).toBe(expected.commits);
  }
}

async function use(
  { lease, ledger }: Held,
  what: 'renew' | 'unlock' | 'commit' | 'forget',
  expected: Expected,
  { change, nowMs }: { readonly change: string; readonly nowMs: number },
): Promise<void> {
  const good = expected.action !== '' && lease.epoch === expected.epoch;
  if (what === 'renew') {
    expect(await ledger.renew(lease)).toBe(good);
    if (good) expected.expiresAtMs = nowMs + leaseMs;
    return;
  }
  if (what === 'unlock') {
    await ledger.unlock(lease);
    if (good) expected.action = '';
    return;
  }
  const work = what === 'forget' ? ledger.forget(lease) : ledger.commit(lease, release({ id: change }), change);
  const [outcome] = await Promise.allSettled([work]);
  expect(outcome).toMatchObject(good ? { status: 'fulfilled' } : { reason: { code: 'conflict' } });
  if (good) expected.commits = what === 'forget' ? 0 : expected.commits + 1;
}

function at<T>(list: readonly T[], index: number): T {
  const found = list[index];
  if (found === undefined) throw new Error(`no ${index}`);
  return found;
}
