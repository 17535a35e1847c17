import { describe, expect, test } from 'vitest';
import { call, need, openBackend } from '../harness.js';
import { environmentOf, releasesOf } from '../looks.js';
import { noun, nouns } from '../nouns.js';
import { single } from '../projects.js';
import type { Subject } from '../subject.js';

/** Stacks as those use them who think in apps: made empty, configured, then deployed to. */
export function appsContract(subject: Subject): void {
  describe('an app', () => {
    test('is created empty under a name that is chosen for it, and listed', async (context) => {
      const backend = await openBackend(context, subject);
      const options = { generateName: true };
      const create = need(context, backend, 'stacks', 'create', options);
      const project = { name: '', services: {} };
      const [one, other] = [await create({ project }, options, call()), await create({ project }, options, call())];
      const names = [one, other].map((created) => noun('stackMutation', created).subject?.name ?? '');
      expect(new Set(names).size).toBe(2);
      for (const name of names) expect(name).toMatch(/^[a-z0-9][a-z0-9_-]*$/);
      expect([one.subject, other.subject]).toMatchObject(Array(2).fill({ state: 'Not running', services: [] }));
      const list = need(context, backend, 'stacks', 'list', { apps: true });
      const listed = await nouns('stack', list({}, { apps: true }, call()));
      expect(listed.map(({ name }) => name)).toEqual([...names].sort());
      expect(await nouns('stack', list({}, {}, call()))).toEqual(listed);
    });

    test('has its config before it has services: what is deployed to it gets it', async (context) => {
      const backend = await openBackend(context, subject);
      const target = { stack: 'solo' };
      const project = { name: 'solo', services: {} };
      await need(context, backend, 'stacks', 'create')({ project }, {}, call());
      const set = need(context, backend, 'config', 'set');
      const done = noun('configMutation', await set({ target, values: { MODE: 'set' } }, {}, call()));
      expect(done.subject).toEqual({ variables: [{ key: 'MODE', value: 'set', origin: 'set' }], release: 2 });
      await need(
        context,
        backend,
        'stacks',
        'up',
      )({ project: await single('solo', subject.images.steady) }, {}, call());
      expect(await environmentOf(context, backend, 'app')).toEqual({ MODE: 'set' });
      expect((await releasesOf(context, backend, 'solo')).map(({ version }) => version)).toEqual([3, 2, 1]);
    });
  });
}
