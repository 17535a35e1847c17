import { describe, expect, test } from 'vitest';
import { call, need, openBackend } from '../harness.js';
import { idsOf, releasesOf } from '../looks.js';
import { noun } from '../nouns.js';
import { pair } from '../projects.js';
import type { Subject } from '../subject.js';

const mebibyte = 1024 * 1024;

/** A row of a service without limits. */
const unlimited = {
  memoryBytes: null,
  memoryReservationBytes: null,
  cpus: null,
  cpuReservation: null,
  cpuShares: null,
};

/** What replicas may use. */
export function limitsContract(subject: Subject): void {
  describe('limits', () => {
    test('are set for several services at once, as one release, and kept over later ups', async (context) => {
      const backend = await openBackend(context, subject);
      const [get, set] = [need(context, backend, 'limits', 'get'), need(context, backend, 'limits', 'set')];
      const up = need(context, backend, 'stacks', 'up');
      const stack = 'duo';
      const project = await pair(stack, subject.images.steady, { memory: '64M' });
      await up({ project }, {}, call());
      const own = { ...unlimited, service: 'app', memoryBytes: 64 * mebibyte };
      expect(noun('limits', await get({ stack }, {}, call()))).toEqual([own]);
      const before = await idsOf(context, backend);

      const change = { stack, limits: { app: { memoryBytes: 128 * mebibyte }, mate: { memoryBytes: 32 * mebibyte } } };
      const planned = noun('limitsMutation', await set(change, { dryRun: true }, call()));
      expect(planned).toMatchObject({ subject: null, action: null });
      const done = noun('limitsMutation', await set(change, {}, call()));
      const [app, mate] = [
        { ...own, memoryBytes: 128 * mebibyte },
        { ...unlimited, service: 'mate', memoryBytes: 32 * mebibyte },
      ];
      expect(done).toMatchObject({ subject: [app, mate], plan: planned.plan, action: { state: 'Success' } });
      expect((await idsOf(context, backend)).filter((id) => before.includes(id))).toEqual([]);
      expect(await set(change, {}, call())).toMatchObject({ action: null, plan: [] });
      expect(await up({ project }, {}, call())).toMatchObject({ action: null, plan: [] });
      expect(await get({ stack }, {}, call())).toEqual([app, mate]);
      expect(await releasesOf(context, backend, stack)).toHaveLength(2);
    });

    test('of cores and of shares; null lifts one, also one of the file', async (context) => {
      const backend = await openBackend(context, subject);
      const [get, set] = [need(context, backend, 'limits', 'get'), need(context, backend, 'limits', 'set')];
      const stack = 'duo';
      const project = await pair(stack, subject.images.steady, { memory: '64M' });
      await need(context, backend, 'stacks', 'create')({ project }, {}, call());
      await set({ stack, limits: { app: { cpus: 0.5 }, mate: { cpus: 1.5 } } }, {}, call());
      await set({ stack, limits: { mate: { cpuShares: 512 } } }, {}, call());
      expect(noun('limits', await get({ stack }, {}, call()))).toMatchObject([
        { service: 'app', memoryBytes: 64 * mebibyte, cpus: 0.5, cpuShares: null },
        { service: 'mate', memoryBytes: null, cpus: 1.5, cpuShares: 512 },
      ]);
      await set(
        { stack, limits: { app: { cpus: null, cpuShares: null }, mate: { cpus: null, cpuShares: null } } },
        {},
        call(),
      );
      const lifted = await set({ stack, limits: { app: { memoryBytes: null } } }, {}, call());
      expect(noun('limitsMutation', lifted).subject).toEqual([]);
      expect(await get({ stack }, {}, call())).toEqual([]);
    });

    test('of a service that is not there are not found, and nothing is changed', async (context) => {
      const backend = await openBackend(context, subject);
      const set = need(context, backend, 'limits', 'set');
      const stack = 'duo';
      await need(
        context,
        backend,
        'stacks',
        'create',
      )({ project: await pair(stack, subject.images.steady) }, {}, call());
      const limits = { app: { memoryBytes: mebibyte }, mat: { memoryBytes: mebibyte } };
      const refused = set({ stack, limits }, {}, call());
      await expect(refused).rejects.toMatchObject({ code: 'not_found', hint: expect.stringContaining('mate') });
      await expect(set({ stack: 'nothing', limits }, {}, call())).rejects.toMatchObject({ code: 'not_found' });
      expect(await need(context, backend, 'limits', 'get')({ stack }, {}, call())).toEqual([]);
      expect(await releasesOf(context, backend, stack)).toHaveLength(1);
    });
  });
}
