/** Run as a child process by killed.test.ts: brings up a stack that never gets there, in the home given. */
import { openControl } from '../../../src/lib/control/open.js';
import { gate } from '../../../src/lib/port/gate.js';

async function main([home = '']: readonly string[]): Promise<void> {
  const backend = await openControl({
    home,
    env: { BERTH_SANDBOX_FAULTS: 'web:start-slow=100h' },
    principal: { user: 'ann', namespace: 'ann', admin: false },
    now: Date.now,
    detach: () => Promise.reject(new Error('nothing can be detached here')),
  });
  const project = { name: 'shop', services: { web: { image: 'web:1' } } };
  await gate(backend, 'stacks', 'up')({ project }, {}, { signal: new AbortController().signal });
}

main(process.argv.slice(2)).catch((error: unknown) => {
  process.stderr.write(`${String(error)}\n`);
  process.exitCode = 1;
});
