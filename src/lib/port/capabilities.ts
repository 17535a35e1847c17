import type { Backend, FacetName } from './backend.js';
import { declaredOptions, type VerbName } from './gate.js';

/** A verb that a backend has, with the options it takes. */
export interface Capability {
  readonly facet: string;
  readonly verb: string;
  /** Sorted. */
  readonly options: readonly string[];
}

/** What a backend can do, read off its facets: by facet and verb. */
export function capabilitiesOf(backend: Backend): Capability[] {
  return Object.entries(backend.facets)
    .flatMap(([facet, verbs]: [string, object]) =>
      Object.entries(verbs)
        .filter(([, verb]) => typeof verb === 'function')
        .map(([verb, run]) => ({ facet, verb, options: [...declaredOptions(run)].sort() })),
    )
    .sort((a, b) => compare(a.facet, b.facet) || compare(a.verb, b.verb));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Every verb of the port, so that a matrix can also show what a backend lacks. The types hold it to the facets. */
export const facetVerbs = {
  account: ['register', 'login', 'logout', 'whoami', 'changePassword', 'update', 'cancel', 'regenerateToken', 'users'],
  stacks: [
    'list',
    'get',
    'create',
    'up',
    'update',
    'start',
    'stop',
    'redeploy',
    'terminate',
    'export',
    'transfer',
    'adopt',
    'rebalance',
    'promote',
  ],
  services: ['list', 'get', 'create', 'run', 'update', 'scale', 'autoscale', 'start', 'stop', 'redeploy', 'terminate'],
  containers: [
    'list',
    'get',
    'start',
    'stop',
    'restart',
    'kill',
    'pause',
    'unpause',
    'redeploy',
    'terminate',
    'exec',
    'run',
  ],
  logs: ['read'],
  config: ['get', 'set'],
  limits: ['get', 'set'],
  placement: ['get', 'set'],
  builds: ['list', 'get', 'create'],
  releases: ['list', 'get', 'diff', 'rollback'],
  actions: ['list', 'get', 'logs', 'cancel', 'retry', 'run'],
  events: ['list'],
  nodes: ['list', 'get', 'update', 'move', 'deploy', 'upgrade', 'checkHealth', 'remove', 'join'],
  nodeClusters: [
    'list',
    'get',
    'create',
    'deploy',
    'scale',
    'upgrade',
    'terminate',
    'providers',
    'regions',
    'zones',
    'nodeTypes',
  ],
  pools: ['list', 'get', 'create', 'update', 'remove'],
  images: ['list', 'get', 'pull', 'push', 'tag', 'run', 'remove'],
  registries: [
    'list',
    'get',
    'create',
    'login',
    'update',
    'remove',
    'refresh',
    'repositories',
    'repository',
    'addRepository',
    'updateRepository',
    'removeRepository',
  ],
  domains: ['list', 'add', 'remove', 'routing', 'setRouting'],
  certificates: ['list', 'get', 'add', 'remove', 'attach', 'detach'],
  keys: ['list', 'get', 'add', 'remove'],
  permissions: ['list', 'grant', 'revoke'],
  triggers: ['list', 'get', 'create', 'update', 'remove', 'call'],
  keyValues: ['get', 'list', 'keys', 'put', 'remove'],
  catalog: ['list', 'entries', 'register', 'deregister'],
  labels: ['list', 'create', 'get', 'set'],
  definitions: ['list', 'get', 'create', 'update', 'remove', 'deploy'],
  search: ['find'],
  backup: ['export', 'import'],
  status: ['list', 'server'],
} as const satisfies { readonly [F in FacetName]: readonly VerbName<F>[] };
