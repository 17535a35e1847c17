import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parseEnvFile, parseRawEnvFile } from '../../../src/lib/compose/dotenv.js';

const outside = new Map([
  ['HOME_DIR', '/home/me'],
  ['BARE', 'from outside'],
]);

function parse(text: string): Record<string, string> {
  return Object.fromEntries(parseEnvFile(text, (name) => outside.get(name), new Map()));
}

describe('parseEnvFile', () => {
  test.each([
    ['plain and blanks around =', 'A=1\n  B = two \n\n', { A: '1', B: 'two' }],
    ['comments', '# c\nA=1 # c\nB=x#y\n  # d\nC=3', { A: '1', B: 'x#y', C: '3' }],
    ['export, only with a blank', 'export A=1\nexportB=2', { A: '1', exportB: '2' }],
    ['the colon of YAML', 'A: 1\nB:2', { A: '1', B: '2' }],
    ['a bare key', 'BARE\nNOT_SET\n', { BARE: 'from outside' }],
    ['a bare key at the end', 'A=1\nBARE', { A: '1', BARE: 'from outside' }],
    ['single quotes', "A='a $B \\n # x' # c\nB='it\\'s'", { A: 'a $B \\n # x', B: "it's" }],
    ['double quotes', 'A="a\\tb\\n\\"q\\" \\\\ \\0101 \\c"', { A: 'a\tb\n"q" \\ A \\c' }],
    ['several lines', 'A="one\ntwo"\nB=3', { A: 'one\ntwo', B: '3' }],
    ['variables', 'A=$HOME_DIR/x\nB="${A:-no}-${NO:-d}"\nC=\'$A\'', { A: '/home/me/x', B: '/home/me/x-d', C: '$A' }],
    ['a literal dollar', 'A="\\$B"\nB=$$C', { A: '$B', B: '$C' }],
    ['backslashes unquoted', 'A=C:\\new\\table', { A: 'C:\\new\\table' }],
    ['the last one wins', 'A=1\nA=2', { A: '2' }],
    ['= in a value, and no value', 'A=b=c\nB=\nC=""', { A: 'b=c', B: '', C: '' }],
    ['a mark and line ends of other systems', '\uFEFFA=1\r\nB=2\r\n', { A: '1', B: '2' }],
    ['dots, dashes, brackets, letters', 'a.b-c[0]=1\nÜ=2', { 'a.b-c[0]': '1', Ü: '2' }],
  ])('%s', (_, text, expected) => {
    expect(parse(text)).toEqual(expected);
  });

  test.each([
    ['A=1\nB="open\nC=2', 'line 2: unterminated quoted value "open'],
    ['A B=1', 'line 1: key cannot contain a space'],
    ['\n\nA!=1', 'line 3: unexpected character "!" in variable name "A!=1"'],
  ])('%j fails', (text, message) => {
    expect(() => parse(text)).toThrow(message);
  });

  test('what is outside beats earlier keys', () => {
    expect(parse('HOME_DIR=/other\nA=$HOME_DIR')).toEqual({ HOME_DIR: '/other', A: '/home/me' });
  });

  test('single quotes keep any text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (value) => {
        fc.pre(!value.includes('\\') && !value.includes('\r') && !value.includes("'"));
        expect(parse(`A='${value}'\nB=1`)).toEqual({ A: value, B: '1' });
      }),
    );
  });

  test('plain words come back', () => {
    const word = fc.stringMatching(/^[A-Za-z0-9_./:=-]{1,12}$/);
    const key = fc.stringMatching(/^[A-Za-z_][A-Za-z0-9_]{0,8}$/);
    fc.assert(
      fc.property(fc.dictionary(key, word), (values) => {
        const text = Object.entries(values).map(([name, value]) => `${name}=${value}\n`);
        expect(parse(text.join(''))).toEqual({ ...values });
      }),
    );
  });
});

test('raw files take everything after the first = as it is', () => {
  const found = parseRawEnvFile('A="q" # c \n# c\nB=$X\nBARE\nNOT\n', (name) => outside.get(name));
  expect(Object.fromEntries(found)).toEqual({ A: '"q" # c ', B: '$X', BARE: 'from outside' });
});
