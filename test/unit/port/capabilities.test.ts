import { describe, expect, expectTypeOf, it } from 'vitest';
import type { FacetName } from '../../../src/lib/port/backend.js';
import { capabilitiesOf, facetVerbs } from '../../../src/lib/port/capabilities.js';
import type { VerbName } from '../../../src/lib/port/gate.js';
import type { StacksFacet } from '../../../src/lib/port/stacks.js';
import { verb } from '../../../src/lib/port/verb.js';
import { fakeBackend } from './fake-backend.js';

const unused = async (): Promise<never> => Promise.reject(new Error('not called here'));

/** Verbs of the interfaces that the list forgot. */
type Forgotten = { [F in FacetName]: Exclude<VerbName<F>, (typeof facetVerbs)[F][number]> }[FacetName];

describe('capabilitiesOf', () => {
  it('lists verbs by facet and name, with sorted options', () => {
    const backend = fakeBackend({
      stacks: { terminate: verb(['wait', 'dryRun', 'volumes'], unused), get: verb([], unused) },
      domains: { add: verb([], unused) },
    });
    expect(capabilitiesOf(backend)).toEqual([
      { facet: 'domains', verb: 'add', options: [] },
      { facet: 'stacks', verb: 'get', options: [] },
      { facet: 'stacks', verb: 'terminate', options: ['dryRun', 'volumes', 'wait'] },
    ]);
  });

  it('is empty for a backend without facets, or with empty ones', () => {
    expect(capabilitiesOf(fakeBackend({}))).toEqual([]);
    expect(capabilitiesOf(fakeBackend({ stacks: {} }))).toEqual([]);
  });

  it('leaves the declaration of a verb as it is', () => {
    const up: NonNullable<StacksFacet['up']> = verb(['wait', 'services'], unused);
    capabilitiesOf(fakeBackend({ stacks: { up } }));
    expect(up.options).toEqual(['wait', 'services']);
  });
});

describe('facetVerbs', () => {
  it('forgets no verb (checked by the compiler)', () => {
    expectTypeOf<Forgotten>().toBeNever();
  });

  it('names each verb once', () => {
    for (const verbs of Object.values(facetVerbs)) expect(new Set<string>(verbs).size).toBe(verbs.length);
  });
});
