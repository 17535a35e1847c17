import { join } from 'node:path';
import Libsql from 'libsql';
import { describe, expect, test } from 'vitest';
import type { Ledger, ReleaseRecord } from '../../../../src/lib/control/ledger.js';
import { definition, holder, lock, noOverlays, release, scope } from './ledger-fixtures.js';
import { openTemporaryStore, temporaryFolder } from './temporary-store.js';

async function openLedger() {
  const path = join(temporaryFolder(), 'berth.db');
  const store = await openTemporaryStore({ path });
  return { ledger: store.ledger('sandbox'), store, path };
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

describe('a stack', () => {
  test('is made by its first release, and kept by those after', async () => {
    const { ledger } = await openLedger();
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
    const { ledger } = await openLedger();
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
    const { ledger } = await openLedger();
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
    const { ledger, store } = await openLedger();
    const make = async (of: typeof scope, id: string, on = ledger) =>
      on.commit(await lock(on, of), release({ id }), 'a');
    await make({ ...scope, stack: 'b' }, 'b');
    await make({ ...scope, stack: 'a' }, 'a');
    await make({ namespace: 'bob', stack: 'a' }, 'bob');
    await make(scope, 'other', store.ledger('other'));
    expect((await ledger.list('ann')).map((record) => record.name)).toEqual(['a', 'b']);
  });

  test('whose newest release is missing is a damaged store, not no stack', async () => {
    const { ledger, path } = await openLedger();
    await ledger.commit(await lock(ledger), release(), 'a');
    const database = new Libsql(path);
    database.exec('DELETE FROM release');
    database.close();
    await expect(ledger.get(scope)).rejects.toMatchObject({ code: 'store' });
    await expect(ledger.list('ann')).rejects.toMatchObject({ code: 'store' });
  });
});

describe('releases', () => {
  test('tell who made them and what became of them, newest first', async () => {
    const { ledger } = await openLedger();
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
    const { ledger } = await openLedger();
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
    const { ledger } = await openLedger();
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
    const { ledger } = await openLedger();
    await comeAndGo(ledger, 'shop', 'gone');
    const lease = await lock(ledger);
    await expect(ledger.commit(lease, release({ id: 'gone' }), 'made')).rejects.toMatchObject({ code: 'conflict' });
    expect(await ledger.get(scope)).toBeNull();
    expect(versions(await ledger.releases(scope))).toEqual([1]);
  });

  test('are kept: the last 100 of a stack', async () => {
    const { ledger } = await openLedger();
    const lease = await lock(ledger);
    for (let index = 1; index <= 102; index++) await ledger.commit(lease, release(), `key ${index}`);
    const kept = versions(await ledger.releases(scope));
    expect([kept.length, kept[0], kept.at(-1)]).toEqual([100, 102, 3]);
    expect(await ledger.releaseOf(scope, 2)).toBeNull();
  });

  test('are kept: those of the last 20 stacks of a namespace that were terminated', async () => {
    const { ledger } = await openLedger();
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

describe('the scale overlay', () => {
  test('is set service by service, kept by a new release, and gone with the stack', async () => {
    const { ledger } = await openLedger();
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
    const { ledger } = await openLedger();
    const lease = await lock(ledger);
    await ledger.commit(lease, release(), 'a');
    await expect(ledger.setScale(lease, { web: 3, db: -1 })).rejects.toMatchObject({
      code: expect.stringMatching(/^SQLITE_CONSTRAINT/),
    });
    expect((await ledger.get(scope))?.overlays.scale).toEqual({});
  });
});
