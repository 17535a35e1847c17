import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Lease, leaseMs, type Ledger, type ReleaseRecord } from '../../../src/lib/control/ledger.js';
import { type FakeProcesses, processNamed } from './fake-processes.js';
import { definition, holder, leaseOf, lock, noOverlays, release, scope } from './store/ledger-fixtures.js';

/** A ledger that nobody else uses, and ways to reach it. All is gone after the test. */
export interface LedgerLab {
  /** Of a process 1 of the host `here`. */
  readonly ledger: Ledger;
  /** What process 1 sees of others. */
  readonly processes: FakeProcesses;
  /** By which leases are measured. */
  readonly clock: { nowMs: number };
  /** The same ledger, reached by another client: a process of that number on the same host. */
  readonly client: (pid: number) => Promise<Ledger>;
  /** Of another engine, reached in the same way. */
  readonly otherEngine: () => Promise<Ledger>;
  /** Damage: the bodies of all releases are gone. */
  readonly loseReleases: () => Promise<void>;
}

/** An implementation of the Ledger interface. */
export interface LedgerSubject {
  readonly open: () => Promise<LedgerLab>;
  /** What a number of replicas below 0 is refused with. */
  readonly badReplicas: object;
  /** A lease with more left than this is left as it is by `renew`. In milliseconds. */
  readonly renewBelowMs: number;
}

/** What every ledger must do. */
export function ledgerContract(subject: LedgerSubject): void {
  stackTests(subject);
  releaseTests(subject);
  scaleTests(subject);
  lockTests(subject);
  leaseTests(subject);
  orderTests(subject);
}

/** A stack of that name, made and forgotten. */
async function comeAndGo(ledger: Ledger, stack: string, id: string): Promise<void> {
  const lease = await lock(ledger, { ...scope, stack });
  await ledger.commit(lease, release({ id, summary: `created ${id}` }), 'made');
  await ledger.forget(lease);
  await ledger.unlock(lease);
}

