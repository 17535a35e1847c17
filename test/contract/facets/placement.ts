import { describe, expect, test } from 'vitest';
import { call, need, openBackend } from '../harness.js';
import { containersOf, releasesOf } from '../looks.js';
import { noun } from '../nouns.js';
import { single } from '../projects.js';
import type { Subject } from '../subject.js';

/** Which nodes may run a stack. */
export function placementContract(subject: Subject): void {
  describe('placement', () => {
    test('keeps a stack to the nodes that have the labels, over later ups', async (context) => {
      const backend = await openBackend(context, subject);
      const [get, set] = [need(context, backend, 'placement', 'get'), need(context, backend, 'placement', 'set')];
      const up = need(context, backend, 'stacks', 'up');
      const { key, value, nodes } = subject.nodeLabel;
      const stack = 'solo';
      const project = await single(stack, subject.images.steady, { replicas: 3 });
      await up({ project }, {}, call());
      expect(noun('placement', await get({ stack }, {}, call()))).toEqual({ labels: {} });

      const change = { stack, labels: { [key]: value } };
      const planned = noun('placementMutation', await set(change, { dryRun: true }, call()));
      expect(planned).toMatchObject({ subject: null, action: null });
      expect(await get({ stack }, {}, call())).toEqual({ labels: {} });
      const done = noun('placementMutation', await set(change, {}, call()));
      expect(done).toMatchObject({ subject: { labels: { [key]: value } }, plan: planned.plan });
      const containers = await containersOf(context, backend);
      expect(containers).toHaveLength(3);
      for (const { node } of containers) expect(nodes).toContain(node);
      expect(await set(change, {}, call())).toMatchObject({ action: null, plan: [] });
      expect(await up({ project }, {}, call())).toMatchObject({ action: null, plan: [] });
      expect(await releasesOf(context, backend, stack)).toHaveLength(2);
    });

    test('that no node fits is unplaceable, and is taken away again', async (context) => {
      const backend = await openBackend(context, subject);
      const set = need(context, backend, 'placement', 'set');
      const { key } = subject.nodeLabel;
      const stack = 'solo';
      await need(context, backend, 'stacks', 'up')({ project: await single(stack, subject.images.steady) }, {}, call());
      const refused = set({ stack, labels: { [key]: 'none' } }, {}, call());
      await expect(refused).rejects.toMatchObject({
        code: 'unplaceable',
        data: { verdict: { outcome: 'unplaceable', services: [{ service: 'app', outcome: 'unplaceable' }] } },
      });
      const [release] = await releasesOf(context, backend, stack);
      expect(release).toMatchObject({ version: 2, failed: true });
      const lifted = noun('placementMutation', await set({ stack, labels: { [key]: null } }, {}, call()));
      expect(lifted.subject).toEqual({ labels: {} });
      const after = await need(context, backend, 'stacks', 'get')({ stack }, {}, call());
      expect(after).toMatchObject({ state: 'Running', synchronized: true });
    });
  });
}
