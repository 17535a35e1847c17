import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearest } from '../../../src/lib/text/nearest.js';

describe('nearest', () => {
  it.each([
    ['wbe', 'web', 'neighbours swapped'],
    ['webb', 'web', 'a letter too many'],
    ['redi', 'redis', 'a letter too few'],
    ['WORKER', 'worker', 'the other case'],
    ['enviroment', 'environment', 'a long word'],
    ['helthchek', 'healthcheck', 'two letters of a long word'],
  ])('%s -> %s: %s', (typed, expected) => {
    expect(nearest(typed, ['worker', 'web', 'redis', 'environment', 'healthcheck'])).toBe(expected);
  });

  it('suggests nothing that is far away', () => {
    expect(nearest('postgres', ['web', 'redis'])).toBeUndefined();
    expect(nearest('ab', ['xy'])).toBeUndefined();
    expect(nearest('web', [])).toBeUndefined();
  });

  it('takes the nearer of two, and the first of equals', () => {
    expect(nearest('worker', ['workers2', 'workerz'])).toBe('workerz');
    expect(nearest('bat', ['cat', 'hat'])).toBe('cat');
  });

  const word = fc.string({ unit: fc.constantFrom(...'abcdefgh'.split('')), minLength: 1, maxLength: 10 });

  it('finds a candidate that is there', () => {
    fc.assert(
      fc.property(word, fc.array(word), (typed, others) => {
        expect(nearest(typed, [...others, typed])).toBe(typed);
      }),
    );
  });

  it('finds a word with one letter dropped, swapped or doubled', () => {
    fc.assert(
      fc.property(word, fc.nat(), (original, seed) => {
        const at = seed % original.length;
        const [head, letter, tail] = [original.slice(0, at), original.charAt(at), original.slice(at + 1)];
        expect(nearest(head + letter + letter + tail, [original])).toBe(original);
        expect(nearest(head + tail.charAt(0) + letter + tail.slice(1), [original])).toBe(original);
        if (original.length > 1) expect(nearest(head + tail, [original])).toBe(original);
      }),
    );
  });

  it('never suggests what differs in more than a third of the letters', () => {
    fc.assert(
      fc.property(word, word, (typed, candidate) => {
        const found = nearest(typed, [candidate]);
        const limit = Math.min(3, Math.max(1, Math.floor(typed.length / 3)));
        if (found !== undefined) expect(Math.abs(found.length - typed.length)).toBeLessThanOrEqual(limit);
      }),
    );
  });
});
