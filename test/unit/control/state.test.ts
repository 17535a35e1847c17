import { describe, expect, test } from 'vitest';
import { serviceState, type ServiceFacts, stackState } from '../../../src/lib/control/state.js';
import type { Task } from '../../../src/lib/control/engines/engine.js';
import { task } from './fake-engine.js';

function facts(
  tasks: readonly Task[],
  rest: Partial<ServiceFacts> & { replicas?: number; updating?: boolean; stopped?: boolean } = {},
): ServiceFacts {
  const { replicas = tasks.length, updating = false, stopped = false, ...others } = rest;
  const definition = { image: 'web:1' };
  const base = { kind: 'service', namespace: 'ann', stack: 'shop', name: 'web', hash: 'hash', generation: 1 } as const;
  return {
    definition,
    observed: { ...base, definition, replicas, updating, ...(stopped && { stopped }) },
    tasks,
    deployed: true,
    terminating: false,
    ...others,
  };
}

const starting = task({ slot: 2, state: 'Starting' });
const crashing = task({ slot: 2, state: 'Starting', restarts: 2, exitCode: 1 });
const failed = task({ slot: 2, state: 'Stopped', exitCode: 1 });
const done = task({ state: 'Stopped', exitCode: 0 });

describe('the state of a service', () => {
  test.each([
    ['all run', facts([task(), task({ slot: 2 })]), 'Running', true],
    ['not deployed', facts([], { observed: undefined }), 'Not running', false],
    ['none wanted', facts([], { replicas: 0 }), 'Stopped', true],
    [
      'none wanted, one still stopping',
      facts([task({ desired: false, state: 'Stopping' })], { replicas: 0 }),
      'Stopping',
      false,
    ],
    ['first start', facts([starting], { deployed: false }), 'Starting', false],
    ['one more is on its way', facts([task(), starting]), 'Scaling', false],
    ['one less, still stopping', facts([task(), task({ slot: 2, desired: false })], { replicas: 1 }), 'Scaling', false],
    ['one keeps exiting', facts([task(), crashing]), 'Partly running', false],
    ['one has failed', facts([task(), failed]), 'Partly running', false],
    ['the only one keeps exiting', facts([crashing]), 'Starting', false],
    ['the only one has failed', facts([failed]), 'Stopped', false],
    ['run once and completed', facts([done]), 'Stopped', true],
    ['the health check has not said yes', facts([task(), task({ slot: 2, health: 'starting' })]), 'Scaling', false],
    ['the health check says no', facts([task({ health: 'unhealthy' })]), 'Partly running', false],
    ['stopped, however they ended', facts([done, failed], { stopped: true }), 'Stopped', true],
    ['stopped in the middle of an update', facts([done], { stopped: true, updating: true }), 'Stopped', true],
    ['stopped, one still stopping', facts([done, task({ state: 'Stopping' })], { stopped: true }), 'Stopping', false],
    ['stopped, one not seen it yet', facts([task()], { stopped: true }), 'Stopping', false],
    ['one is paused', facts([task(), task({ slot: 2, state: 'Paused' })]), 'Partly running', false],
    ['all are paused', facts([task({ state: 'Paused' })]), 'Partly running', false],
    ['the only one is being stopped by itself', facts([task({ state: 'Stopping' })]), 'Stopping', false],
    ['being replaced', facts([task()], { updating: true }), 'Redeploying', false],
    ['being removed', facts([task()], { terminating: true }), 'Terminating', false],
    ['removed, the stack not yet', facts([], { observed: undefined, terminating: true }), 'Terminated', false],
    [
      'no node takes one',
      facts([task(), task({ slot: 2, state: 'Init', unplaceable: true })]),
      'Partly running',
      false,
    ],
    [
      'on every node',
      facts([task(), starting], { replicas: 1, definition: { deploy: { mode: 'global' } } }),
      'Scaling',
      false,
    ],
  ] as const)('%s', (_name, given, state, ok) => {
    expect(serviceState(given)).toEqual({ state, ok });
  });
});

describe('the state of a stack', () => {
  const running = { state: 'Running', ok: true } as const;
  const completed = { state: 'Stopped', ok: true } as const;
  test.each([
    ['all run', [running, running], 'Running'],
    ['a service that ran once does not count', [running, completed], 'Running'],
    ['nothing runs any more', [completed, completed], 'Stopped'],
    ['all are stopped, or were never brought up', [completed, { state: 'Not running', ok: false }], 'Stopped'],
    ['one is being stopped', [running, { state: 'Stopping', ok: false }], 'Stopping'],
    ['one service has failed', [running, { state: 'Stopped', ok: false }], 'Partly running'],
    ['one was not brought up', [running, { state: 'Not running', ok: false }], 'Partly running'],
    ['nothing was brought up', [{ state: 'Not running', ok: false }], 'Not running'],
    ['no services', [], 'Not running'],
    ['one starts', [running, { state: 'Starting', ok: false }], 'Starting'],
    [
      'one scales, one starts',
      [
        { state: 'Starting', ok: false },
        { state: 'Scaling', ok: false },
      ],
      'Scaling',
    ],
    ['one is replaced', [running, { state: 'Redeploying', ok: false }], 'Redeploying'],
  ] as const)('%s', (_name, services, state) => {
    expect(stackState(services, false)).toBe(state);
  });

  test('is Terminating while it is taken down', () => {
    expect(stackState([running], true)).toBe('Terminating');
  });
});
