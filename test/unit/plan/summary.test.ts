import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Project, Service } from '../../../src/lib/compose/project.js';
import { noReleaseOverlays, type ReleaseOverlays } from '../../../src/lib/plan/overlays.js';
import { summarise } from '../../../src/lib/plan/summary.js';
import { needs, project } from './sample.js';

function between(before: Project, after: Project): string {
  return summarise(
    { definition: before, overlays: noReleaseOverlays },
    { definition: after, overlays: noReleaseOverlays },
  );
}

function many(count: number, service: Service): Record<string, Service> {
  return Object.fromEntries(Array.from({ length: count }, (_, index) => [`service-${index}`, service]));
}

describe('the summary of a release', () => {
  const one = project({ web: { image: 'a:1' }, cache: { image: 'c' } });

  test('names what changed, was added and was removed', () => {
    const other = project({ web: { image: 'a:2' }, worker: { image: 'w' } }, { networks: { back: { name: 'b' } } });
    expect(between(one, other)).toBe('changed web (image: a:1 -> a:2), added worker, removed cache, changed networks');
    expect(summarise(null, { definition: one, overlays: noReleaseOverlays })).toBe('created with cache, web');
    expect(summarise(null, { definition: project({}), overlays: noReleaseOverlays })).toBe('created without services');
  });

  test('also names what is no reason to replace a replica', () => {
    const other = project({
      web: { image: 'a:1', scale: 3, profiles: ['x'], depends_on: { cache: needs('service_started') } },
      cache: { image: 'c', command: null },
    });
    expect(between(one, other)).toBe('changed web (replicas: 1 -> 3, depends_on changed, profiles changed)');
  });

  test('folds what does not fit', () => {
    const wide = project(many(40, { image: 'a' }));
    expect(summarise(null, { definition: wide, overlays: noReleaseOverlays })).toBe(
      'created with service-0, service-1, service-10, service-11, service-12, service-13, service-14, service-15 and 32 more',
    );
    expect(between(wide, project(many(40, { image: 'b' })))).toBe(
      'changed service-0 (image: a -> b), changed service-1 (image: a -> b), changed service-10 (image: a -> b) and 37 more',
    );
    const long = 'x'.repeat(200);
    expect(between(one, project({ ...one.services, web: { image: long } }))).toMatch(
      /^changed web \(image: a:1 -> x+\.\.\.\)$/,
    );
  });

  test('is one line of at most 120 characters, and tells no value that may be secret', () => {
    const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', '\u2028', 'é', '\t'), minLength: 1, maxLength: 80 });
    const secret = fc.stringMatching(/^[a-z]{12}$/).map((word) => `secret-${word}`);
    const values = fc.dictionary(text, secret, { maxKeys: 8 });
    const projects = fc
      .dictionary(text, fc.record({ image: text, environment: values, labels: values, command: fc.array(secret) }))
      .map((services) => project(services));
    const overlays: fc.Arbitrary<ReleaseOverlays> = fc.record({
      config: fc.dictionary(text, values),
      limits: fc.dictionary(text, fc.record({ cpus: fc.nat() })),
      placement: fc.dictionary(text, text),
    });
    const contents = fc.record({ definition: projects, overlays });
    fc.assert(
      fc.property(fc.option(contents), contents, (before, after) => {
        const summary = summarise(before, after);
        expect(summary).toMatch(/^.{1,120}$/u);
        expect(summary).not.toContain('secret-');
      }),
    );
  });
});
