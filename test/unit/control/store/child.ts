/**
 * Run as a child process by the store's tests: opens the store named first, as the user whose number is given second
 * (or `-`), and appends inputs of a kilobyte until it has done so as often as the third argument says, or something
 * fails. Prints one line of JSON.
 */
import { hostProcesses } from '../../../../src/lib/control/processes.js';
import { openStore } from '../../../../src/lib/control/store/store.js';
import { isBerthError } from '../../../../src/lib/port/errors.js';

async function main([path = '', user = '-', count = '0']: readonly string[]): Promise<object> {
  if (user !== '-') process.setuid?.(Number(user));
  let appended = 0;
  try {
    const store = await openStore({ path, processes: hostProcesses(), now: Date.now, busyTimeoutMs: 5_000 });
    const journal = store.journal('sandbox');
    for (; appended < Number(count); appended++) await journal.append(Date.now(), 'x'.repeat(1_000));
    await store.close();
    return { appended };
  } catch (error) {
    if (!isBerthError(error)) throw error;
    return { appended, code: error.code, message: error.message, hint: error.hint, detail: error.detail };
  }
}

main(process.argv.slice(2)).then(
  (result) => process.stdout.write(`${JSON.stringify(result)}\n`),
  (error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  },
);
