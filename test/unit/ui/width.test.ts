import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayWidth, pad, truncate } from '../../../src/lib/ui/width.js';

describe('displayWidth', () => {
  it.each([
    ['', 0],
    ['web-1', 5],
    ['café', 4],
    ['cafe\u0301', 4],
    ['日本', 4],
    ['ｗｅｂ', 6],
    ['한글', 4],
    ['🚢', 2],
    ['हि', 2],
    ['कु', 1],
    ['a\u200bb', 2],
  ])('%s takes %i cells', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });
});

describe('truncate', () => {
  it('cuts to the width with an ellipsis, and only what is too wide', () => {
    expect(truncate('voting-app', 10)).toBe('voting-app');
    expect(truncate('voting-app', 7)).toBe('voting…');
    expect(truncate('voting-app', 1)).toBe('…');
  });

  it('does not split a wide character, and keeps marks with their letter', () => {
    expect(truncate('日本語', 4)).toBe('日…');
    expect(truncate('e\u0301e\u0301e\u0301', 2)).toBe('e\u0301…');
  });

  it('never takes more cells than asked', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 1, max: 20 }), (text, width) => {
        expect(displayWidth(truncate(text, width))).toBeLessThanOrEqual(width);
      }),
    );
  });
});

it('pads on either side by cells', () => {
  expect(pad('日本', 6)).toBe('日本  ');
  expect(pad('7', 3, 'right')).toBe('  7');
  expect(pad('long', 2)).toBe('long');
});
