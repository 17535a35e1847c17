/**
 * Run as a child process by the lock's tests: in the store named first, claims the lock of a stack under the name given
 * second, commits a release and gives the lock back, as often as the third argument says. With `hold` in its place it
 * claims the lock and stays. Prints the epochs it had as one line of JSON.
 */
import { setTimeout } from 'node:timers/promises';
import type { Lease, Ledger, LockHolder } from '../../../../src/lib/control/ledger.js';
import { hostProcesses } from '../../../../src/lib/control/processes.js';
import { openStore } from '../../../../src/lib/control/store/store.js';
import { release, scope } from './ledger-fixtures.js';

const processes = hostProcesses();

function holder(actionId: string): LockHolder {
  return { actionId, process: processes.self, user: 'ann', command: 'Stack Up', since: new Date().toISOString() };
}

async function claim(ledger: Ledger, actionId: string): Promise<Lease> {
  for (;;) {
    const claimed = await ledger.claim(scope, holder(actionId));
    if (claimed.claimed) return claimed.lease;
    await setTimeout(1);
  }
}

async function main([path = '', name = '', count = '0']: readonly string[]): Promise<void> {
  const store = await openStore({ path, processes, now: Date.now });
  const ledger = store.ledger('sandbox');
  if (count === 'hold') {
    process.stdout.write(`${JSON.stringify([(await claim(ledger, name)).epoch])}\n`);
    await setTimeout(60_000);
    return;
  }
  const epochs: number[] = [];
  for (let index = 0; index < Number(count); index++) {
    const change = `${name} ${index}`;
    const lease = await claim(ledger, change);
    epochs.push(lease.epoch);
    await ledger.commit(lease, release({ id: change, summary: change }), change);
    await setTimeout(1);
    await ledger.renew(lease);
    await ledger.unlock(lease);
  }
  await store.close();
  process.stdout.write(`${JSON.stringify(epochs)}\n`);
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
