import { describe, expect, it } from 'vitest';
import * as errors from '../../../src/lib/port/errors.js';

const every: readonly errors.BerthError[] = [
  new errors.BerthError('internal', 'x'),
  new errors.UsageError('x'),
  new errors.InputError('x'),
  new errors.SettingsError('x'),
  new errors.StoreError('x'),
  new errors.RefusedError('x'),
  new errors.ConflictError('x'),
  new errors.NotFoundError('x'),
  new errors.AmbiguousError('x'),
  new errors.AuthenticationError('x'),
  new errors.UnsupportedError('x'),
  new errors.WaitTimeoutError('x'),
  new errors.UnreachableError('x'),
  new errors.RolloutError('rollout_failed', 'x'),
  new errors.RolloutError('rolled_back', 'x'),
  new errors.RolloutError('paused', 'x'),
  new errors.RolloutError('unplaceable', 'x'),
  new errors.InterruptedError(),
];

describe('errors', () => {
  it('each have a code of their own, and every code is recognised', () => {
    const found = every.map((error) => error.code);
    expect(new Set(found).size).toBe(every.length);
    expect(every.filter((error) => !errors.isBerthError(error))).toEqual([]);
  });

  it('carry what they were given', () => {
    const cause = new Error('below');
    const position = { file: 'compose.yaml', line: 3, column: 5, path: 'services.web' };
    const error = new errors.InputError('bad', { hint: 'Do this.', detail: 'their words', position, cause });
    expect(error).toMatchObject({
      name: 'InputError',
      code: 'input',
      hint: 'Do this.',
      detail: 'their words',
      position,
    });
    expect(error.cause).toBe(cause);
    expect(new errors.InputError('bad')).not.toHaveProperty('cause');
  });
});

describe('isBerthError', () => {
  it('recognises a copy of a class, as a chunk of the build may hold one', () => {
    class NotFoundError extends Error {
      readonly code = 'not_found';
    }
    const copy = new NotFoundError('gone');
    expect(copy).not.toBeInstanceOf(errors.BerthError);
    expect(errors.isBerthError(copy)).toBe(true);
  });

  it('does not take other errors and things for one', () => {
    const system = Object.assign(new Error('no such file'), { code: 'ENOENT' });
    const numbered = Object.assign(new Error('exit'), { code: 4 });
    for (const other of [system, numbered, new Error('x'), { code: 'not_found' }, 'not_found', null, undefined]) {
      expect(errors.isBerthError(other)).toBe(false);
    }
  });
});

describe('isAbortError', () => {
  it('knows what an aborted signal throws', () => {
    const controller = new AbortController();
    controller.abort();
    expect(() => controller.signal.throwIfAborted()).toThrow(expect.toSatisfy(errors.isAbortError));
    expect(errors.isAbortError(new Error('AbortError'))).toBe(false);
    expect(errors.isAbortError({ name: 'AbortError' })).toBe(false);
  });
});
