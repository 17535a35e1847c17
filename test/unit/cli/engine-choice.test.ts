import { describe, expect, test } from 'vitest';
import { chooseEngine, type EngineFiles, noticeBeforeChange } from '../../../src/lib/cli/engine-choice.js';

/** A machine with these files, and with or without a Docker socket. */
function machine(socket: 'open' | 'refused' | 'absent', files: Readonly<Record<string, string>> = {}): EngineFiles {
  return { readText: (file) => files[file], socket: () => socket };
}

const context = { '/home/ann/.docker/config.json': '{ "currentContext": "build" }' };

describe('chooseEngine', () => {
  test.each([
    [{}, machine('absent'), 'sandbox', false, 'no /var/run/docker.sock'],
    [{ BERTH_ENGINE: '' }, machine('absent'), 'sandbox', false, 'no /var/run/docker.sock'],
    [{}, machine('refused'), 'sandbox', false, 'may not open'],
    [{}, machine('open'), 'docker', true, '/var/run/docker.sock is there'],
    [{ BERTH_ENGINE: 'sandbox' }, machine('open'), 'sandbox', true, 'BERTH_ENGINE'],
    [{ BERTH_ENGINE: 'sandbox', DOCKER_HOST: 'tcp://10.0.0.1:2376' }, machine('open'), 'sandbox', true, 'BERTH_ENGINE'],
    [{ BERTH_ENGINE: 'docker' }, machine('absent'), 'docker', true, 'BERTH_ENGINE'],
    [{ DOCKER_HOST: 'unix:///run/other.sock' }, machine('absent'), 'docker', true, 'DOCKER_HOST'],
    [{ DOCKER_CONTEXT: 'build' }, machine('absent'), 'docker', true, 'DOCKER_CONTEXT'],
    [{ HOME: '/home/ann' }, machine('absent', context), 'docker', true, 'the Docker context is build'],
    [{ HOME: '/home/bob' }, machine('absent', context), 'sandbox', false, 'no /var/run/docker.sock'],
    [{ DOCKER_CONFIG: '/home/ann/.docker' }, machine('absent', context), 'docker', true, 'build'],
    [
      { HOME: '/h' },
      machine('absent', { '/h/.docker/config.json': '{ "currentContext": "default" }' }),
      'sandbox',
      false,
      '',
    ],
    [{ HOME: '/h' }, machine('absent', { '/h/.docker/config.json': 'no json' }), 'sandbox', false, ''],
  ])('%j', (env, files, engine, asked, why) => {
    expect(chooseEngine(env, files)).toEqual({ engine, asked, why: expect.stringContaining(why) });
  });

  test.each([
    [{ BERTH_ENGINE: 'swarm' }, 'unsupported', 'swarm'],
    [{ BERTH_ENGINE: 'sandbx' }, 'usage', 'BERTH_ENGINE'],
  ])('%j is never answered with another engine', (env, code, named) => {
    expect(() => chooseEngine(env)).toThrow(expect.objectContaining({ code, message: expect.stringContaining(named) }));
  });
});

describe('noticeBeforeChange', () => {
  const nothingElse = chooseEngine({}, machine('absent'));

  test('says what is used when nobody asked for it, and why', () => {
    expect(noticeBeforeChange(nothingElse, {})).toMatch(/no \/var\/run\/docker.sock.*starts no containers/);
    expect(noticeBeforeChange(chooseEngine({ BERTH_ENGINE: 'sandbox' }), { CI: 'true' })).toBeUndefined();
    expect(noticeBeforeChange(chooseEngine({}, machine('open')), { CI: 'true' })).toBeUndefined();
  });

  test.each(['true', '1'])('refuses it under CI=%s', (CI) => {
    expect(() => noticeBeforeChange(nothingElse, { CI })).toThrow(
      expect.objectContaining({ code: 'usage', hint: expect.stringContaining('BERTH_ENGINE=sandbox') }),
    );
  });
});
