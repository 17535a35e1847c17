import { describe, expect, test } from 'vitest';
import type { CommandShape, FlagShape, Grammar } from '../../../src/lib/cli/completion/grammar.js';
import { type Want, wanted } from '../../../src/lib/cli/completion/wanted.js';

function flags(...shapes: readonly FlagShape[]): Readonly<Record<string, FlagShape>> {
  return Object.fromEntries(shapes.map((shape) => [shape.name, shape]));
}

const json: FlagShape = { name: 'json', type: 'boolean', summary: 'As JSON.' };
const backend: FlagShape = { name: 'backend', type: 'option' };
const file: FlagShape = { name: 'file', char: 'f', type: 'option', multiple: true };
const wait: FlagShape = { name: 'wait', type: 'boolean', allowNo: true, summary: 'Wait.' };
const quiet: FlagShape = { name: 'quiet', char: 'q', type: 'boolean', exclusive: ['json'] };
const format: FlagShape = { name: 'format', type: 'option', summary: 'table, json, jsonl, or a {{template}}.' };
const status: FlagShape = { name: 'status', type: 'option', options: ['Running', 'Stopped'] };
const app: FlagShape = { name: 'app', char: 'a', type: 'option' };

function command(id: string, more: Partial<CommandShape> = {}): CommandShape {
  return { id, summary: `Do ${id}`, args: {}, flags: flags(json), strict: true, ...more };
}

function args(...names: readonly string[]): CommandShape['args'] {
  return Object.fromEntries(names.map((name) => [name, { name }]));
}

const grammar: Grammar = {
  commands: [
    command('stack:ls', { flags: flags(json, quiet, format, backend) }),
    command('stack:inspect', { args: args('stack') }),
    command('stack:logs', { args: args('stack', 'service'), strict: false }),
    command('stack:up', {
      args: args('service'),
      strict: false,
      flags: flags(json, file, wait, { name: 'name', type: 'option' }),
    }),
    command('service:scale', { args: args('target'), strict: false, flags: flags(wait, backend) }),
    command('service:env:add', { args: args('service') }),
    command('container:ps', { flags: flags(status) }),
    command('container:exec', {
      args: args('container', 'command'),
      strict: false,
      flags: flags({ name: 'user', char: 'u', type: 'option' }),
    }),
    command('releases:diff', { args: args('from', 'to'), flags: flags(app) }),
    command('config:set', { args: args('variable'), flags: flags(app), strict: false }),
    command('config:unset', { args: args('key'), flags: flags(app), strict: false }),
    command('tags:set', {
      args: { label: { name: 'label', required: true } },
      flags: flags(app),
      strict: false,
    }),
    command('compose:config', { flags: flags(file) }),
    command('event', { flags: flags(json) }),
    command('event:ls', {}),
    command('secret:verb', { hidden: true }),
    command('help', { args: args('subject'), strict: false }),
    command('pick', { args: { shell: { name: 'shell', options: ['bash', 'zsh'] } } }),
  ],
  nouns: { stack: 'Sets of services', 'service:env': 'Variables' },
  topics: { formats: 'What --format takes', releases: 'Going back' },
};

/** Words offered for a line that is split at blanks; the last one is the cursor's. */
function words(line: string): readonly string[] {
  const want = ask(line);
  if (want.kind !== 'words') expect.fail(`${line} wants ${want.kind}`);
  return want.candidates.map(({ word }) => word);
}

function ask(line: string): Want {
  const all = line.split(' ');
  return wanted(all.slice(0, -1), all.at(-1) ?? '', grammar);
}

describe('nouns and verbs', () => {
  test('every noun and command that is not hidden, with what it is', () => {
    const want = ask('');
    expect(want).toMatchObject({ kind: 'words' });
    expect(words('')).toEqual([
      'stack',
      'service',
      'container',
      'releases',
      'config',
      'tags',
      'compose',
      'event',
      'help',
      'pick',
    ]);
    expect(want).toHaveProperty('candidates.0', { word: 'stack', description: 'Sets of services' });
  });

  test('the verbs of a noun, of an inner one too', () => {
    expect(words('stack ')).toEqual(['ls', 'inspect', 'logs', 'up']);
    expect(words('service ')).toEqual(['scale', 'env']);
    expect(words('service env ')).toEqual(['add']);
    expect(words('nothing ')).toEqual([]);
  });

  test('list is offered to those who type it', () => {
    expect(words('stack li')).toContain('list');
    expect(words('stack l')).not.toContain('list');
    expect(words('stack list --q')).toContain('--quiet');
  });

  test('colons are as good as blanks', () => {
    expect(words('config:s')).toContain('config:set');
    expect(words('config:s')).not.toContain('secret:verb');
    expect(ask('stack:inspect ')).toMatchObject({ kind: 'names', source: 'stack' });
    expect(words('config:set --')).toContain('--app');
  });

  test('a command that is a noun too offers both', () => {
    expect(words('event ')).toEqual(['ls', '--json', '--help']);
    expect(words('event --')).toEqual(['--json', '--help']);
  });

  test('flags in front of the verb are stepped over', () => {
    expect(words('compose -f a.yaml ')).toEqual(['config']);
    expect(words('compose --file=a.yaml config --')).toEqual(['--file', '--help']);
  });

  test('values of flags that stand before any command', () => {
    expect(ask('--backend ')).toMatchObject({ kind: 'names', source: 'backend', prefix: '' });
    expect(ask('--backend=')).toMatchObject({ kind: 'names', source: 'backend', prefix: '--backend=' });
    expect(ask('stack --backend ')).toMatchObject({ kind: 'names', source: 'backend' });
    expect(words('--backend engine ')).toContain('stack');
    expect(words('--backend engine stack ')).toEqual(['ls', 'inspect', 'logs', 'up']);
    expect(words('--nothing=')).toEqual([]);
  });

  test('help takes whatever there is help on', () => {
    expect(words('help ')).toContain('formats');
    expect(words('help ').filter((word) => word === 'releases')).toHaveLength(1);
    expect(words('help ')).toContain('stack');
    expect(words('help stack ')).toEqual(['ls', 'inspect', 'logs', 'up']);
  });
});

