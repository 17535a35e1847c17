import { describe, expect, test } from 'vitest';
import { progressMode, wantsEventLines } from '../../../src/lib/cli/progress-mode.js';

describe('progressMode', () => {
  test.each([
    [undefined, {}, 'auto'],
    [undefined, { BERTH_PROGRESS: '' }, 'auto'],
    [undefined, { BERTH_PROGRESS: 'json' }, 'json'],
    ['plain', { BERTH_PROGRESS: 'json' }, 'plain'],
    ['quiet', { BERTH_PROGRESS: 'nonsense' }, 'quiet'],
  ])('flag %s, environment %j', (flag, env, mode) => {
    expect(progressMode(flag, env)).toBe(mode);
  });

  test('names the ways that there are where the variable has another', () => {
    expect(() => progressMode(undefined, { BERTH_PROGRESS: 'fancy' })).toThrow(
      expect.objectContaining({
        code: 'usage',
        message: expect.stringContaining('"fancy"'),
        hint: 'It is one of auto, tty, plain, json, quiet.',
      }),
    );
  });
});

describe('wantsEventLines', () => {
  test.each([
    [['up', '--progress', 'json'], {}, true],
    [['up', '--progress=json', '--no-such-flag'], {}, true],
    [['up', '--progress=json', '--progress', 'plain'], {}, false],
    [['up', '--progress'], {}, false],
    [['up'], { BERTH_PROGRESS: 'json' }, true],
    [['up', '--progress=plain'], { BERTH_PROGRESS: 'json' }, false],
    [['up', '--', '--progress=json'], {}, false],
    [['exec', 'web', 'tool', '--progress', 'json'], {}, false],
  ])('%j, environment %j', (argv, env, wanted) => {
    expect(wantsEventLines(argv, env)).toBe(wanted);
  });
});
