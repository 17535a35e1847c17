import { countFlag } from './flags.js';
import { atLeast } from './whole-numbers.js';

/** `--limit` of lists, as Deis has it. */
export const limitFlags = { limit: countFlag({ char: 'l', summary: 'Only the first N.' }) };

/**
 * The first of a list.
 *
 * @param limit how many, 1 or more; undefined is all of them.
 * @throws UsageError for a limit of 0, before anything is asked for.
 */
export function firstOf<Item>(items: AsyncIterable<Item>, limit: number | undefined): AsyncIterable<Item> {
  return limit === undefined ? items : first(items, atLeast(1, limit, '--limit'));
}

async function* first<Item>(items: AsyncIterable<Item>, limit: number): AsyncGenerator<Item, void, undefined> {
  let count = 0;
  for await (const item of items) {
    yield item;
    count++;
    if (count === limit) return;
  }
}
