import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { quoteForBash, readBashLine } from '../../../src/lib/cli/completion/bash-line.js';

/** bash's own default. */
const breaks = ' \t\n"\'><=;|&(:';

describe('readBashLine', () => {
  test.each([
    ['berth ', [], '', 0],
    ['berth stack ins', ['stack'], 'ins', 0],
    ['berth   stack\tls ', ['stack', 'ls'], '', 0],
    ['TZ=UTC A= berth stack ins', ['stack'], 'ins', 0],
    ['berth stack inspect my\\ st', ['stack', 'inspect'], 'my st', 0],
    ['berth a "b c" \'d e\' f', ['a', 'b c', 'd e'], 'f', 0],
    ['berth up --file=com', ['up'], '--file=com', '--file='.length],
    ['berth config:se', [], 'config:se', 'config:'.length],
    ['berth logs a\\:b', ['logs'], 'a:b', 0],
  ])('reads %j', (typed, previous, current, kept) => {
    expect(readBashLine(typed, breaks)).toEqual({ previous, current, kept, quote: '' });
  });

  test.each([
    ['berth x "my st', 'my st', 0, '"'],
    ["berth x 'it", 'it', 0, "'"],
    ['berth x --file="a b', '--file=a b', '--file='.length, '"'],
    ['berth x "a\\"b', 'a"b', 0, '"'],
    ['berth x "a:b', 'a:b', 0, '"'],
    ["berth x 'a\\b", 'a\\b', 0, "'"],
  ])('knows the open quote of %j', (typed, current, kept, quote) => {
    expect(readBashLine(typed, breaks)).toEqual({ previous: ['x'], current, kept, quote });
  });

  test('what is not a word break is not kept back', () => {
    expect(readBashLine('berth config:se', ' ')).toMatchObject({ current: 'config:se', kept: 0 });
  });
});

/** What may be in a name: no control characters, which are never offered. */
const name = fc
  .string({ unit: 'grapheme', minLength: 1 })
  .filter((text) => !/[\p{C}\s]/u.test(text.replaceAll(' ', '')));
const quote = fc.constantFrom('' as const, '"' as const, "'" as const);

describe('quoteForBash', () => {
  test('what is quoted is read back, whatever is in it and whichever quote is open', () => {
    fc.assert(
      fc.property(name, quote, (text, open) => {
        const closed = `${open}${quoteForBash(text, open)}${open}`;
        expect(readBashLine(`berth ${closed} x`, breaks).previous).toEqual([text]);
      }),
    );
  });

  test('bash itself reads it back', () => {
    const samples = fc.sample(fc.tuple(name, quote), { numRuns: 200, seed: 7 });
    const words = samples.map(([text, open]) => `${open}${quoteForBash(text, open)}${open}`);
    const { stdout } = spawnSync('bash', ['--norc', '-c', `printf '%s\\n' ${words.join(' ')}`], { encoding: 'utf8' });
    expect(stdout.split('\n').slice(0, -1)).toEqual(samples.map(([text]) => text));
  });
});
