import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { openControl } from '../../../src/lib/control/open.js';
import { gate } from '../../../src/lib/port/gate.js';
import { all } from './open-backend.js';
import { temporaryFolder } from './store/temporary-store.js';

const child = fileURLToPath(new URL('up-child.ts', import.meta.url));

test('a command killed in the middle: the next one says so, takes the stack over and completes it', async () => {
  const home = join(temporaryFolder(), 'home');
  const runner = spawn(process.execPath, ['--import', 'tsx', child, home], { stdio: 'ignore' });
  onTestFinished(() => void runner.kill('SIGKILL'));
  const backend = await openControl({
    home,
    env: { BERTH_SANDBOX_FAULTS: '' },
    principal: { user: 'ann', namespace: 'ann', admin: false },
    now: Date.now,
    detach: () => Promise.reject(new Error('nothing can be detached here')),
  });
  onTestFinished(() => backend.close());
  const context = { signal: new AbortController().signal };
  const actions = async () => all(gate(backend, 'actions', 'list')({}, {}, context));
  const containers = async () => all(gate(backend, 'containers', 'list')({}, {}, context));
  await expect.poll(async () => (await containers()).length, { timeout: 20_000 }).toBe(1);

  const up = gate(backend, 'stacks', 'up');
  const project = { name: 'shop', services: { web: { image: 'web:2' } } };
  await expect(up({ project }, { timeoutMs: 100 }, context)).rejects.toMatchObject({
    code: 'conflict',
    message: expect.stringContaining(`process ${runner.pid ?? 0} on `),
  });
  expect((await actions()).map(({ state }) => state)).toEqual(['In progress']);

  const ended = once(runner, 'exit');
  runner.kill('SIGKILL');
  await ended;
  expect((await actions()).map(({ state, reason }) => [state, reason])).toEqual([['Failed', 'interrupted']]);
  expect(await up({ project }, {}, context)).toMatchObject({
    subject: { state: 'Running' },
    action: { state: 'Success' },
  });
  expect((await containers()).map(({ image, state }) => [image, state])).toEqual([['web:2', 'Running']]);
});
