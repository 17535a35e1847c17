import type { Backend, Facets } from '../../../src/lib/port/backend.js';

/** A backend with these facets and nothing behind it. */
export function fakeBackend(facets: Facets, instead: Readonly<Record<string, string>> = {}): Backend {
  return {
    name: 'engine',
    description: 'the paper engine',
    principal: { user: 'alice', namespace: 'alice', admin: false },
    facets,
    takeNotices: async () => [],
    instead,
    close: async () => {},
  };
}
