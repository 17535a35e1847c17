import { describe, expect, test } from 'vitest';
import { findAll, inOrder } from '../../../src/lib/cli/in-order.js';

const ids: Readonly<Record<string, string>> = { web: '1', db: '2', 'db.shop': '2', api: '3' };

async function get(word: string): Promise<{ readonly id: string }> {
  const id = ids[word];
  if (id === undefined) throw new Error(`no service ${word}`);
  return { id };
}

describe('findAll', () => {
  test('keeps the order', async () => {
    const found = await findAll('service', ['db', 'web'], get);
    expect(found).toEqual([
      { word: 'db', thing: { id: '2' } },
      { word: 'web', thing: { id: '1' } },
    ]);
  });

  test('a wrong word among right ones is thrown', async () => {
    await expect(findAll('service', ['web', 'nope', 'db'], get)).rejects.toThrow('no service nope');
  });

  test.each([
    [['web', 'web'], '"web" is named twice'],
    [['db', 'web', 'db.shop'], '"db" and "db.shop" are the same service'],
  ])('%j is refused', async (words, message) => {
    await expect(findAll('service', words, get)).rejects.toMatchObject({ code: 'usage', message });
  });
});

describe('inOrder', () => {
  const failing = (at: string) => async (id: string) => {
    if (id === at) throw new Error(`${id} cannot`);
    return `${id} done`;
  };
  const found = ['a', 'b', 'c'].map((word) => ({ word, thing: word }));
  const run = async (words: typeof found, at: string) => {
    const warnings: string[] = [];
    const result = await inOrder(words, failing(at), async (text) => void warnings.push(text)).catch(String);
    return { result, warnings };
  };

  test('gives what each came to', async () => {
    expect(await run(found, '')).toEqual({ result: ['a done', 'b done', 'c done'], warnings: [] });
  });

  test.each([
    ['a', 'a failed; done before it: nothing; not begun: b, c'],
    ['b', 'b failed; done before it: a; not begun: c'],
    ['c', 'c failed; done before it: a, b; not begun: nothing'],
  ])('the failure of %s ends it, and the rest is told', async (at, warning) => {
    expect(await run(found, at)).toEqual({ result: `Error: ${at} cannot`, warnings: [warning] });
  });

  test('of one thing there is no rest', async () => {
    expect(await run(found.slice(0, 1), 'a')).toEqual({ result: 'Error: a cannot', warnings: [] });
  });
});
