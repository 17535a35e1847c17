import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  daemonError,
  daemonWords,
  isDaemonError,
  progressError,
} from '../../../../../src/lib/control/engines/engine-api/daemon-error.js';

describe("the daemon's words", () => {
  test.each([
    ['rpc error: code = InvalidArgument desc = name must be valid', 'name must be valid'],
    ['rpc error: code = Code(42) desc = odd', 'odd'],
    ['Error response from daemon: rpc error: code = Unknown desc = rpc error: code = NotFound desc = gone\n\n', 'gone'],
    ['manifest for a:b not found: manifest unknown: manifest unknown', 'manifest for a:b not found: manifest unknown'],
    ['\u001b[31mred\u001b[0m \u001b]0;title\u0007and \u009b1mbold\u0000', 'red and bold'],
    ['client version 1.11 is too old.\r\n', 'client version 1.11 is too old.'],
    ['left \u202eright', 'left right'],
  ])('%j reads %j', (text, words) => expect(daemonWords(text)).toBe(words));

  test('of any text hold no control character but tab and line feed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(daemonWords(text)).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/);
      }),
    );
  });
});

describe('an answer of 400 and above', () => {
  test.each([
    [401, 'unauthorized', '/images/create', 'authentication'],
    [403, 'authorization denied by plugin', '/containers/json', 'authentication'],
    [404, 'No such container: web', '/containers/web/json', 'not_found'],
    [409, 'name is taken', '/containers/create', 'refused'],
    [500, 'Get "https://r/v2/": no basic auth credentials', '/images/create', 'authentication'],
    [500, 'unauthorized: incorrect username or password', '/auth', 'authentication'],
    [500, 'pull access denied for x, repository does not exist', '/distribution/x/json', 'authentication'],
    [500, 'manifest for x:1 not found: manifest unknown', '/images/create', 'not_found'],
    [500, 'manifest unknown', '/images/create', 'not_found'],
    [500, 'open /var/lib/docker: permission denied', '/images/create', 'refused'],
    [500, 'mkdir /srv: access denied', '/containers/web/start', 'refused'],
    [500, 'network web not found', '/containers/web/start', 'refused'],
    [503, 'This node is not a swarm manager.', '/services', 'refused'],
  ])('%i %j of %s is %s', (status, message, path, code) => {
    const error = daemonError(status, JSON.stringify({ message }), path);
    expect(error).toMatchObject({ code, status, message });
    expect(isDaemonError(error)).toBe(true);
    expect(isDaemonError(error, status)).toBe(true);
    expect(isDaemonError(error, status + 1)).toBe(false);
  });

  test('as plain text, as a page of a proxy, and as nothing', () => {
    expect(daemonError(400, 'client version 1.11 is too old\n', '/info').message).toBe(
      'client version 1.11 is too old',
    );
    expect(daemonError(502, '<html>Bad</html>', '/info')).toMatchObject({
      message: 'the daemon answered HTTP 502 Bad Gateway',
      detail: '<html>Bad</html>',
    });
    expect(daemonError(500, '', '/info').message).toBe('the daemon answered HTTP 500 Internal Server Error');
  });

  test('is not what another error of ours is', () => {
    expect(isDaemonError(new Error('x'))).toBe(false);
    expect(isDaemonError(Object.assign(new Error('x'), { status: 404 }))).toBe(false);
  });
});

describe('a line of progress', () => {
  test('tells an error, or none', () => {
    const path = '/images/create';
    expect(progressError({ status: 'Downloading' }, path)).toBeUndefined();
    expect(progressError('text', path)).toBeUndefined();
    expect(progressError({ errorDetail: { message: 'new' }, error: 'old' }, path)?.message).toBe('new');
    expect(progressError({ error: 'unauthorized: no' }, path)).toMatchObject({ code: 'authentication', status: 200 });
    expect(progressError({ errorDetail: { message: 'manifest unknown' } }, path)).toMatchObject({ code: 'not_found' });
    expect(progressError({ errorDetail: { message: '' } }, path)?.message).toMatch(/did not say why/);
  });
});
