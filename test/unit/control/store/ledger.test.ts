import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { LockHolder } from '../../../../src/lib/control/ledger.js';
import { FakeProcesses, processNamed } from '../fake-processes.js';
import { openTemporaryStore, temporaryFolder } from './temporary-store.js';

const scope = { namespace: 'ann', stack: 'shop' };
const definition = { name: 'shop', services: { web: { image: 'web:1' } } };
const fresh = { id: 'id-1', engineKind: 'sandbox', createdAt: '2026-01-01T00:00:00.000Z' } as const;

async function openLedger() {
  const processes = new FakeProcesses(processNamed(1));
  const store = await openTemporaryStore({ processes });
  return { ledger: store.ledger('sandbox'), store, processes };
}

function holder(pid: number, actionId = `action-${pid}`, host = 'here'): LockHolder {
  return {
    actionId,
    process: processNamed(pid, host),
    user: 'ann',
    command: 'Stack Up',
    since: '2026-01-01T00:00:00.000Z',
  };
}

describe('definitions', () => {
  test('are stored, versioned and forgotten', async () => {
    const { ledger } = await openLedger();
    const first = await ledger.define(scope, definition, fresh);
    expect(first).toEqual({
      id: 'id-1',
      namespace: 'ann',
      name: 'shop',
      version: 1,
      definition,
      engineKind: 'sandbox',
      terminating: false,
      applied: {},
      scale: {},
      createdAt: fresh.createdAt,
      deployedAt: null,
    });
    const second = await ledger.define(scope, { ...definition, services: {} }, { ...fresh, id: 'id-2' });
    expect(second).toMatchObject({ id: 'id-1', version: 2, definition: { services: {} } });
    expect(await ledger.get(scope)).toEqual(second);
    await ledger.forget(scope);
    await ledger.forget(scope);
    expect(await ledger.get(scope)).toBeNull();
  });

  test('carry their marks', async () => {
    const { ledger } = await openLedger();
    await ledger.define(scope, definition, fresh);
    await ledger.markApplied(scope, 'network default', 'abc');
    await ledger.markApplied(scope, 'volume data', 'def');
    await ledger.markApplied(scope, 'network default', null);
    await ledger.markDeployed(scope, '2026-01-02T00:00:00.000Z');
    await ledger.markTerminating(scope);
    expect(await ledger.get(scope)).toMatchObject({
      applied: { 'volume data': 'def' },
      deployedAt: '2026-01-02T00:00:00.000Z',
      terminating: true,
    });
    expect(await ledger.define(scope, definition, fresh)).toMatchObject({ terminating: false, version: 2 });
  });

  test('of a stack that is not there cannot be marked', async () => {
    const { ledger } = await openLedger();
    await expect(ledger.markTerminating(scope)).rejects.toMatchObject({ code: 'not_found' });
    await expect(ledger.markDeployed(scope, '')).rejects.toMatchObject({ code: 'not_found' });
    await expect(ledger.markApplied(scope, 'network n', 'x')).rejects.toMatchObject({ code: 'not_found' });
    await expect(ledger.setScale(scope, { web: 1 })).rejects.toMatchObject({ code: 'not_found' });
  });

  test('are listed by name, of one namespace and engine', async () => {
    const { ledger, store } = await openLedger();
    await ledger.define({ ...scope, stack: 'b' }, definition, { ...fresh, id: 'b' });
    await ledger.define({ ...scope, stack: 'a' }, definition, { ...fresh, id: 'a' });
    await ledger.define({ namespace: 'bob', stack: 'a' }, definition, { ...fresh, id: 'bob' });
    await store.ledger('other').define(scope, definition, { ...fresh, id: 'other' });
    expect((await ledger.list('ann')).map((record) => record.name)).toEqual(['a', 'b']);
  });
});

describe('the scale overlay', () => {
  test('is set service by service, kept by a new definition, and gone with the stack', async () => {
    const { ledger } = await openLedger();
    await ledger.define(scope, definition, fresh);
    await ledger.setScale(scope, { web: 3, db: 0 });
    await ledger.setScale(scope, { web: 5 });
    await ledger.define(scope, definition, fresh);
    expect((await ledger.get(scope))?.scale).toEqual({ web: 5, db: 0 });
    await ledger.forget(scope);
    expect((await ledger.define(scope, definition, fresh)).scale).toEqual({});
  });

  test('is set for all services or none', async () => {
    const { ledger } = await openLedger();
    await ledger.define(scope, definition, fresh);
    await expect(ledger.setScale(scope, { web: 3, db: -1 })).rejects.toMatchObject({
      code: expect.stringMatching(/^SQLITE_CONSTRAINT/),
    });
    expect((await ledger.get(scope))?.scale).toEqual({});
  });
});

describe('the lock of a stack', () => {
  test('has one holder at a time, also between two stores', async () => {
    const path = join(temporaryFolder(), 'berth.db');
    const one = (await openTemporaryStore({ path })).ledger('sandbox');
    const other = (await openTemporaryStore({ path })).ledger('sandbox');
    expect(await one.claim(scope, holder(1))).toEqual({ claimed: true, displaced: null });
    expect(await other.claim(scope, holder(2))).toEqual({ claimed: false, holder: holder(1) });
    expect(await other.claim({ ...scope, stack: 'other' }, holder(2))).toMatchObject({ claimed: true });
    await one.release(scope, holder(1));
    expect(await other.claim(scope, holder(2))).toEqual({ claimed: true, displaced: null });
  });

  test('is not released by somebody else', async () => {
    const { ledger } = await openLedger();
    await ledger.claim(scope, holder(1));
    await ledger.release(scope, holder(2));
    await ledger.release(scope, holder(2, 'action-1'));
    expect(await ledger.claim(scope, holder(3))).toMatchObject({ claimed: false });
  });

  test('of a holder that died is taken at once, unless it died elsewhere', async () => {
    const { ledger, processes } = await openLedger();
    await ledger.claim(scope, holder(1));
    processes.kill(processNamed(1));
    expect(await ledger.claim(scope, holder(2))).toEqual({ claimed: true, displaced: holder(1) });

    const elsewhere = { ...scope, stack: 'elsewhere' };
    await ledger.claim(elsewhere, holder(1, 'far', 'there'));
    expect(await ledger.claim(elsewhere, holder(2))).toMatchObject({ claimed: false, holder: { actionId: 'far' } });
  });

  test('goes to another process that comes with the same action', async () => {
    const { ledger } = await openLedger();
    await ledger.claim(scope, holder(1, 'same'));
    expect(await ledger.claim(scope, holder(2, 'same'))).toEqual({ claimed: true, displaced: null });
    await ledger.release(scope, holder(1, 'same'));
    expect(await ledger.claim(scope, holder(3))).toMatchObject({ claimed: false });
  });
});
