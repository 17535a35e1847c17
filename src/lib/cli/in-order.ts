import { UsageError } from '../port/errors.js';

/** What a word of the command line means. */
export interface Found<Thing> {
  readonly word: string;
  readonly thing: Thing;
}

/**
 * Looks all of the words up, so that a wrong one is known before anything is changed.
 *
 * @param kind the noun for messages: `stack`.
 * @throws what `get` throws; UsageError when two words mean the same.
 */
export async function findAll<Thing extends { readonly id: string }>(
  kind: string,
  words: readonly string[],
  get: (word: string) => Promise<Thing>,
): Promise<readonly Found<Thing>[]> {
  const found: Found<Thing>[] = [];
  for (const word of words) {
    const thing = await get(word);
    const twin = found.find((other) => other.thing.id === thing.id);
    if (twin !== undefined) {
      throw new UsageError(
        twin.word === word
          ? `${JSON.stringify(word)} is named twice`
          : `${JSON.stringify(twin.word)} and ${JSON.stringify(word)} are the same ${kind}`,
      );
    }
    found.push({ word, thing });
  }
  return found;
}

/**
 * Changes one thing after the other; the first failure ends it.
 *
 * @param warn is told what was done before a failure, and what was not begun. Nothing is undone.
 * @throws what `change` throws.
 */
export async function inOrder<Thing, Result>(
  found: readonly Found<Thing>[],
  change: (thing: Thing) => Promise<Result>,
  warn: (text: string) => Promise<void>,
): Promise<readonly Result[]> {
  const done: Result[] = [];
  for (const { word, thing } of found) {
    try {
      done.push(await change(thing));
    } catch (error) {
      if (found.length > 1) {
        const before = listed(found.slice(0, done.length));
        const after = listed(found.slice(done.length + 1));
        await warn(`${word} failed; done before it: ${before}; not begun: ${after}`);
      }
      throw error;
    }
  }
  return done;
}

function listed(found: readonly Found<unknown>[]): string {
  return found.length === 0 ? 'nothing' : found.map(({ word }) => word).join(', ');
}
