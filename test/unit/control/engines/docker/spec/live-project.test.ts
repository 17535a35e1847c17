import { describe, expect, test } from 'vitest';
import type { Service } from '../../../../../../src/lib/compose/project.js';
import { createBody } from '../../../../../../src/lib/control/engines/docker/spec/create-body.js';
import { liveProject, type LiveInput } from '../../../../../../src/lib/control/engines/docker/spec/live-project.js';
import { networkBody } from '../../../../../../src/lib/control/engines/docker/spec/networks.js';
import { withReferences } from '../../../../../../src/lib/control/engines/docker/spec/references.js';
import { volumeBody } from '../../../../../../src/lib/control/engines/docker/spec/volumes.js';
import { fakeInspect, image, scope, serviceResource, treeOf } from './fake-inspect.js';

type Tree = Readonly<Record<string, unknown>>;

function inspected(name: string, definition: Service, slot: number, given: Tree = {}): Tree {
  const service = serviceResource(definition, name);
  const files = { 'secret token': Buffer.from('x') };
  const plan = createBody({ scope, service, slot, apiVersion: [1, 41], epoch: 1, imageId: null, files });
  const body = withReferences(plan.body, plan.references, (other) => [`shop-${other}-1`]);
  return { ...fakeInspect({ ...plan, body }, `${name}${slot}`.padEnd(64, '0')), ...given };
}

/** A container as docker-compose 1.29 makes it. */
function byCompose(name: string, given: Tree): Tree {
  const labels = {
    'com.docker.compose.project': 'shop',
    'com.docker.compose.service': name,
    'com.docker.compose.container-number': '1',
    'com.docker.compose.oneoff': 'False',
    'com.docker.compose.version': '1.29.2',
  };
  return {
    Id: name.padEnd(64, 'f'),
    Name: `/shop_${name}_1`,
    Image: 'sha256:image',
    Config: { ...image, Hostname: name.padEnd(12, 'f'), Image: 'app', Labels: { ...image.Labels, ...labels } },
    HostConfig: { NetworkMode: 'shop_default', RestartPolicy: { Name: 'no' }, ...given },
    NetworkSettings: { Networks: { shop_default: { Aliases: [name, name.padEnd(12, 'f')] } } },
  };
}

function liveOf(containers: readonly Tree[], given: Partial<LiveInput> = {}): ReturnType<typeof liveProject> {
  const networks = [networkBody(scope, 'default', { name: 'shop_default' }, [1, 41])];
  const volumes = [volumeBody(scope, 'data', { name: 'shop_data' })];
  const images = { 'sha256:image': { Config: image } };
  const info = { LoggingDriver: 'json-file', DefaultRuntime: 'runc', CgroupVersion: '1', Name: 'machine' };
  return liveProject({ scope, containers, images, networks, volumes, info, known: {}, knownFiles: {}, ...given });
}

