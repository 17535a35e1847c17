import { describe, expect, test, type TestContext } from 'vitest';
import type { Backend } from '../../../src/lib/port/backend.js';
import { isBerthError } from '../../../src/lib/port/errors.js';
import { call, collect, need, openBackend, sharedBackend } from '../harness.js';
import { shop, single } from '../projects.js';
import type { Subject } from '../subject.js';

/** More than there are characters that ids begin with: two then begin with the same. */
const manyStacks = 40;

/** Every noun is found by the one lookup: its id, a prefix of it, its name, and `name.stack`. */
export function lookupContract(subject: Subject): void {
  describe('lookup', () => {
    const shared = sharedBackend(subject, async ({ facets: { stacks } }) => {
      await stacks?.up?.({ project: await shop(subject.images) }, {}, call());
      await stacks?.up?.({ project: await shop(subject.images, { name: 'annex', withoutWorker: true }) }, {}, call());
    });

    test('finds a stack by id, prefix of it and name', async (context) => {
      const get = need(context, shared(), 'stacks', 'get');
      for (const { id, name } of await collect(need(context, shared(), 'stacks', 'list')({}, {}, call()))) {
        for (const stack of [id, id.slice(0, 12), name]) expect(await get({ stack }, {}, call())).toMatchObject({ id });
      }
      for (const stack of ['shpo', 'SHOP', 'sho', '', 'web.shop']) {
        await expect(get({ stack }, {}, call()), stack).rejects.toMatchObject({ code: 'not_found' });
      }
      await expect(get({ stack: 'shpo' }, {}, call())).rejects.toMatchObject({ hint: expect.stringContaining('shop') });
    });

    test('finds a service by id, prefix of it, name and name.stack', async (context) => {
      const get = need(context, shared(), 'services', 'get');
      for (const { id, name, stack } of await collect(need(context, shared(), 'services', 'list')({}, {}, call()))) {
        for (const service of [id, id.slice(0, 12), `${name}.${stack ?? ''}`]) {
          expect(await get({ service }, {}, call())).toMatchObject({ id, name, stack });
        }
      }
      expect(await get({ service: 'worker' }, {}, call())).toMatchObject({ stack: 'shop' });
      await expect(get({ service: 'web' }, {}, call())).rejects.toMatchObject({
        code: 'ambiguous',
        hint: expect.stringMatching(/web\.annex.*web\.shop/),
      });
      for (const service of ['wep', 'web.nowhere', 'shop', 'worker.annex', '']) {
        await expect(get({ service }, {}, call()), service).rejects.toMatchObject({ code: 'not_found' });
      }
    });

    test('finds a container by id, prefix of it, name and name.stack', async (context) => {
      const get = need(context, shared(), 'containers', 'get');
      for (const { id, name, stack } of await collect(need(context, shared(), 'containers', 'list')({}, {}, call()))) {
        for (const container of [id, id.slice(0, 12), `${name}.${stack ?? ''}`]) {
          expect(await get({ container }, {}, call())).toMatchObject({ id, name, stack });
        }
      }
      expect(await get({ container: 'worker-1' }, {}, call())).toMatchObject({ stack: 'shop' });
      await expect(get({ container: 'web-1' }, {}, call())).rejects.toMatchObject({ code: 'ambiguous' });
      for (const container of ['web', 'web-3.shop', 'worker-1.annex', '']) {
        await expect(get({ container }, {}, call()), container).rejects.toMatchObject({ code: 'not_found' });
      }
    });

    test('finds an action by id and prefix of it', async (context) => {
      const get = need(context, shared(), 'actions', 'get');
      const [action] = await collect(need(context, shared(), 'actions', 'list')({}, {}, call()));
      const id = action?.id ?? '';
      for (const query of [id, id.slice(0, 12)]) {
        expect(await get({ action: query }, {}, call())).toMatchObject({ id });
      }
      for (const query of ['nothing', 'Stack Up', '']) {
        await expect(get({ action: query }, {}, call()), query).rejects.toMatchObject({ code: 'not_found' });
      }
    });

    test('a prefix of two ids is ambiguous, of stacks and of actions', async (context) => {
      const backend = await openBackend(context, subject);
      const create = need(context, backend, 'stacks', 'create');
      const [stacks, actions] = [need(context, backend, 'stacks', 'get'), need(context, backend, 'actions', 'get')];
      for (let made = 0; made < manyStacks; made++) {
        await create({ project: await single(`made-${made}`, subject.images.steady) }, {}, call());
        const stack = await sharedStart(context, backend, 'stacks');
        const action = await sharedStart(context, backend, 'actions');
        if (stack === undefined || action === undefined) continue;
        await expect(stacks({ stack }, {}, call())).rejects.toMatchObject({ code: 'ambiguous' });
        const [one = '', ...others] = await namedBy(actions({ action }, {}, call()));
        expect(others).not.toEqual([]);
        for (const named of [one, ...others]) expect(await actions({ action: named }, {}, call())).toBeDefined();
        return;
      }
      expect.fail('no two ids begin with the same character');
    });
  });
}

/** What an ambiguous text could have been, by the hint of its error. */
async function namedBy(ambiguous: Promise<unknown>): Promise<string[]> {
  const error: unknown = await ambiguous.catch((reason: unknown) => reason);
  if (!isBerthError(error) || error.code !== 'ambiguous') throw new Error(`not ambiguous: ${String(error)}`);
  return (/^Use one of: (.*)\.$/.exec(error.hint ?? '')?.[1] ?? '').split(', ');
}

/** A character that two ids begin with, and that is no name. */
async function sharedStart(
  context: TestContext,
  backend: Backend,
  facet: 'stacks' | 'actions',
): Promise<string | undefined> {
  const items =
    facet === 'stacks'
      ? await collect(need(context, backend, 'stacks', 'list')({}, {}, call()))
      : await collect(need(context, backend, 'actions', 'list')({}, {}, call()));
  const starts = items.map(({ id }) => id.slice(0, 1));
  return starts.find((start, index) => starts.indexOf(start) < index);
}
