import { expect, test } from 'vitest';
import { collect } from '../../../src/lib/cli/collect.js';
import { firstOf } from '../../../src/lib/cli/first-of.js';

test('the first of a list, and no more is asked for', async () => {
  const given: number[] = [];
  async function* numbers(): AsyncGenerator<number> {
    for (let number = 1; number <= 5; number++) {
      given.push(number);
      yield number;
    }
  }
  expect(await collect(firstOf(numbers(), 2))).toEqual([1, 2]);
  expect(given).toEqual([1, 2]);
  expect(await collect(firstOf(numbers(), 9))).toEqual([1, 2, 3, 4, 5]);
  expect(await collect(firstOf(numbers(), undefined))).toHaveLength(5);
  expect(() => firstOf(numbers(), 0)).toThrow(expect.objectContaining({ code: 'usage' }));
});
