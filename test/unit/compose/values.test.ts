import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  formatDurationMs,
  formatDurationNs,
  parseDurationMs,
  parseDurationNs,
} from '../../../src/lib/compose/duration.js';
import { nearest } from '../../../src/lib/text/nearest.js';
import { splitCommandLine } from '../../../src/lib/compose/shellwords.js';
import { parseSizeBytes } from '../../../src/lib/compose/size.js';
import { goNumber } from '../../../src/lib/compose/tree.js';

describe('durations', () => {
  test.each([
    ['90s', '1m30s', 90_000],
    ['1d', '24h0m0s', 86_400_000],
    ['1w', '168h0m0s', 604_800_000],
    ['1m1.5s', '1m1.5s', 61_500],
    ['1500us', '1.5ms', 1.5],
    ['-2m', '-2m0s', -120_000],
    ['0', '0s', 0],
    ['.5h', '30m0s', 1_800_000],
    ['15ns', '15ns', 0.000015],
  ])('%s is %s', (text, printed, ms) => {
    expect(formatDurationNs(parseDurationNs(text))).toBe(printed);
    expect(parseDurationMs(text)).toBe(ms);
  });

  test.each([
    ['soon', 'invalid duration "soon"'],
    ['', 'invalid duration ""'],
    ['10', 'missing unit in duration "10"'],
    ['1y', 'unknown unit "y" in duration "1y"'],
    ['1s 2m', 'unknown unit "s " in duration "1s 2m"'],
  ])('%j fails', (text, message) => {
    expect(() => parseDurationNs(text)).toThrow(message);
  });

  test('printing and reading come back', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (ns) => {
        expect(parseDurationNs(formatDurationNs(ns))).toBe(ns);
      }),
    );
    expect(formatDurationMs(61_500)).toBe('1m1.5s');
  });
});

describe('sizes', () => {
  test.each([
    ['64m', 67_108_864],
    ['1.5GiB', 1_610_612_736],
    ['2 kb', 2048],
    ['12b', 12],
    ['512', 512],
    ['-1', -1],
  ])('%s is %d bytes', (text, bytes) => {
    expect(parseSizeBytes(text)).toBe(bytes);
  });

  test.each(['12x', '', 'm', '1 2m', '64mm'])('%j is no size', (text) => {
    expect(() => parseSizeBytes(text)).toThrow(`invalid size: '${text}'`);
  });
});

describe('splitCommandLine', () => {
  test.each([
    ['bundle exec thin -p 3000', ['bundle', 'exec', 'thin', '-p', '3000']],
    ['sh -c \'echo "a b"\'', ['sh', '-c', 'echo "a b"']],
    ['a "b \\" c" d\\ e', ['a', 'b " c', 'd e']],
    ["a '' b", ['a', '', 'b']],
    ['echo `date` #x', ['echo', '`date`', '#x']],
    ['', []],
    ['  ', []],
    ['a && b', ['a']],
  ])('%j', (line, words) => {
    expect(splitCommandLine(line)).toEqual(words);
  });

  test.each(["echo 'oops", 'echo "oops', 'echo (a)'])('%j fails', (line) => {
    expect(() => splitCommandLine(line)).toThrow('invalid command line string');
  });

  test('quoted words come back', () => {
    fc.assert(
      fc.property(fc.array(fc.string()), (words) => {
        const line = words.map((word) => `'${word.replaceAll("'", `'"'"'`)}'`).join(' ');
        expect(splitCommandLine(line)).toEqual(words);
      }),
    );
  });
});

test.each([
  [1000000, true, '1e+06'],
  [1000000, false, '1000000'],
  [12345678.9, false, '1.23456789e+07'],
  [0.00001, false, '1e-05'],
  [1, true, '1'],
  [1.1, false, '1.1'],
  [0, true, '0'],
])('the number %d (float: %s) prints as %s', (value, written, text) => {
  expect(goNumber(value, written)).toBe(text);
});

test('nearest finds near keys and nothing far', () => {
  expect(nearest('imagee', ['build', 'image', 'init'])).toBe('image');
  expect(nearest('prots', ['ports', 'pid'])).toBe('ports');
  expect(nearest('bogus', ['ports', 'image'])).toBeUndefined();
});
