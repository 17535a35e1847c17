import { join } from 'node:path';
import Libsql from 'libsql';
import { leaseMs } from '../../../../src/lib/control/ledger.js';
import { FakeProcesses, processNamed } from '../fake-processes.js';
import { ledgerContract, type LedgerLab } from '../ledger-contract.js';
import { expect } from 'vitest';
import { openTemporaryStore, temporaryFolder } from './temporary-store.js';

async function open(): Promise<LedgerLab> {
  const path = join(temporaryFolder(), 'berth.db');
  const processes = new FakeProcesses(processNamed(1));
  const clock = { nowMs: 1_000_000 };
  const store = await openTemporaryStore({ path, processes, now: () => clock.nowMs });
  return {
    ledger: store.ledger('sandbox'),
    processes,
    clock,
    client: async (pid) => {
      const others = new FakeProcesses(processNamed(pid));
      return (await openTemporaryStore({ path, processes: others, now: () => clock.nowMs })).ledger('sandbox');
    },
    otherEngine: async () => store.ledger('other'),
    loseReleases: async () => {
      const database = new Libsql(path);
      database.exec('DELETE FROM release');
      database.close();
    },
  };
}

ledgerContract({
  open,
  badReplicas: { code: expect.stringMatching(/^SQLITE_CONSTRAINT/) },
  renewBelowMs: leaseMs,
});
