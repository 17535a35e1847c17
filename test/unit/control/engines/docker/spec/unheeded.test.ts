import fs from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import type { Project, Service } from '../../../../../../src/lib/compose/project.js';
import { heededKeys } from '../../../../../../src/lib/control/engines/docker/spec/heeded-keys.js';
import { unheededKeys } from '../../../../../../src/lib/control/engines/docker/spec/unheeded.js';
import { loadText } from '../../../../compose/temporary-project.js';
import { treeOf } from './fake-inspect.js';

type Tree = Readonly<Record<string, unknown>>;

const newest = [1, 51] as const;

function projectOf(definition: Service): Project {
  return { name: 'shop', services: { web: { image: 'app', ...definition } } };
}

function unheededPaths(definition: Service, minor = 51): string[] {
  return unheededKeys(projectOf(definition), [1, minor]).map(({ path: key }) => key);
}

/** The published schema, as the loader validates by it. */
function schema(): Tree {
  const require = createRequire(import.meta.url);
  const folder = path.dirname(require.resolve('dclint/package.json'));
  return treeOf(JSON.parse(fs.readFileSync(path.join(folder, 'schemas/compose.schema.json'), 'utf8')));
}

/** Patterns of every attribute below `node` that no entry of the table covers. */
function uncovered(node: unknown, pattern: string, definitions: Tree): string[] {
  if (Object.hasOwn(heededKeys, pattern)) return [];
  const { properties, patternProperties, items, oneOf } = resolved(node, definitions);
  const below = (key: string, value: unknown): string[] =>
    uncovered(value, pattern === '' ? key : `${pattern}.${key}`, definitions);
  const named = Object.entries(treeOf(patternProperties)).filter(([name]) => name !== '^x-');
  const branches = [
    ...Object.entries(treeOf(properties)).flatMap(([key, value]) => below(key, value)),
    ...named.flatMap(([, value]) => below('*', value)),
    ...(items === undefined ? [] : below('[]', items)),
  ];
  const options = (Array.isArray(oneOf) ? oneOf : []).map((choice) => resolved(choice, definitions));
  const hasMapping = options.some(({ type }) => type === 'object');
  const choices = options.flatMap((choice) => {
    // Short forms are gone in the canonical model.
    const isShort = choice['type'] !== 'object' && (hasMapping || choice['type'] !== 'array');
    return isShort ? [] : uncovered(choice, pattern, definitions);
  });
  const all = [...branches, ...choices];
  const isLeaf = properties === undefined && named.length === 0 && items === undefined && oneOf === undefined;
  return isLeaf ? [pattern] : all;
}

function resolved(node: unknown, definitions: Tree): Tree {
  const { $ref: reference } = treeOf(node);
  return typeof reference === 'string' ? treeOf(definitions[reference.replace('#/definitions/', '')]) : treeOf(node);
}

