import { describe, expect, test } from 'vitest';
import { parseVersion } from '../../../src/lib/cli/release-version.js';

describe('the number of a release', () => {
  test.each([
    ['v2', 2],
    ['2', 2],
    ['V017', 17],
  ])('%s', (text, version) => {
    expect(parseVersion(text)).toBe(version);
  });

  test.each(['', 'v', 'v0', '0', '-1', '1.5', 'latest', 'v2 ', '99999999999999999999'])('%j is refused', (text) => {
    expect(() => parseVersion(text)).toThrow(expect.objectContaining({ code: 'usage' }));
  });
});
