import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalise } from '../../../src/lib/compose/canonical.js';
import { expandPort } from '../../../src/lib/compose/canonical/ports.js';
import { isHostPath, splitVolume } from '../../../src/lib/compose/canonical/volume-spec.js';
import { expandVolume } from '../../../src/lib/compose/canonical/volumes.js';
import { isTree, type Tree } from '../../../src/lib/compose/tree.js';
import { dropDuplicates } from '../../../src/lib/compose/unicity.js';

const port = (target: number, published?: string, more: Tree = {}): Tree => ({
  mode: 'ingress',
  target,
  protocol: 'tcp',
  ...(published === undefined ? {} : { published }),
  ...more,
});

describe('ports', () => {
  test.each([
    [80, [port(80)]],
    ['80', [port(80)]],
    ['8080:80', [port(80, '8080')]],
    ['53:53/UDP', [port(53, '53', { protocol: 'udp' })]],
    ['127.0.0.1:8080:80', [port(80, '8080', { host_ip: '127.0.0.1' })]],
    ['127.0.0.1::80', [port(80, undefined, { host_ip: '127.0.0.1' })]],
    ['[::1]:8080:80', [port(80, '8080', { host_ip: '::1' })]],
    ['3000-3001', [port(3000), port(3001)]],
    ['9090-9091:8080-8081', [port(8080, '9090'), port(8081, '9091')]],
    ['8000-8010:80', [port(80, '8000-8010')]],
  ])('%j', (item, expected) => {
    expect(expandPort(item, ['ports', 0])).toEqual(expected);
  });

  test.each([
    ['70000:80', 'ports[0]: port 70000 is out of range (1-65535)'],
    ['80:0', 'ports[0]: port 0 is out of range (1-65535)'],
    ['http', 'ports[0]: Invalid containerPort: http'],
    ['90-80:80', 'ports[0]: Invalid hostPort: 90-80'],
    ['80-82:80-81', 'ports[0]: Invalid ranges specified'],
    ['999.1.1.1:80:80', 'ports[0]: Invalid ip address: 999.1.1.1'],
    ['::1:80:80', 'ports[0]: Invalid ip address'],
    ['80/icmp', 'ports[0]: Invalid proto: icmp'],
    ['', 'ports[0]: No port specified'],
    [80.5, 'ports[0]: invalid type float64 for port'],
  ])('%j fails', (item, message) => {
    expect(() => expandPort(item, ['ports', 0])).toThrow(message);
  });

  test('equal ranges give one entry per port, in order', () => {
    const range = fc.record({
      host: fc.integer({ min: 1, max: 60000 }),
      container: fc.integer({ min: 1, max: 60000 }),
      size: fc.integer({ min: 1, max: 50 }),
    });
    fc.assert(
      fc.property(range, ({ host, container, size }) => {
        const text = `${host}-${host + size - 1}:${container}-${container + size - 1}`;
        const entries = expandPort(text, ['ports', 0]);
        expect(entries).toEqual(Array.from({ length: size }, (_, at) => port(container + at, String(host + at))));
      }),
    );
  });
});

describe('volumes', () => {
  test.each([
    ['/data', { source: '', target: '/data', options: [] }],
    ['data:/d', { source: 'data', target: '/d', options: [] }],
    ['./x:/x:ro,z', { source: './x', target: '/x', options: ['ro', 'z'] }],
    ['C:\\x:D:\\y:ro', { source: 'C:\\x', target: 'D:\\y', options: ['ro'] }],
    ['v:/v', { source: '', target: 'v:/v', options: [] }],
  ])('%j is split', (text, expected) => {
    expect(splitVolume(text)).toEqual(expected);
  });

  test.each(['./x', '../x', '/x', '~/x', '~', '\\\\.\\pipe', 'C:\\x'])('%s is a path of the host', (source) => {
    expect(isHostPath(source)).toBe(true);
    expect(isHostPath('data')).toBe(false);
  });

  test('long forms', () => {
    expect(expandVolume('./x:/x//y/../z/:ro', ['volumes', 0])).toEqual({
      type: 'bind',
      source: './x',
      target: '/x/z',
      read_only: true,
      bind: { create_host_path: true },
    });
    expect(expandVolume('data:/d:nocopy', ['volumes', 0])).toEqual({
      type: 'volume',
      source: 'data',
      target: '/d',
      volume: { nocopy: true },
    });
  });

  test.each([
    ['', 'invalid empty volume spec'],
    ['data:/b:ro:x', 'too many colons'],
    ['data::/b', 'empty section between colons'],
  ])('%j fails', (text, message) => {
    expect(() => expandVolume(text, ['volumes', 0])).toThrow(`volumes[0]: `);
    expect(() => expandVolume(text, ['volumes', 0])).toThrow(message);
  });
});

describe('canonicalise', () => {
  const short: Tree = {
    services: {
      web: {
        build: '.',
        depends_on: ['db'],
        networks: ['front'],
        ports: ['80', '3000-3001'],
        volumes: ['data:/d'],
        secrets: ['key'],
        configs: ['conf'],
        env_file: 'a.env',
        dns: ['', '1.1.1.1'],
        devices: ['/dev/a:/dev/b'],
        gpus: 'all',
      },
    },
    networks: { front: { external: { name: 'other' } } },
  };

  test('expands short forms', () => {
    const warnings: string[] = [];
    const result = canonicalise(short, { warn: (message) => warnings.push(message), templates: false });
    expect(result).toEqual({
      services: {
        web: {
          build: { context: '.' },
          depends_on: { db: { condition: 'service_started', required: true } },
          networks: { front: null },
          ports: [port(80), port(3000), port(3001)],
          volumes: [{ type: 'volume', source: 'data', target: '/d', volume: {} }],
          secrets: [{ source: 'key' }],
          configs: [{ source: 'conf' }],
          env_file: [{ path: 'a.env' }],
          dns: ['1.1.1.1'],
          devices: [{ source: '/dev/a', target: '/dev/b', permissions: 'rwm' }],
          gpus: [{ count: -1 }],
        },
      },
      networks: { front: { external: true, name: 'other' } },
    });
    expect(warnings).toEqual(['networks.front: external.name is deprecated. Please set name and external: true']);
  });

  test('twice is once', () => {
    const context = { warn: () => undefined, templates: false };
    const once = canonicalise(short, context);
    expect(canonicalise(once, context)).toEqual(once);
  });
});

describe('dropDuplicates', () => {
  test('the later item takes the place of the first with its key', () => {
    const result = dropDuplicates({
      services: {
        web: {
          ports: [port(80, '1'), port(81), port(80, '1', { name: 'x' })],
          volumes: ['data:/x', 'logs:/y', { type: 'bind', source: '/c', target: '/x' }],
          environment: ['A=1', 'B=2', 'A=3'],
          cap_add: ['X', 'X'],
          security_opt: ['s', 's'],
        },
      },
    });
    expect(result).toEqual({
      services: {
        web: {
          ports: [port(80, '1', { name: 'x' }), port(81)],
          volumes: [{ type: 'bind', source: '/c', target: '/x' }, 'logs:/y'],
          environment: ['A=3', 'B=2'],
          cap_add: ['X'],
          security_opt: ['s', 's'],
        },
      },
    });
    expect(isTree(result)).toBe(true);
  });
});