describe('what runs under a name', () => {
  const web: Service = {
    image: 'app',
    networks: { default: null },
    volumes: [{ type: 'volume', source: 'data', target: '/data', volume: {} }],
    links: ['db:database'],
    depends_on: { db: { condition: 'service_healthy', required: true, restart: true } },
  };
  const db: Service = { image: 'db', networks: { default: null } };

  test('is a project that makes it again', () => {
    const side: Service = {
      image: 'side',
      network_mode: 'service:web',
      depends_on: { web: { condition: 'service_started', required: true, restart: true } },
    };
    const live = liveOf([
      inspected('web', web, 2),
      inspected('web', web, 1),
      inspected('db', db, 1),
      inspected('side', side, 1),
    ]);
    expect(live?.project).toEqual({
      name: 'shop',
      services: { db, side, web: { ...web, scale: 2 } },
      networks: { default: { name: 'shop_default' } },
      volumes: { data: { name: 'shop_data' } },
    });
    expect(live?.unsaid).toEqual([]);
    expect(live?.containers['web']?.map(({ slot }) => slot)).toEqual([1, 2]);
  });

  test('made by docker-compose', () => {
    const container = byCompose('web', {
      Binds: ['shop_data:/data:rw', '/src:/src:ro', 'other:/o:rw'],
      VolumesFrom: [],
      LogConfig: { Type: 'json-file', Config: {} },
    });
    const dbContainer = byCompose('db', {});
    const networks = treeOf(treeOf(container['NetworkSettings'])['Networks']);
    const linked = {
      ...container,
      NetworkSettings: {
        Networks: {
          shop_default: {
            ...treeOf(networks['shop_default']),
            Links: ['shop_db_1:database', 'shop_db_1:db_1', 'shop_db_1:shop_db_1'],
          },
        },
      },
    };
    expect(liveOf([linked, dbContainer])?.project).toEqual({
      name: 'shop',
      services: {
        db: { image: 'app', networks: { default: null } },
        web: {
          image: 'app',
          networks: { default: null },
          links: ['db:database'],
          depends_on: { db: { condition: 'service_started', required: true, restart: true } },
          volumes: [
            { type: 'volume', source: 'data', target: '/data', volume: {} },
            { type: 'volume', source: 'other', target: '/o', volume: {} },
            { type: 'bind', source: '/src', target: '/src', read_only: true, bind: { create_host_path: true } },
          ],
        },
      },
      networks: { default: { name: 'shop_default' } },
      volumes: { data: { name: 'shop_data' }, other: { name: 'other', external: true } },
    });
  });

  test('secrets are those that berth applied', () => {
    const definition: Service = {
      image: 'app',
      networks: { default: null },
      secrets: [{ source: 'token' }],
      read_only: true,
    };
    const live = liveOf([inspected('web', definition, 1)], {
      known: { web: definition },
      knownFiles: { secrets: { token: { name: 'shop_token', file: '/token' } } },
    });
    expect(live?.project.services['web']).toEqual(definition);
    expect(live?.project.secrets).toEqual({ token: { name: 'shop_token', file: '/token' } });
    expect(live?.unsaid.map(({ path }) => path)).toEqual(['services.web.secrets']);
    // A container alone does not tell of them.
    expect(liveOf([inspected('web', definition, 1)])?.project.services['web']).not.toHaveProperty('secrets');
  });

  test('containers that differ, and what no file can say', () => {
    const old = inspected('db', db, 1, { Created: '2026-01-01T00:00:00Z' });
    const fresh = inspected('db', { ...db, image: 'db:2' }, 2, { Created: '2026-02-01T00:00:00Z' });
    const odd = { ...fresh, HostConfig: { ...treeOf(fresh['HostConfig']), AutoRemove: true } };
    const live = liveOf([old, odd]);
    expect(live?.project.services['db']).toMatchObject({ image: 'db:2', scale: 2 });
    expect(live?.unsaid.map(({ path }) => path)).toEqual(['services.db (HostConfig.AutoRemove)', 'services.db']);
  });

  test('one-off containers, and those of others, are nothing of it', () => {
    const labels = { 'com.docker.compose.project': 'other', 'com.docker.compose.service': 'x' };
    const oneOff = {
      ...byCompose('web', {}),
      Config: { Labels: { ...labels, 'com.docker.compose.project': 'shop', 'com.docker.compose.oneoff': 'True' } },
    };
    expect(liveOf([oneOff, { Id: 'x', Config: { Labels: labels } }, { no: 'container' }])).toBeNull();
  });

  test('a daemon that says strange things', () => {
    const { Id: id, Config: config, Image: imageId } = byCompose('web', {});
    const live = liveOf(
      [{ Id: id, Config: config, Image: imageId, HostConfig: 7, NetworkSettings: null, Name: null }],
      { info: null },
    );
    expect(live?.project.services['web']).toEqual({ image: 'app', network_mode: 'bridge' });
  });
});
