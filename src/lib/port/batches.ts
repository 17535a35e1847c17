/** Items that come in batches. Read one by one it is an iterable as any other, at the price of a wait for each. */
export interface Batched<T> extends AsyncIterable<T> {
  /** All of them, as they come. To be read once, in one way. */
  batches(): AsyncIterable<readonly T[]>;
}

/** @param open begins to read: called when the first item is asked for. */
export function inBatches<T>(open: () => AsyncIterable<readonly T[]>): Batched<T> {
  return {
    batches: open,
    async *[Symbol.asyncIterator]() {
      for await (const items of open()) yield* items;
    },
  };
}

/** The batches of what has them; else each item by itself. */
export function batchesOf<T>(items: AsyncIterable<T>): AsyncIterable<readonly T[]> {
  if (isBatched(items)) return items.batches();
  return { [Symbol.asyncIterator]: () => oneByOne(items[Symbol.asyncIterator]()) };
}

function isBatched<T>(items: AsyncIterable<T>): items is Batched<T> {
  return 'batches' in items && typeof items.batches === 'function';
}

/** No generator: one that waits for an item could not be left. */
function oneByOne<T>(iterator: AsyncIterator<T>): AsyncIterator<readonly T[]> {
  return {
    next: async () => {
      const next = await iterator.next();
      return next.done === true ? { done: true, value: undefined } : { done: false, value: [next.value] };
    },
    return: async () => {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
  };
}
