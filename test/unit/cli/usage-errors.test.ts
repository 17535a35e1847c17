import { Args, Flags, Parser } from '@oclif/core';
import { describe, expect, test } from 'vitest';
import { usageErrorFrom } from '../../../src/lib/cli/usage-errors.js';

const flags = {
  json: Flags.boolean(),
  format: Flags.string({ exclusive: ['json'] }),
  quiet: Flags.boolean({ char: 'q', exclusive: ['json', 'format'] }),
  services: Flags.boolean({ exclusive: ['images'] }),
  images: Flags.boolean({ exclusive: ['services'] }),
};

/** What a user is told about an argv that oclif's parser refuses. */
async function told(...argv: string[]): Promise<unknown> {
  try {
    await Parser.parse(argv, { flags });
  } catch (error) {
    return usageErrorFrom(error, 'stack ls', Object.keys(flags));
  }
  throw new Error('it was parsed');
}

describe('what is missing', () => {
  const missing = async (argv: readonly string[], spec: Parameters<typeof Parser.parse>[1]): Promise<unknown> => {
    try {
      await Parser.parse([...argv], spec);
    } catch (error) {
      return usageErrorFrom(error, 'service env rm', Object.keys(spec.flags ?? {}));
    }
    throw new Error('it was parsed');
  };
  const name = Flags.string({ multiple: true, multipleNonGreedy: true, required: true });
  const service = Args.string({ required: true, description: 'name, name.stack or id.' });
  const shell = Args.string({ required: true, description: 'The shell.', options: ['bash', 'zsh'] });

  test('arguments, with what they are, and without a note of the parser on flags', async () => {
    expect(await missing([], { args: { service }, flags: { name } })).toMatchObject({
      code: 'usage',
      message: 'the argument SERVICE is missing',
      hint: 'SERVICE: name, name.stack or id. See `berth service env rm --help`.',
    });
    expect(await missing([], { args: { service, shell }, flags: {} })).toMatchObject({
      message: 'the arguments SERVICE, SHELL are missing',
      hint: expect.stringContaining('SHELL: The shell. One of bash, zsh. See'),
    });
  });

  test('flags', async () => {
    expect(await missing(['web'], { args: { service }, flags: { name } })).toMatchObject({
      code: 'usage',
      message: 'the flag --name is missing',
      hint: 'See `berth service env rm --help`.',
    });
  });
});

describe('flags that exclude each other', () => {
  test.each([
    [['--json', '-q'], '--json and --quiet exclude each other'],
    [['-q', '--format', 'csv'], '--format and --quiet exclude each other'],
    [['--format=two words', '-q'], '--format and --quiet exclude each other'],
    [['--images', '--services'], '--images and --services exclude each other'],
    [
      ['-q', '--json', '--format', 'csv'],
      '--format and --json exclude each other; --json and --quiet exclude each other',
    ],
  ])('%j', async (argv, message) => {
    expect(await told(...argv)).toMatchObject({ code: 'usage', message, hint: 'See `berth stack ls --help`.' });
  });

  test('a value is not told: it may be a secret, and may hold what looks like the words of the parser', async () => {
    const value = 'hunter2 cannot also be provided when using --nothing';
    expect(await told('-q', '--format', value)).toMatchObject({ message: '--format and --quiet exclude each other' });
    expect(await told('-q', '--format', 'a\nb')).toMatchObject({ message: '--format and --quiet exclude each other' });
  });
});
