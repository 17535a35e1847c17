import { describe, expect, test } from 'vitest';
import { capabilitiesOf } from '../../../src/lib/port/capabilities.js';
import { gate } from '../../../src/lib/port/gate.js';
import { openBackend, openWorld } from '../harness.js';
import type { Subject } from '../subject.js';
import { alice, bob } from '../subject.js';
import { expectReviewed } from '../support/snapshot.js';

export function capabilitiesContract(subject: Subject): void {
  describe('a backend', () => {
    test('offers the verbs and options that were reviewed', async (context) => {
      const backend = await openBackend(context, subject);
      expectReviewed(`capabilities.${subject.slug}.json`, capabilitiesOf(backend));
    });

    test('is opened for the principal that calls, and can be closed twice', async (context) => {
      const world = await openWorld(context, subject);
      const [hers, his] = [await world.backend(), await world.backend(bob)];
      expect([hers.principal, his.principal]).toEqual([alice, bob]);
      expect(hers.description).not.toBe('');
      await hers.close();
      await hers.close();
    });

    test('answers for what it lacks through the gate: unsupported, with something to do instead', async (context) => {
      const backend = await openBackend(context, subject);
      // A misspelt option is one that no backend has.
      const options = { misspelt: true };
      for (const facet of ['stacks', 'services', 'containers', 'logs', 'actions'] as const) {
        if (backend.facets[facet] === undefined) continue;
        expect(() =>
          facet === 'logs' ? gate(backend, facet, 'read', options) : gate(backend, facet, 'list', options),
        ).toThrow(expect.objectContaining({ code: 'unsupported', hint: expect.stringMatching(/\.$/) }));
      }
      const missing = (['stacks', 'builds', 'search'] as const).find((facet) => backend.facets[facet] === undefined);
      if (missing === undefined) return;
      const ask = (): unknown =>
        missing === 'search' ? gate(backend, 'search', 'find') : gate(backend, missing, 'list');
      expect(ask).toThrow(expect.objectContaining({ code: 'unsupported', hint: expect.stringMatching(/\.$/) }));
    });
  });
}