function versions(releases: readonly ReleaseRecord[]): number[] {
  return releases.map(({ version }) => version);
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

function stackTests(subject: LedgerSubject): void {
  describe('a stack', () => {
    test('is made by its first release, and kept by those after', async () => {
      const { ledger } = await subject.open();
      const lease = await lock(ledger);
      const first = await ledger.commit(lease, release(), 'a');
      expect(first).toEqual({
        id: 'id-1',
        namespace: 'ann',
        name: 'shop',
        standalone: false,
        release: 1,
        definition,
        overlays: { ...noOverlays, scale: {} },
        engineKind: 'sandbox',
        terminating: false,
        applied: {},
        createdAt: '2026-01-01T00:00:00.000Z',
        deployedAt: null,
      });
      const overlays = {
        config: { '': { constructor: 'x', GONE: null }, web: { A: '1' } },
        limits: { web: { memoryBytes: 512, cpus: null } },
        placement: { disk: 'ssd' },
      };
      const later = { id: 'id-2', definition: { ...definition, services: {} }, overlays, standalone: true };
      const second = await ledger.commit(lease, release({ ...later, createdAt: '2026-02-02T00:00:00.000Z' }), 'b');
      expect(second).toEqual({
        ...first,
        release: 2,
        standalone: true,
        definition: later.definition,
        overlays: { ...overlays, scale: {} },
      });
      expect(await ledger.get(scope)).toEqual(second);
    });

    test('carries its marks', async () => {
      const { ledger } = await subject.open();
      const lease = await lock(ledger);
      await ledger.commit(lease, release(), 'a');
      await ledger.markApplied(lease, 'network default', 'abc');
      await ledger.markApplied(lease, 'volume data', 'def');
      await ledger.markApplied(lease, 'network default', null);
      await ledger.markDeployed(lease, '2026-01-02T00:00:00.000Z');
      await ledger.markTerminating(lease);
      const marked = { applied: { 'volume data': 'def' }, deployedAt: '2026-01-02T00:00:00.000Z' };
      expect(await ledger.get(scope)).toMatchObject({ ...marked, terminating: true });
      expect(await ledger.commit(lease, release(), 'b')).toMatchObject({ ...marked, terminating: false });
    });

    test('that is not there cannot be marked, and is forgotten already', async () => {
      const { ledger } = await subject.open();
      const lease = await lock(ledger);
      await ledger.forget(lease);
      const marks = [
        ledger.markTerminating(lease),
        ledger.markDeployed(lease, ''),
        ledger.markFailed(lease),
        ledger.markApplied(lease, 'network n', 'x'),
        ledger.setScale(lease, { web: 1 }),
      ];
      const outcomes = await Promise.allSettled(marks);
      for (const outcome of outcomes) expect(outcome).toMatchObject({ reason: { code: 'not_found' } });
    });

    test('is listed by name, of one namespace and engine', async () => {
      const { ledger, otherEngine } = await subject.open();
      const make = async (of: typeof scope, id: string, on = ledger) =>
        on.commit(await lock(on, of), release({ id }), 'a');
      await make({ ...scope, stack: 'b' }, 'b');
      await make({ ...scope, stack: 'a' }, 'a');
      await make({ namespace: 'bob', stack: 'a' }, 'bob');
      await make(scope, 'other', await otherEngine());
      expect((await ledger.list('ann')).map((record) => record.name)).toEqual(['a', 'b']);
    });

    test('whose newest release is missing is a damaged store, not no stack', async () => {
      const { ledger, loseReleases } = await subject.open();
      await ledger.commit(await lock(ledger), release(), 'a');
      await loseReleases();
      await expect(ledger.get(scope)).rejects.toMatchObject({ code: 'store' });
      await expect(ledger.list('ann')).rejects.toMatchObject({ code: 'store' });
    });
  });
}

function releaseTests(subject: LedgerSubject): void {
  describe('releases', () => {
    test('tell who made them and what became of them, newest first', async () => {
      const { ledger } = await subject.open();
      const lease = await lock(ledger);
      await ledger.commit(lease, release(), 'a');
      await ledger.markDeployed(lease, '2026-01-02T00:00:00.000Z');
      await ledger.commit(lease, release({ user: 'bob', summary: 'set A' }), 'b');
      await ledger.markFailed(lease);
      await ledger.commit(lease, release({ summary: 'rolled back to v1', rollbackOf: 1 }), 'c');
      expect(await ledger.releases(scope)).toMatchObject([
        { stackId: 'id-1', version: 3, user: 'ann', summary: 'rolled back to v1', rollbackOf: 1, state: 'stored' },
        { stackId: 'id-1', version: 2, user: 'bob', summary: 'set A', rollbackOf: null, state: 'failed' },
        { stackId: 'id-1', version: 1, user: 'ann', definition, overlays: noOverlays, state: 'deployed' },
      ]);
      expect(versions(await ledger.releases(scope, 2))).toEqual([3, 2]);
      expect(await ledger.releaseOf(scope, 2)).toMatchObject({ version: 2, summary: 'set A' });
      expect(await ledger.releaseOf(scope, 4)).toBeNull();
      expect(await ledger.releases({ ...scope, stack: 'none' })).toEqual([]);
      expect(await ledger.releases({ ...scope, namespace: 'bob' })).toEqual([]);
    });

    test('are made once for a key, unless somebody else made one since', async () => {
      const { ledger } = await subject.open();
      const lease = await lock(ledger);
      const first = await ledger.commit(lease, release(), 'a');
      await ledger.markTerminating(lease);
      expect(await ledger.commit(lease, release({ summary: 'again' }), 'a')).toEqual(first);
      await ledger.commit(lease, release({ summary: 'set A' }), 'b');
      const third = await ledger.commit(lease, release({ summary: 'back again' }), 'a');
      expect(third).toMatchObject({ release: 3, terminating: false });
      expect(await ledger.commit(lease, release({ summary: 'again' }), 'a')).toEqual(third);
      const summaries = (await ledger.releases(scope)).map(({ summary }) => summary);
      expect(summaries).toEqual(['back again', 'set A', 'created with web']);
      const other = { ...scope, stack: 'other' };
      await ledger.commit(await lock(ledger, other), release({ id: 'id-2' }), 'a');
      expect(versions(await ledger.releases(other))).toEqual([1]);
    });

    test('outlive their stack, until the name is used again', async () => {
      const { ledger } = await subject.open();
      await comeAndGo(ledger, 'shop', 'old');
      await comeAndGo(ledger, 'shop', 'newer');
      await comeAndGo(ledger, 'another', 'another');
      expect(await ledger.get(scope)).toBeNull();
      expect(await ledger.releases(scope)).toMatchObject([{ stackId: 'newer', version: 1, summary: 'created newer' }]);
      expect(await ledger.releaseOf(scope, 1)).toMatchObject({ stackId: 'newer' });
      await ledger.commit(await lock(ledger), release({ id: 'newest' }), 'made');
      expect(await ledger.releases(scope)).toMatchObject([{ stackId: 'newest', version: 1 }]);
    });

    test('of a stack that is gone are not gone on with under its id', async () => {
      const { ledger } = await subject.open();
      await comeAndGo(ledger, 'shop', 'gone');
      const lease = await lock(ledger);
      await expect(ledger.commit(lease, release({ id: 'gone' }), 'made')).rejects.toMatchObject({ code: 'conflict' });
      expect(await ledger.get(scope)).toBeNull();
      expect(versions(await ledger.releases(scope))).toEqual([1]);
    });

    test('are kept: the last 100 of a stack', async () => {
      const { ledger } = await subject.open();
      const lease = await lock(ledger);
      for (let index = 1; index <= 102; index++) await ledger.commit(lease, release(), `key ${index}`);
      const kept = versions(await ledger.releases(scope));
      expect([kept.length, kept[0], kept.at(-1)]).toEqual([100, 102, 3]);
      expect(await ledger.releaseOf(scope, 2)).toBeNull();
    });

    test('are kept: those of the last 20 stacks of a namespace that were terminated', async () => {
      const { ledger } = await subject.open();
      const lasting = { ...scope, stack: 'lasting' };
      await ledger.commit(await lock(ledger, lasting), release({ id: 'lasting' }), 'made');
      for (let index = 1; index <= 22; index++) await comeAndGo(ledger, `s${index}`, `id of s${index}`);
      const kept = await Promise.all(
        Array.from({ length: 22 }, (_, index) => ledger.releases({ ...scope, stack: `s${index + 1}` })),
      );
      expect(kept.map((releases) => releases.length)).toEqual([0, 0, ...Array.from({ length: 20 }, () => 1)]);
      expect(versions(await ledger.releases(lasting))).toEqual([1]);
    });
  });
}

function scaleTests(subject: LedgerSubject): void {
  describe('the scale overlay', () => {
    test('is set service by service, kept by a new release, and gone with the stack', async () => {
      const { ledger } = await subject.open();
      const lease = await lock(ledger, scope, holder(1));
      await ledger.commit(lease, release(), 'a');
      await ledger.setScale(lease, { web: 3, db: 0, constructor: 2, worker: 4 });
      await ledger.setScale(lease, { web: 5, worker: null, nobody: null });
      await ledger.commit(lease, release(), 'b');
      expect((await ledger.get(scope))?.overlays.scale).toEqual({ web: 5, db: 0, constructor: 2 });
      await ledger.forget(lease);
      expect((await ledger.commit(lease, release({ id: 'id-2' }), 'c')).overlays.scale).toEqual({});
    });

    test('is set for all services or none', async () => {
      const { ledger } = await subject.open();
      const lease = await lock(ledger);
      await ledger.commit(lease, release(), 'a');
      await expect(ledger.setScale(lease, { web: 3, db: -1 })).rejects.toMatchObject(subject.badReplicas);
      expect((await ledger.get(scope))?.overlays.scale).toEqual({});
    });
  });
}

function lockTests(subject: LedgerSubject): void {
  describe('the lock of a stack', () => {
    test('has one holder at a time, also between two clients', async () => {
      const { ledger: one, client } = await subject.open();
      const other = await client(1);
      const claimed = await one.claim(scope, holder(1));
      expect(claimed).toEqual({ claimed: true, lease: { scope, epoch: 1 }, displaced: null });
      expect(await other.claim(scope, holder(2))).toEqual({ claimed: false, holder: holder(1) });
      expect(await other.claim({ ...scope, stack: 'other' }, holder(2))).toMatchObject({ claimed: true });
      await one.unlock(leaseOf(claimed));
      expect(await other.claim(scope, holder(2))).toMatchObject({ lease: { epoch: 2 }, displaced: null });
    });

    test('is not given back under an epoch that is over', async () => {
      const { ledger } = await subject.open();
      const { epoch } = await lock(ledger);
      await ledger.unlock({ scope, epoch: epoch - 1 });
      await ledger.unlock({ scope, epoch: epoch + 1 });
      expect(await ledger.claim(scope, holder(3))).toMatchObject({ claimed: false });
    });

    test('of a holder that died is taken at once, unless it died elsewhere', async () => {
      const { ledger, processes } = await subject.open();
      await lock(ledger);
      processes.kill(processNamed(1));
      expect(await ledger.claim(scope, holder(2))).toMatchObject({ lease: { epoch: 2 }, displaced: holder(1) });

      const elsewhere = { ...scope, stack: 'elsewhere' };
      await lock(ledger, elsewhere, holder(1, 'far', 'there'));
      expect(await ledger.claim(elsewhere, holder(2))).toMatchObject({ claimed: false, holder: { actionId: 'far' } });
    });

    test('goes to another process that takes over the same action, and to none that merely has it', async () => {
      const { ledger } = await subject.open();
      const first = await lock(ledger, scope, holder(1, 'same'));
      expect(await ledger.claim(scope, holder(2, 'same'))).toMatchObject({ claimed: false });
      expect(await ledger.claim(scope, holder(2, 'other'), true)).toMatchObject({ claimed: false });
      const taken = await ledger.claim(scope, holder(2, 'same'), true);
      expect(taken).toEqual({ claimed: true, lease: { scope, epoch: 2 }, displaced: null });
      await ledger.unlock(first);
      expect(await ledger.claim(scope, holder(3))).toEqual({ claimed: false, holder: holder(2, 'same') });
    });

    test('that was not renewed in time goes to the next', async () => {
      const { ledger, clock } = await subject.open();
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
      const { ledger, clock } = await subject.open();
      await lock(ledger);
      expect(await ledger.claim(scope, holder(1, 'next'))).toMatchObject({ claimed: false });
      clock.nowMs += leaseMs;
      expect(await ledger.claim(scope, holder(1, 'next'))).toMatchObject({ claimed: true, displaced: null });
    });

    test('cannot be renewed once it was given back', async () => {
      const { ledger } = await subject.open();
      const lease = await lock(ledger);
      await ledger.unlock(lease);
      expect(await ledger.renew(lease)).toBe(false);
      expect(await ledger.renew({ scope: { ...scope, stack: 'other' }, epoch: 1 })).toBe(false);
    });

    test('has epochs that grow, also when the stack is forgotten and made again', async () => {
      const { ledger } = await subject.open();
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
}

function leaseTests(subject: LedgerSubject): void {
  describe('a lease', () => {
    test('that ran out holds as long as nobody takes it', async () => {
      const { ledger, clock } = await subject.open();
      const lease = await lock(ledger);
      clock.nowMs += 10 * leaseMs;
      expect(await ledger.commit(lease, release(), 'a')).toMatchObject({ release: 1 });
      expect(await ledger.renew(lease)).toBe(true);
      expect(await ledger.claim(scope, holder(2))).toMatchObject({ claimed: false });
    });

    test('that was taken over changes nothing any more, and says who has it', async () => {
      const { ledger, clock } = await subject.open();
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
      const { ledger } = await subject.open();
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
}

function orderTests(subject: LedgerSubject): void {
  describe('whatever three holders do in whatever order', () => {
    test('only the newest epoch writes, and only while it is held', async () => {
      const { client, clock } = await subject.open();
      const ledgers = [await client(1), await client(2), await client(3)];
      let runs = 0;
      await fc.assert(
        fc.asyncProperty(fc.array(operation, { minLength: 5, maxLength: 40 }), async (operations) => {
          runs += 1;
          await play({ ledgers, clock, stack: `s${runs}`, renewBelowMs: subject.renewBelowMs }, operations);
        }),
        { numRuns: 60 },
      );
    });
  });
}

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

interface Held {
  readonly lease: Lease;
  readonly ledger: Ledger;
}

interface Table {
  readonly ledgers: readonly Ledger[];
  readonly clock: { nowMs: number };
  readonly stack: string;
  readonly renewBelowMs: number;
}

async function play({ ledgers, clock, stack, renewBelowMs }: Table, operations: readonly Operation[]): Promise<void> {
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
      if (held !== undefined) await use(held, each.do, expected, { change, nowMs: clock.nowMs, renewBelowMs });
    }
    expect((await at(ledgers, 0).get(of))?.release ?? 0).toBe(expected.commits);
  }
}

async function use(
  { lease, ledger }: Held,
  what: 'renew' | 'unlock' | 'commit' | 'forget',
  expected: Expected,
  { change, nowMs, renewBelowMs }: { readonly change: string; readonly nowMs: number; readonly renewBelowMs: number },
): Promise<void> {
  const good = expected.action !== '' && lease.epoch === expected.epoch;
  if (what === 'renew') {
    expect(await ledger.renew(lease)).toBe(good);
    if (good && expected.expiresAtMs - nowMs <= renewBelowMs) expected.expiresAtMs = nowMs + leaseMs;
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