describe('keys that a Docker engine leaves unheeded', () => {
  test('every key of the published schema is heeded or has a reason', () => {
    const whole = schema();
    const missing = uncovered(whole, '', treeOf(whole['definitions']));
    expect([...new Set(missing)]).toEqual([]);
  });

  test('a key of the schema that the table loses is noticed', () => {
    const whole = schema();
    const definitions = treeOf(whole['definitions']);
    const service = treeOf(definitions['service']);
    const more = { ...service, properties: { ...treeOf(service['properties']), brand_new: { type: 'string' } } };
    expect(uncovered(whole, '', { ...definitions, service: more })).toEqual(['services.*.brand_new']);
  });

  test('a whole project of what Docker does has none', async () => {
    const { project } = await loadText(`
services:
  web:
    image: app
    ports: ['8080-8089:80']
    volumes: ['data:/data', './src:/src:ro', {type: tmpfs, target: /t, tmpfs: {size: 1m}}]
    networks: {front: {aliases: [w], priority: 3}}
    depends_on: {db: {condition: service_healthy}}
    links: [db]
    healthcheck: {test: 'true', interval: 3s}
    deploy: {replicas: 2, resources: {limits: {cpus: '1', memory: 1g}}, update_config: {order: start-first}}
    attach: false
    pull_policy: always
    x-other: {anything: 1}
    labels: {x-mine: 'yes'}
    secrets: [token]
  db: {image: db}
networks: {front: {driver: bridge, enable_ipv6: false}}
volumes: {data: {driver_opts: {type: none}}}
secrets: {token: {environment: TOKEN, x-berth: {data: dG9rZW4=}}}
x-top: 1
`);
    expect(unheededKeys(project, newest)).toEqual([]);
  });

  test.each<[string, Service]>([
    ['deploy.placement.preferences', { deploy: { placement: { preferences: [{ spread: 'node.labels.zone' }] } } }],
    ['deploy.placement.max_replicas_per_node', { deploy: { placement: { max_replicas_per_node: 1 } } }],
    ['deploy.endpoint_mode', { deploy: { endpoint_mode: 'vip' } }],
    ['deploy.labels', { deploy: { labels: { a: 'b' } } }],
    ['deploy.restart_policy.delay', { deploy: { restart_policy: { condition: 'on-failure', delay: '5s' } } }],
    ['deploy.restart_policy.condition', { deploy: { restart_policy: { max_attempts: 3 } } }],
    ['deploy.update_config.order', { container_name: 'x', deploy: { update_config: { order: 'start-first' } } }],
    [
      'deploy.rollback_config.order',
      { ports: [{ target: 80, published: '8080' }], deploy: { rollback_config: { order: 'start-first' } } },
    ],
    ['deploy.resources.reservations.cpus', { deploy: { resources: { reservations: { cpus: '0.5' } } } }],
    ['build', { build: { context: '/src' } }],
    ['develop', { develop: { watch: [{ path: '/src', action: 'rebuild' }] } }],
    ['models', { models: { llm: null } }],
    ['credential_spec', { credential_spec: { file: 'x' } }],
    ['post_start', { post_start: [{ command: ['x'] }] }],
    ['pre_stop', { pre_stop: [{ command: ['x'] }] }],
    ['use_api_socket', { use_api_socket: true }],
    ['pull_policy', { pull_policy: 'daily' }],
    ['ports[0].name', { ports: [{ target: 80, name: 'http' }] }],
    ['x-berth.autodestroy', { 'x-berth': { autodestroy: 'ALWAYS' } }],
    ['made_up', { made_up: 1 }],
    ['volumes[0].made_up', { volumes: [{ type: 'bind', source: '/a', target: '/b', made_up: true }] }],
    ['ports', { network_mode: 'host', ports: [{ target: 80 }] }],
    ['depends_on.db.restart', { depends_on: { db: { condition: 'service_started', required: true, restart: true } } }],
  ])('%s', (key, definition) => {
    const found = unheededKeys(projectOf(definition), newest);
    expect(found.map(({ path: place }) => place)).toEqual([`services.web.${key}`]);
    expect(found[0]?.why).toMatch(/^[^.]{5,80}$/);
  });

  test.each<[string, number, Service]>([
    ['annotations', 43, { annotations: { a: 'b' } }],
    ['healthcheck.start_interval', 44, { healthcheck: { test: ['CMD', 'x'], start_interval: '1s' } }],
    ['networks.front.gw_priority', 48, { networks: { front: { gw_priority: 1 } } }],
    ['networks.front.interface_name', 49, { networks: { front: { interface_name: 'eth7' } } }],
    [
      'volumes[0].bind.recursive',
      44,
      { volumes: [{ type: 'bind', source: '/a', target: '/b', bind: { recursive: 'readonly' } }] },
    ],
    [
      'networks.front.mac_address',
      44,
      { networks: { back: { priority: 1 }, front: { mac_address: '02:42:ac:11:00:02' } } },
    ],
  ])('%s needs API 1.%i', (key, minor, definition) => {
    expect(unheededPaths(definition, minor - 1)).toEqual([`services.web.${key}`]);
    expect(unheededPaths(definition, minor)).toEqual([]);
  });

  test('keys of networks and secrets', () => {
    const project: Project = {
      name: 'shop',
      services: {},
      networks: { front: { name: 'front', enable_ipv4: false } },
      secrets: { token: { name: 'token', template_driver: 'golang', 'x-berth': { data: 'eA==', other: 1 } } },
    };
    expect(unheededKeys(project, [1, 41]).map(({ path: key }) => key)).toEqual([
      'networks.front.enable_ipv4',
      'secrets.token.template_driver',
      'secrets.token.x-berth.other',
    ]);
  });

  test('what says nothing is not told of', () => {
    const empty: Service = {
      deploy: { labels: {}, placement: {} },
      post_start: [],
      develop: {},
      use_api_socket: false,
    };
    expect(unheededPaths(empty)).toEqual([]);
  });
});
