import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { wrapCommand, wrapTable, wrapText } from '../../../src/lib/cli/wrap.js';
import { stripControl } from '../../../src/lib/ui/terminal.js';
import { shellWords } from '../../contract/support/command-classes.js';

const width = fc.integer({ min: 20, max: 120 });
const word = fc.stringMatching(/^[a-z`.-]{1,30}$/);

describe('wrapText', () => {
  test('breaks between words, and keeps line ends and what lines begin with', () => {
    expect(wrapText('one two three four five six', 20)).toEqual(['one two three four', 'five six']);
    expect(wrapText('one\n\n  two and three and four', 20)).toEqual(['one', '', '  two and three and', '  four']);
    expect(wrapText('', 20)).toEqual(['']);
  });

  test('styles have no width', () => {
    const styled = '\u001b[4munderlined\u001b[24m';
    expect(wrapText(`${styled} ${styled}`, 22)).toEqual([`${styled} ${styled}`]);
  });

  test('no word is broken, lost or moved, and no line of several words is wider', () => {
    fc.assert(
      fc.property(fc.array(word, { minLength: 1 }), width, (words, columns) => {
        const lines = wrapText(words.join(' '), columns);
        expect(lines.join(' ')).toBe(words.join(' '));
        for (const line of lines.filter((text) => text.includes(' '))) expect(line.length).toBeLessThanOrEqual(columns);
      }),
    );
  });
});

describe('wrapCommand', () => {
  test('goes on with a backslash, and not within quotes', () => {
    expect(wrapCommand("$ berth stack ls --format '{{.name}} {{.state}}' -q", 40)).toEqual([
      '$ berth stack ls --format \\',
      "    '{{.name}} {{.state}}' -q",
    ]);
    expect(wrapCommand('$ berth up', 40)).toEqual(['$ berth up']);
  });

  test('a shell reads the same words from it', () => {
    const words = fc.array(
      fc.oneof(
        word,
        word.map((text) => `'${text} ${text}'`),
      ),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(words, width, (given, columns) => {
        const line = given.join(' ');
        expect(shellWords(wrapCommand(line, columns).join('\n').replaceAll('\\\n', ''))).toEqual(shellWords(line));
      }),
    );
  });
});

describe('wrapTable', () => {
  const entries = [
    ['    --format=FORMAT', 'How it is shown.'],
    ['-q, --quiet', 'Print only ids, one a line, and nothing else at all.'],
  ] as const;

  test('two columns; names keep what they begin with', () => {
    expect(wrapTable(entries, 60)).toEqual([
      '    --format=FORMAT  How it is shown.',
      '-q, --quiet          Print only ids, one a line, and nothing',
      '                     else at all.',
    ]);
  });

  test('where the second would be narrow, one below the other', () => {
    expect(wrapTable(entries, 40)).toEqual([
      '    --format=FORMAT',
      '        How it is shown.',
      '-q, --quiet',
      '        Print only ids, one a line, and',
      '        nothing else at all.',
    ]);
  });

  test('every word is there once', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(
            word,
            fc.array(word).map((words) => words.join(' ')),
          ),
        ),
        width,
        (table, columns) => {
          const split = (texts: readonly string[]) =>
            texts
              .join(' ')
              .split(/\s+/)
              .filter((text) => text !== '');
          expect(split(wrapTable(table, columns).map(stripControl))).toEqual(split(table.flat()));
        },
      ),
    );
  });
});
