import fc from 'fast-check';
import type { Project, Service } from '../../../src/lib/compose/project.js';

const rollout = { parallelism: 1, delay: '1s', monitor: '5s', failure_action: 'pause', order: 'stop-first' } as const;

/** Says something of every kind that may be shown. */
export const web: Service = {
  ...{ image: 'web:1', restart: 'always', user: 'app', working_dir: '/app', tty: true, mem_limit: '1g' },
  ...{
    expose: ['80'],
    environment: { LEVEL: '1' },
    depends_on: { db: { condition: 'service_started', required: true } },
  },
  ports: [{ mode: 'ingress', target: 80, published: '8080', protocol: 'tcp' }],
  volumes: [{ type: 'bind', source: '/srv', target: '/data', bind: { create_host_path: true } }],
  networks: { front: { aliases: ['www'] }, back: null },
  healthcheck: { interval: '5s', retries: 3 },
  logging: { driver: 'json-file' },
  secrets: [{ source: 'key', target: '/run/key' }],
  deploy: {
    ...{ mode: 'replicated', replicas: 2, update_config: rollout, restart_policy: { condition: 'any' } },
    placement: { constraints: ['node.role==worker'], preferences: [{ spread: 'node.id' }] },
    resources: { limits: { memory: '64M' }, reservations: { cpus: '0.5' } },
  },
};

export const shownThroughout: Project = {
  name: 'shop',
  services: { web, db: { image: 'db:1' } },
  networks: { front: { name: 'shop_front', driver: 'overlay', ipam: { config: [{ subnet: '10.0.0.0/24' }] } } },
  volumes: { data: { name: 'shop_data', driver: 'local' } },
  secrets: { key: { name: 'shop_key', file: '/etc/key' } },
};

/** In every value that is planted. */
export const marker = 'planted';

const keys = fc.oneof(
  fc.constantFrom('x-env', 'API_KEY', 'build', 'command', 'dockerfile_inline', 'labels', 'options', 'deploy.mode'),
  fc.constantFrom('*', '[]', 'constructor', 'toString'),
  fc.string({ maxLength: 6 }).map((text) => `x-${text}`),
);
const texts = fc.string({ maxLength: 4 }).map((text) => `${marker}${text}`);
const values = fc.oneof(
  texts,
  fc.array(texts, { minLength: 1, maxLength: 2 }),
  fc.dictionary(keys, texts, { minKeys: 1, maxKeys: 2 }),
);

/** A copy of an object with a value planted somewhere in it, under a key that is not known there. */
export function planted<T extends object>(tree: T): fc.Arbitrary<T> {
  const count = objectsIn(tree).length;
  return fc.record({ key: keys, value: values, where: fc.nat(count - 1) }).map(({ key, value, where }) => {
    const copy = structuredClone(tree);
    Object.assign(objectsIn(copy)[where] ?? copy, { [key]: value });
    return copy;
  });
}

/** All objects that are no lists, the tree itself first. */
function objectsIn(value: unknown): object[] {
  if (typeof value !== 'object' || value === null) return [];
  const inside = Object.values(value).flatMap(objectsIn);
  return Array.isArray(value) ? inside : [value, ...inside];
}
