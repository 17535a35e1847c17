import { describe, expect, test } from 'vitest';
import { rolloutError } from '../../../../src/lib/control/actions/rollout-error.js';
import type { ServiceVerdict, VerdictTask } from '../../../../src/lib/port/verdict.js';

function detailOf(
  outcome: ServiceVerdict['outcome'],
  status: string,
  task: Partial<VerdictTask> = {},
): string | undefined {
  const nothing = { container: 'web-1', node: null, exitCode: null, message: null, restarts: 0, logs: [] };
  const web = { service: 'web', outcome, status, ready: 0, desired: 1, task: { ...nothing, ...task } };
  return rolloutError({ stack: 'shop', outcome, services: [web] }).detail;
}

describe('the detail of a rollout that failed', () => {
  const crashed = { exitCode: 3, message: 'exit code 3' };

  test('says nothing twice where the engine has told of the replica already', () => {
    const paused = 'update paused by the engine: web-1: exit code 3';
    expect(detailOf('paused', paused, crashed)).toBe(paused);
    expect(detailOf('paused', paused, { ...crashed, logs: ['no such table'] })).toBe(
      `${paused}\nlast log lines:\n  no such table`,
    );
    const rolledBack = 'rolled back by the engine: web-1: no such image: web:9';
    expect(detailOf('rolled_back', rolledBack, { message: 'no such image: web:9' })).toBe(rolledBack);
  });

  test('tells of another replica than the engine did', () => {
    const paused = 'update paused by the engine: web-11: exit code 3';
    expect(detailOf('paused', paused, crashed)).toBe(`${paused}\nweb-1: exit code 3`);
    const replica = { ...crashed, container: 'eb-11' };
    expect(detailOf('paused', paused, replica)).toBe(`${paused}\neb-11: exit code 3`);
  });

  test.each([
    ['never ran', { message: 'no such image: web:9' }, 'web-1: no such image: web:9'],
    ['never ran, nobody knows why', { message: '' }, 'web-1'],
    ['ended', crashed, 'web-1: exit code 3'],
    ['ended for a reason', { exitCode: 137, message: 'out of memory' }, 'web-1: exit code 137\nout of memory'],
  ])('of a replica that %s', (_what, task, detail) => {
    expect(detailOf('failing', 'keeps exiting', task)).toBe(detail);
  });
});
