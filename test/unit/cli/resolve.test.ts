import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { resolveRequest, suggestionFor } from '../../../src/lib/cli/resolve.js';

const ids = new Set([
  'stack:ls',
  'stack:up',
  'up',
  'service:scale',
  'config:set',
  'service:env:ls',
  'help',
  'exec',
  'container:exec',
]);

describe('resolveRequest', () => {
  test.each([
    ['stack ls', 'stack:ls', []],
    ['stack list', 'stack:ls', []],
    ['stack:ls --json', 'stack:ls', ['--json']],
    ['config:set A=1', 'config:set', ['A=1']],
    ['config set A=1', 'config:set', ['A=1']],
    ['service env list web', 'service:env:ls', ['web']],
    ['up web worker --no-wait', 'up', ['web', 'worker', '--no-wait']],
    ['service scale web=3 -q', 'service:scale', ['web=3', '-q']],
    ['up -- --help', 'up', ['--', '--help']],
    ['help stack up', 'help', ['stack', 'up']],
    ['exec web ls --help', 'exec', ['web', '--', 'ls', '--help']],
    ['container exec -u root web -- ls -h', 'container:exec', ['-u', 'root', 'web', '--', 'ls', '-h']],
  ])('%s', (line, id, argv) => {
    expect(resolveRequest(line.split(' '), ids)).toEqual({ kind: 'command', id, argv });
  });

  test.each([
    ['', { kind: 'root help' }],
    ['--help', { kind: 'root help' }],
    ['-h', { kind: 'root help' }],
    ['stack', { kind: 'noun help', noun: 'stack' }],
    ['stack --help', { kind: 'noun help', noun: 'stack' }],
    ['service env', { kind: 'noun help', noun: 'service:env' }],
    ['service:env', { kind: 'noun help', noun: 'service:env' }],
    ['service env --help', { kind: 'noun help', noun: 'service:env' }],
    ['stack up --help', { kind: 'command help', id: 'stack:up' }],
    ['stack up web -h', { kind: 'command help', id: 'stack:up' }],
    ['exec web --help', { kind: 'command help', id: 'exec' }],
  ])('%s asks for help', (line, request) => {
    expect(resolveRequest(line === '' ? [] : line.split(' '), ids)).toEqual(request);
  });

  test.each([
    ['stak ls', 'unknown command "stak"', 'Did you mean `berth stack`?'],
    ['deploy', 'unknown command "deploy"', 'Did you mean `berth stack up`?'],
    ['frobnicate', 'unknown command "frobnicate"', 'Run `berth --help` for the commands.'],
    ['constructor', 'unknown command "constructor"', 'Run `berth --help` for the commands.'],
    ['stop', 'unknown command "stop"', 'Did you mean `berth stack stop`?'],
    ['stack deploy', 'berth stack has no verb "deploy"', 'Did you mean `berth stack up`?'],
    ['stack constructor', 'berth stack has no verb "constructor"', 'It has: ls, up.'],
    ['stack upp', 'berth stack has no verb "upp"', 'Did you mean `berth stack up`?'],
    ['service envv ls', 'berth service has no verb "envv"', 'Did you mean `berth service env`?'],
    ['service nope', 'berth service has no verb "nope"', 'It has: env, scale.'],
    ['service env lss', 'berth service env has no verb "lss"', 'Did you mean `berth service env ls`?'],
    ['service env nope', 'berth service env has no verb "nope"', 'It has: ls.'],
    ['stack frobnicate', 'berth stack has no verb "frobnicate"', 'It has: ls, up.'],
    ['--json stack ls', 'no command given before --json', 'Flags come after the command: berth stack ls --json'],
  ])('%s is refused with what was meant', (line, message, hint) => {
    expect(() => resolveRequest(line.split(' '), ids)).toThrow(
      expect.objectContaining({ code: 'usage', message, hint }),
    );
  });

  test.each([
    ['stack -f a.yaml up --no-wait', 'stack:up', ['-f', 'a.yaml', '--no-wait']],
    ['-f a.yaml stack up', 'stack:up', ['-f', 'a.yaml']],
    ['--json stack ls', 'stack:ls', ['--json']],
    ['stack --file=a.yaml up web', 'stack:up', ['--file=a.yaml', 'web']],
    ['stack -f up up', 'stack:up', ['-f', 'up']],
  ])('%s: known flags in front of the verb go behind it', (line, id, argv) => {
    const takesValue = (_noun: string | undefined, flag: string): boolean | undefined =>
      ({ '-f': true, '--file': true, '--json': false })[flag];
    expect(resolveRequest(line.split(' '), ids, takesValue)).toEqual({ kind: 'command', id, argv });
  });

  test('what is hidden is run, but neither told of nor suggested', () => {
    const all = new Set([...ids, 'stack:hidden']);
    const resolve = (line: string) => resolveRequest(line.split(' '), all, () => undefined, ids);
    expect(resolve('stack hidden')).toMatchObject({ kind: 'command', id: 'stack:hidden' });
    expect(() => resolve('stack hiden')).toThrow(expect.objectContaining({ hint: 'It has: ls, up.' }));
  });

  test('never loses, adds or reorders words after the command', () => {
    const word = fc.stringMatching(/^[a-z0-9=.]{1,8}$/);
    fc.assert(
      fc.property(fc.constantFrom('stack:ls', 'up', 'service:scale'), fc.array(word), (id, rest) => {
        const request = resolveRequest([...id.split(':'), ...rest], ids);
        expect(request).toEqual({ kind: 'command', id, argv: rest });
      }),
    );
  });
});

describe('suggestionFor', () => {
  test.each([
    ['srevice', 'service'],
    ['stack upp', 'stack up'],
    ['stack deploy', 'stack up'],
    ['service env lss', 'service env ls'],
    ['deploy', 'stack up'],
    ['format', 'formats'],
    ['stack', undefined],
    ['stack frobnicate', undefined],
    ['frobnicate', undefined],
  ])('%s: %j', (line, suggestion) => {
    expect(suggestionFor(line.split(' '), ids, ['formats'])).toBe(suggestion);
  });
});
