import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openDockerControl } from '../../../src/lib/control/open-docker.js';
import type { Backend } from '../../../src/lib/port/backend.js';
import { gate } from '../../../src/lib/port/gate.js';
import { fakeDaemon, never } from './engines/engine-api/open-fake.js';
import { all } from './open-backend.js';
import { temporaryFolder } from './store/temporary-store.js';

const routes = {
  'GET /info': () => ({ json: { ID: 'one', Name: 'here' } }),
  'GET /volumes': () => ({ json: { Volumes: null } }),
  'GET /containers/json': () => ({ json: [] }),
};

async function open(home: string): Promise<Backend> {
  const daemon = await fakeDaemon({ routes });
  const backend = await openDockerControl({
    home,
    env: { DOCKER_HOST: daemon.url },
    userHome: home,
    principal: { user: 'ann', namespace: 'default', admin: false },
    now: Date.now,
    detach: () => Promise.reject(new Error('nothing can be detached here')),
    signal: never,
  });
  onTestFinished(() => backend.close());
  return backend;
}

test('what only reads from Docker opens no store, and minds none that is damaged', async () => {
  const home = join(temporaryFolder(), 'home');
  const backend = await open(home);
  expect(await backend.takeNotices()).toEqual([]);
  expect(await all(gate(backend, 'stacks', 'list')({}, {}, { signal: never }))).toEqual([]);
  await backend.close();
  expect(existsSync(home)).toBe(false);

  mkdirSync(home);
  writeFileSync(join(home, 'berth.db'), 'no database');
  const other = await open(home);
  expect(await other.takeNotices()).toEqual([]);
  await expect(all(gate(other, 'actions', 'list')({}, {}, { signal: never }))).rejects.toMatchObject({
    code: 'store',
  });
});

test('where an action may be unfinished the store is looked into', async () => {
  const home = temporaryFolder();
  writeFileSync(join(home, 'berth.db-unfinished'), '');
  const backend = await open(home);
  expect(await backend.takeNotices()).toEqual([]);
  expect(existsSync(join(home, 'berth.db'))).toBe(true);
  await backend.close();
  expect(existsSync(join(home, 'berth.db-unfinished'))).toBe(false);
});
