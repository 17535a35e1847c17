import { describe, expect, test } from 'vitest';
import { chooseEngine, noticeBeforeChange } from '../../../src/lib/cli/engine-choice.js';

describe('chooseEngine', () => {
  test.each([
    [{}, { engine: 'sandbox', asked: false }],
    [{ BERTH_ENGINE: '' }, { engine: 'sandbox', asked: false }],
    [{ BERTH_ENGINE: 'sandbox' }, { engine: 'sandbox', asked: true }],
    [
      { BERTH_ENGINE: 'sandbox', DOCKER_HOST: 'tcp://10.0.0.1:2376' },
      { engine: 'sandbox', asked: true },
    ],
  ])('%j', (env, choice) => {
    expect(chooseEngine(env)).toEqual(choice);
  });

  test.each([
    [{ BERTH_ENGINE: 'docker' }, 'unsupported', 'docker'],
    [{ BERTH_ENGINE: 'swarm' }, 'unsupported', 'swarm'],
    [{ DOCKER_HOST: 'unix:///var/run/docker.sock' }, 'unsupported', 'DOCKER_HOST'],
    [{ BERTH_ENGINE: 'sandbx' }, 'usage', 'BERTH_ENGINE'],
  ])('%j is never answered with another engine', (env, code, named) => {
    expect(() => chooseEngine(env)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(named) }));
  });
});

describe('noticeBeforeChange', () => {
  test('says what is used when nobody asked for it', () => {
    expect(noticeBeforeChange({ engine: 'sandbox', asked: false }, {})).toContain('starts no containers');
    expect(noticeBeforeChange({ engine: 'sandbox', asked: true }, { CI: 'true' })).toBeUndefined();
  });

  test.each(['true', '1'])('refuses it under CI=%s', (CI) => {
    expect(() => noticeBeforeChange({ engine: 'sandbox', asked: false }, { CI })).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining('BERTH_ENGINE=sandbox') }),
    );
  });
});
