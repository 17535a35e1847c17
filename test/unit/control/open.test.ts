import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openControl } from '../../../src/lib/control/open.js';
import type { Backend } from '../../../src/lib/port/backend.js';
import { gate } from '../../../src/lib/port/gate.js';
import { all } from './open-backend.js';
import { temporaryFolder } from './store/temporary-store.js';

const project = {
  name: 'shop',
  services: { web: { image: 'web:1', deploy: { replicas: 2 }, networks: { default: null } } },
  networks: { default: { name: 'shop_default' } },
};

async function open(env: Readonly<Record<string, string>>, home = join(temporaryFolder(), 'home')): Promise<Backend> {
  const backend = await openControl({
    home,
    env: { BERTH_SANDBOX_SPEED: '1000', ...env },
    principal: { user: 'ann', namespace: 'ann', admin: false },
    now: Date.now,
    detach: () => Promise.reject(new Error('nothing can be detached here')),
  });
  onTestFinished(() => backend.close());
  return backend;
}

function up(backend: Backend) {
  return gate(backend, 'stacks', 'up')({ project }, {}, { signal: new AbortController().signal });
}

describe('the control plane over the sandbox', () => {
  test('deploys, and another process sees it', async () => {
    const home = join(temporaryFolder(), 'home');
    expect(await up(await open({}, home))).toMatchObject({
      subject: { state: 'Running', engine: 'sandbox', synchronized: true },
      action: { state: 'Success' },
    });
    expect(existsSync(join(home, 'berth.db'))).toBe(true);
    const other = await open({}, home);
    const context = { signal: new AbortController().signal };
    const containers = await all(gate(other, 'containers', 'list')({}, {}, context));
    expect(containers.map(({ name, state }) => [name, state])).toEqual([
      ['web-1', 'Running'],
      ['web-2', 'Running'],
    ]);
    expect(await up(other)).toMatchObject({ plan: [], action: null });
    expect(await gate(other, 'stacks', 'terminate')({ stack: 'shop' }, {}, context)).toMatchObject({ subject: null });
    expect(await all(gate(other, 'containers', 'list')({}, {}, context))).toEqual([]);
  });

  test('a failing service ends the rollout with its exit code', async () => {
    const backend = await open({ BERTH_SANDBOX_FAULTS: 'web:exit=3' });
    await expect(up(backend)).rejects.toMatchObject({
      code: 'rollout_failed',
      message: expect.stringContaining('service web exited with code 3'),
    });
  });

  test('refuses a sandbox setting that it cannot read, and leaves nothing behind', async () => {
    const home = join(temporaryFolder(), 'home');
    await expect(open({ BERTH_SANDBOX_NODES: '-3' }, home)).rejects.toMatchObject({ code: 'usage' });
    expect(existsSync(home)).toBe(false);
  });
});
