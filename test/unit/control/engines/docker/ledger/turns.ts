import { setImmediate } from 'node:timers/promises';

/** Waits for some turns of the event loop, at most as many as asked for, drawn from a seed (mulberry32). */
export function turns(seed: number): (most: number) => Promise<void> {
  const next = draws(seed);
  return async (most) => {
    const count = Math.floor(next() * (most + 1));
    for (let turn = 0; turn < count; turn++) await setImmediate();
  };
}

/** Numbers 0 <= x < 1, always the same from one seed. */
export function draws(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
