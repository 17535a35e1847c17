/**
 * Changes things one after the other, in their order. The first failure ends it, and what was done before it is told.
 *
 * @param nameOf how the user knows a thing.
 * @throws what `change` throws.
 */
export async function oneByOne<Thing, Result>(
  things: readonly Thing[],
  nameOf: (thing: Thing) => string,
  change: (thing: Thing) => Promise<Result>,
  warn: (text: string) => Promise<void>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  for (const thing of things) {
    try {
      results.push(await change(thing));
    } catch (error) {
      if (things.length > 1) {
        const done = things.slice(0, results.length).map(nameOf);
        const left = things.slice(results.length + 1).map(nameOf);
        const told = (names: readonly string[]): string => (names.length === 0 ? 'nothing' : names.join(', '));
        await warn(`${nameOf(thing)} failed; done before it: ${told(done)}; not begun: ${told(left)}`);
      }
      throw error;
    }
  }
  return results;
}
