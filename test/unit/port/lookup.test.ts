import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BerthError, isBerthError } from '../../../src/lib/port/errors.js';
import { candidatesIn, lookup, type Identified } from '../../../src/lib/port/lookup.js';

const items: readonly Identified[] = [
  { id: 'a1b2c3', name: 'web', stack: 'shop' },
  { id: 'a1ffff', name: 'web', stack: 'blog' },
  { id: 'c0ffee', name: 'redis', stack: 'shop' },
  { id: 'dddddd', name: 'c0', stack: 'shop' },
  { id: 'eeeeee', name: 'c0ffee', stack: 'blog' },
  { id: 'f00f00', name: 'lone', stack: null },
];

async function find(query: string, among: readonly Identified[] = items): Promise<string> {
  return (await lookup('service', query, candidatesIn(among))).id;
}

async function failure(query: string, among: readonly Identified[] = items): Promise<BerthError> {
  const error: unknown = await find(query, among).then(
    (id) => new Error(`found ${id}`),
    (reason: unknown) => reason,
  );
  if (isBerthError(error)) return error;
  throw error;
}

describe('lookup', () => {
  it.each([
    ['a1b2c3', 'a1b2c3', 'a full id'],
    ['a1b', 'a1b2c3', 'a prefix'],
    ['redis', 'c0ffee', 'a name'],
    ['web.blog', 'a1ffff', 'name.stack'],
    ['lone', 'f00f00', 'a name without a stack'],
    ['c0', 'dddddd', 'a name that is also a prefix of an id: the name wins'],
    ['c0ffee', 'c0ffee', 'a full id that is also a name: the id wins'],
  ])('%s is %s: %s', async (query, id) => {
    expect(await find(query)).toBe(id);
  });

  it('tells an ambiguous name from a missing one', async () => {
    const ambiguous = await failure('web');
    expect(ambiguous.code).toBe('ambiguous');
    expect(ambiguous.message).toBe('2 services match "web"');
    expect(ambiguous.hint).toBe('Use one of: web.shop, web.blog.');

    const missing = await failure('postgres');
    expect(missing.code).toBe('not_found');
    expect(missing.message).toBe('no service "postgres"');
    expect(missing.hint).toBe('List them with `berth service ls`.');
  });

  it('calls a prefix of several ids ambiguous', async () => {
    const ambiguous = await failure('a1');
    expect(ambiguous.code).toBe('ambiguous');
    expect(ambiguous.hint).toBe('Use one of: a1b2c3, a1ffff.');
  });

  it('does not find a name in another stack', async () => {
    expect((await failure('redis.blog')).code).toBe('not_found');
    expect((await failure('lone.shop')).code).toBe('not_found');
  });

  it('knows names and stacks that hold dots', async () => {
    const dotted = [
      { id: 'd1', name: 'api.v2', stack: 'shop' },
      { id: 'd2', name: 'api.v2', stack: 'shop.eu' },
      { id: 'd3', name: 'web', stack: 'shop.eu' },
    ];
    expect(await find('api.v2.shop', dotted)).toBe('d1');
    expect(await find('api.v2.shop.eu', dotted)).toBe('d2');
    expect(await find('web.shop.eu', dotted)).toBe('d3');
    expect((await failure('api.v2', dotted)).hint).toBe('Use one of: api.v2.shop, api.v2.shop.eu.');
    const unclear = [...dotted, { id: 'd4', name: 'api', stack: 'v2.shop' }];
    const both = await failure('api.v2.shop', unclear);
    expect([both.code, both.hint]).toEqual(['ambiguous', 'Use one of: d4, d1.']);
    expect((await failure('api.v2', unclear)).hint).toBe('Use one of: d1, api.v2.shop.eu.');
  });

  it('suggests the nearest name', async () => {
    expect((await failure('rediss')).hint).toBe('Did you mean redis?');
  });

  it('never takes an empty text for a prefix of everything', async () => {
    expect((await failure('')).code).toBe('not_found');
    expect((await failure('', items.slice(0, 1))).code).toBe('not_found');
  });

  it('tells two of one name apart by id where there is no stack', async () => {
    const twins = [
      { id: 'n1', name: 'worker' },
      { id: 'n2', name: 'worker' },
    ];
    expect((await failure('worker', twins)).hint).toBe('Use one of: n1, n2.');
  });

  it('names only what it finds: ids of what is looked up by id alone, and of what shares its name and stack', async () => {
    const actions = [
      { id: 'e1a', name: 'Stack Up', stack: 's3' },
      { id: 'e1b', name: 'Stack Up', stack: 's4' },
    ];
    const byId = { ...candidatesIn(actions), byName: async () => [], names: async () => [] };
    await expect(lookup('action', 'e1', byId)).rejects.toMatchObject({ hint: 'Use one of: e1a, e1b.' });

    const twins = [
      { id: 'f1', name: 'web-1', stack: 'shop' },
      { id: 'f2', name: 'web-1', stack: 'shop' },
      { id: 'f3', name: 'web-1', stack: 'blog' },
      { id: 'f4', name: 'web-1.blog', stack: null },
    ];
    expect((await failure('web-1', twins.slice(0, 3))).hint).toBe('Use one of: f1, f2, web-1.blog.');
    expect((await failure('web-1', twins)).hint).toBe('Use one of: f1, f2, f3.');
  });

  it('names each candidate of an ambiguous text in a way that finds it', async () => {
    const word = fc.constantFrom('a', 'b', 'a.b', 'b.a', 'a.a', 'a1');
    const set = fc.uniqueArray(fc.record({ id: fc.constantFrom('a1', 'a2', 'b1', 'b2'), name: word, stack: word }), {
      selector: ({ id }) => id,
    });
    await fc.assert(
      fc.asyncProperty(set, word, async (all, query) => {
        const error = await failure(query, all).catch(() => undefined);
        if (error?.code !== 'ambiguous') return;
        const [, list = ''] = /^Use one of: (.*)\.$/.exec(error.hint ?? '') ?? [];
        const found = await Promise.all(list.split(', ').map((text) => find(text, all)));
        expect(new Set(found).size).toBe(found.length);
        expect(found.length).toBeGreaterThan(1);
      }),
    );
  });

  it('finds every item by id, by name.stack, by name and by each unique prefix', async () => {
    const hex = fc.string({ unit: fc.constantFrom(...'0123456789abcdef'.split('')), minLength: 4, maxLength: 12 });
    const word = fc.string({ unit: fc.constantFrom(...'abcdefxyz-'.split('')), minLength: 1, maxLength: 6 });
    const item = fc.record({ id: hex, name: word, stack: word });
    const set = fc
      .uniqueArray(item, { selector: ({ id }) => id, maxLength: 12 })
      .map((all) => all.filter(({ name }, at) => all.findIndex((other) => other.name === name) === at));
    await fc.assert(
      fc.asyncProperty(set, async (all) => {
        const names = new Set(all.map(({ name }) => name));
        const ids = new Set(all.map(({ id }) => id));
        for (const { id, name, stack } of all) {
          expect(await find(id, all)).toBe(id);
          expect(await find(`${name}.${stack}`, all)).toBe(id);
          if (!ids.has(name)) expect(await find(name, all)).toBe(id);
          for (let length = 1; length < id.length; length++) {
            const prefix = id.slice(0, length);
            const unique = all.filter((other) => other.id.startsWith(prefix)).length === 1;
            if (unique && !names.has(prefix)) expect(await find(prefix, all)).toBe(id);
          }
        }
      }),
    );
  });
});
