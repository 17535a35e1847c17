import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { FakeProcesses, processNamed } from '../fake-processes.js';
import { action, openActions, saved, step } from './action-fixtures.js';

const markOf = (path: string): boolean => existsSync(`${path}-unfinished`);

test('there is a mark beside the store as long as an action is unfinished', async () => {
  const { actions, store, path } = await openActions();
  expect(markOf(path)).toBe(false);
  await actions.create(action('a1'), saved([step]));
  expect(markOf(path)).toBe(true);

  const other = await openActions(new FakeProcesses(processNamed(2)), path);
  await other.actions.list('ann', {});
  await other.store.close();
  expect(markOf(path)).toBe(true);

  const taken = await actions.take('a1');
  await actions.end('a1', taken?.epoch ?? 0, 'Success', null);
  await store.close();
  expect(markOf(path)).toBe(false);
});

test('it stays until somebody has been told of an action that was interrupted', async () => {
  const processes = new FakeProcesses(processNamed(1));
  const { actions, store, path } = await openActions(processes);
  await actions.create(action('a1'), saved([step]));
  await actions.take('a1');
  await store.close();
  expect(markOf(path)).toBe(true);

  const later = new FakeProcesses(processNamed(2));
  later.kill(processNamed(1));
  const silent = await openActions(later, path);
  await silent.actions.failAbandoned('ann');
  await silent.store.close();
  expect(markOf(path)).toBe(true);

  const telling = await openActions(later, path);
  expect(await telling.actions.takeInterrupted('ann')).toMatchObject([{ id: 'a1' }]);
  await telling.store.close();
  expect(markOf(path)).toBe(false);
});

test('retrying sets it again', async () => {
  const { actions, store, path } = await openActions();
  await actions.create(action('a1'), saved([step]));
  const taken = await actions.take('a1');
  await actions.end('a1', taken?.epoch ?? 0, 'Failed', 'because');
  await store.close();
  expect(markOf(path)).toBe(false);

  const again = await openActions(new FakeProcesses(processNamed(2)), path);
  await again.actions.reopen('a1');
  expect(markOf(path)).toBe(true);
});
