import type { Capability } from '../../port/capabilities.js';
import { detail, list } from '../result.js';

export interface BackendEntry {
  readonly name: string;
  readonly description: string;
  /** True for the one that verbs talk to now. */
  readonly selected: boolean;
}

/** Which backend verbs talk to, and why. */
export interface BackendExplanation {
  readonly backend: string;
  /** The engine behind it; null for a platform. */
  readonly engine: string | null;
  /** What decided, in words. */
  readonly why: string;
  /** The variables that decided, values of secrets left out. */
  readonly variables: readonly { readonly name: string; readonly value: string }[];
  readonly user: string;
  readonly namespace: string;
  /** Where credentials are taken from; null where none are needed or none were found. */
  readonly credentials: string | null;
  /** berth's own folder. */
  readonly home: string;
}

export const backendList = list<BackendEntry>({
  columns: [
    { header: 'name', value: (backend) => backend.name },
    { header: 'selected', value: (backend) => (backend.selected ? '*' : '') },
    { header: 'description', value: (backend) => backend.description, shrink: true },
  ],
  id: (backend) => backend.name,
  name: (backend) => backend.name,
  empty: 'No backends.',
});

export const backendExplanation = detail<BackendExplanation>({
  fields: [
    { header: 'backend', value: (shown) => shown.backend },
    { header: 'engine', value: (shown) => shown.engine },
    { header: 'why', value: (shown) => shown.why },
    { header: 'variables', value: (shown) => shown.variables.map(({ name, value }) => `${name}=${value}`) },
    { header: 'credentials', value: (shown) => shown.credentials },
    { header: 'user', value: (shown) => shown.user },
    { header: 'namespace', value: (shown) => shown.namespace },
    { header: 'home', value: (shown) => shown.home },
  ],
  id: (shown) => shown.backend,
  name: (shown) => shown.backend,
  properties: {
    backend: null,
    engine: null,
    why: null,
    variables: null,
    user: null,
    namespace: null,
    credentials: null,
    home: null,
  },
});

export const capabilityList = list<Capability>({
  columns: [
    { header: 'facet', value: (capability) => capability.facet },
    { header: 'verb', value: (capability) => capability.verb },
    { header: 'options', value: (capability) => capability.options, shrink: true },
  ],
  id: (capability) => `${capability.facet}.${capability.verb}`,
  name: (capability) => `${capability.facet}.${capability.verb}`,
  empty: 'This backend has no verbs.',
});