describe('flags', () => {
  test('those that can still be given', () => {
    expect(words('stack ls --')).toEqual(['--json', '--quiet', '--format', '--backend', '--help']);
    expect(words('stack ls --json --')).toEqual(['--format', '--backend', '--help']);
    expect(words('stack up -f a --no-wait --')).toEqual(['--json', '--file', '--name', '--help']);
    expect(words('stack up --')).toContain('--no-wait');
  });

  test('values: fixed ones, formats, files, folders, names; none of free text', () => {
    expect(words('container ps --status ')).toEqual(['Running', 'Stopped']);
    expect(words('container ps --status=Ru')).toEqual(['--status=Running', '--status=Stopped']);
    expect(words('stack ls --format ')).toEqual(['table', 'json', 'jsonl']);
    expect(ask('stack up -f ')).toEqual({ kind: 'files', prefix: '' });
    expect(ask('stack up --file=a')).toEqual({ kind: 'files', prefix: '--file=' });
    expect(ask('stack up --name=a')).toMatchObject({ kind: 'names', source: 'stack', prefix: '--name=', given: [] });
    expect(ask('stack ls --backend ')).toMatchObject({ kind: 'names', source: 'backend' });
    expect(words('container exec -u ')).toEqual([]);
    expect(words('stack ls --json=')).toEqual([]);
    expect(words('stack ls --nothing=')).toEqual([]);
  });

  test('none behind --, and none in a foreign command line', () => {
    expect(ask('stack inspect -- -')).toMatchObject({ kind: 'names' });
    expect(words('container exec web-1 -')).toEqual([]);
    expect(words('container exec web-1 ls -')).toEqual([]);
    expect(words('container exec -')).toEqual(['--user', '--help']);
  });
});

describe('arguments', () => {
  test('names by what the argument is, without those that stand there', () => {
    expect(ask('stack logs ')).toMatchObject({ source: 'stack' });
    expect(ask('stack logs shop web ')).toMatchObject({
      source: 'service of stack',
      stack: 'shop',
      given: ['shop', 'web'],
    });
    expect(ask('service scale a=1 ')).toMatchObject({ source: 'service=', given: ['a=1'] });
    expect(ask('container exec ')).toMatchObject({ source: 'container' });
    expect(ask('service scale --backend engine ')).toMatchObject({ backend: 'engine' });
  });

  test('what belongs to a stack is asked of the one that the line names', () => {
    expect(ask('releases diff -a shop v1 ')).toMatchObject({ source: 'release', stack: 'shop' });
    expect(ask('releases diff ')).toMatchObject({ source: 'release', stack: undefined });
    expect(ask('stack up --name shop ')).toMatchObject({ source: 'service of stack', stack: 'shop' });
    expect(ask('stack up ')).toMatchObject({ source: 'service of stack', stack: undefined });
    expect(words('stack up -f other.yaml ')).toContain('--json');
  });

  test('where no argument is left the flags are offered', () => {
    expect(words('stack inspect shop ')).toEqual(['--json', '--help']);
    expect(words('stack inspect shop x')).toEqual([]);
    expect(words('config set ')).toEqual(['--app', '--help']);
  });

  test('in place of a free text that has to come, nothing is: the next word is no flag', () => {
    expect(words('tags set ')).toEqual([]);
    expect(words('tags set a=b ')).toEqual(['--app', '--help']);
    expect(words('tags set -')).toEqual(['--app', '--help']);
  });

  test('variables are those of the app', () => {
    expect(ask('config unset -a shop ')).toMatchObject({ kind: 'names', source: 'variable', stack: 'shop' });
    expect(ask('config unset A ')).toMatchObject({ source: 'variable', stack: undefined, given: ['A'] });
  });

  test('fixed choices', () => {
    expect(words('pick ')).toEqual(['bash', 'zsh']);
  });
});
