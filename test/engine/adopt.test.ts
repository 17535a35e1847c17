import { describe, expect, test, type TestContext } from 'vitest';
import { eventually } from '../contract/harness.js';
import { compose, composeReason } from './support/compose.js';
import { engineImages } from './support/images.js';
import { containerNames, type EngineShell, engineShell } from './support/shell.js';

const composeFile = (greeting: string): string => `
version: '2.4'
services:
  web:
    image: ${engineImages.web}
    environment: { GREETING: ${greeting}, EMPTY: '' }
    ports: ['9393:8080']
    networks: [front, back]
    depends_on: [db]
    labels: { team: shop }
    healthcheck: { test: ['CMD', 'true'], interval: 200ms, retries: 2 }
  db:
    image: ${engineImages.steady}
    scale: 2
    volumes: ['data:/data', './conf:/conf:ro', '/scratch']
    networks: { back: { aliases: [database] } }
    restart: always
    cap_add: [NET_ADMIN]
    sysctls: { net.core.somaxconn: 1024 }
    ulimits: { nofile: 1000 }
    mem_limit: 64m
    cpus: 0.5
networks: { front: {}, back: { internal: true, labels: { team: shop } } }
volumes: { data: {} }
`;

async function composed(context: TestContext): Promise<EngineShell> {
  const reason = composeReason();
  if (reason !== null) context.skip(reason);
  const shell = await engineShell(context);
  shell.write('compose.yaml', composeFile('hello'));
  shell.write('conf/file', 'settings');
  await compose(shell, '-p', 'shop', 'up', '--detach');
  return shell;
}

/** Ids of the containers that run, by name. */
async function running({ engine }: EngineShell): Promise<Readonly<Record<string, string>>> {
  const lines = (await engine.docker('ps', '--no-trunc', '--format', '{{.Names}} {{.ID}}')).trim().split('\n');
  return Object.fromEntries(
    lines
      .filter((line) => line !== '')
      .map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ') + 1)]),
  );
}

describe('what docker-compose 1 has deployed', () => {
  test('is taken over as it runs; then only what differs is replaced, and all is removed', async (context) => {
    const shell = await composed(context);
    // What it recreates has a mark of it, and volumes with the names that Docker gave them.
    await compose(shell, '-p', 'shop', 'up', '--detach', '--force-recreate');
    await eventually('it healthy', async () => {
      const health = await shell.engine.docker('inspect', '--format', '{{.State.Health.Status}}', 'shop_web_1');
      return health.trim() === 'healthy' ? true : undefined;
    });
    const before = await running(shell);
    expect(await shell.ok('stack', 'adopt', 'shop', '--dry-run')).toContain('taken over with its 2 containers');
    expect(await shell.json('stack', 'ls')).toEqual([]);
    await shell.ok('stack', 'adopt', 'shop');
    expect(await running(shell)).toEqual(before);
    expect(await shell.json('stack', 'ls')).toMatchObject([{ name: 'shop', services: ['db', 'web'] }]);

    // The file that it came from.
    const same = await shell.ok('up', '-n', 'shop', '--dry-run');
    expect(same).not.toMatch(/(create|update|remove|redeploy) /);
    await shell.ok('up', '-n', 'shop');
    expect(await running(shell)).toEqual(before);
    expect(await compose(shell, '-p', 'shop', 'ps', '--services')).toContain('web');

    shell.write('compose.yaml', composeFile('changed'));
    await shell.ok('up', '-n', 'shop');
    const after = await running(shell);
    expect(Object.keys(after).sort()).toEqual(['shop-web-1', 'shop_db_1', 'shop_db_2']);
    for (const name of ['shop_db_1', 'shop_db_2']) expect(after[name]).toBe(before[name]);
    expect(await shell.ok('exec', 'web-1', '--', 'sh', '-c', 'echo $GREETING')).toBe('changed\n');
    expect(await shell.ok('exec', 'web-1', 'nslookup', 'database')).toContain('Address');

    await shell.ok('service', 'scale', 'db=3');
    expect(await containerNames(shell.engine)).toEqual(['shop-db-3', 'shop-web-1', 'shop_db_1', 'shop_db_2']);
    await shell.ok('stack', 'terminate', 'shop', '--yes', '--volumes');
    expect(await containerNames(shell.engine)).toEqual([]);
    const { docker } = shell.engine;
    expect((await docker('network', 'ls', '-q', '--filter', 'name=shop')).trim()).toBe('');
    expect((await docker('volume', 'ls', '-q', '--filter', 'name=shop')).trim()).toBe('');
  });

  test('is there once, and only under its name', async (context) => {
    const shell = await composed(context);
    expect(await shell.berth('stack', 'adopt', 'nobody')).toMatchObject({
      exitCode: 4,
      stderr: expect.stringContaining('nothing runs under the name "nobody"'),
    });
    // Not known, it is not trampled on.
    const up = await shell.berth('up', '-n', 'shop');
    expect(up.exitCode).not.toBe(0);
    expect(Object.keys(await running(shell)).sort()).toEqual(['shop_db_1', 'shop_db_2', 'shop_web_1']);
    await shell.ok('stack', 'adopt', 'shop');
    expect(await shell.berth('stack', 'adopt', 'shop')).toMatchObject({
      stderr: expect.stringContaining('there is a stack "shop" already'),
    });
  });
});

const richFile = `
name: rich
services:
  web:
    image: ${engineImages.web}
    hostname: web-host
    user: '65534'
    working_dir: /tmp
    command: [web]
    environment: { ONE: '1', SPACED: a b }
    labels: { tier: front }
    networks: { front: { aliases: [site] }, fixed: { ipv4_address: 10.77.1.5 } }
    ports: ['127.0.0.1:9395:8080', '5353/udp']
    expose: ['7000']
    depends_on: { db: { condition: service_healthy } }
    healthcheck: { test: 'exit 0', interval: 1s, timeout: 2s, retries: 4, start_period: 3s }
    secrets: [{ source: password, target: pass, mode: 0400 }]
    configs: [{ source: settings, target: /etc/settings }]
    extra_hosts: ['elsewhere:10.1.2.3']
    dns: [10.9.9.9]
    cap_drop: [NET_RAW]
    read_only: false
    tmpfs: ['/cache:size=1m']
    shm_size: 16m
    stop_signal: SIGINT
    stop_grace_period: 3s
    init: true
    restart: on-failure:3
    logging: { driver: json-file, options: { max-size: 1m } }
    ulimits: { nofile: { soft: 100, hard: 200 } }
    sysctls: { net.core.somaxconn: '512' }
    deploy: { resources: { limits: { memory: 64m, cpus: '0.5', pids: 50 }, reservations: { memory: 16m } } }
  db:
    image: ${engineImages.steady}
    healthcheck: { test: [CMD, 'true'], interval: 200ms }
    volumes: ['data:/data', '/scratch', { type: tmpfs, target: /run/t, tmpfs: { size: 1048576 } }]
    networks: [front]
    pid: 'service:web2'
    scale: 2
    security_opt: ['no-new-privileges:true']
    group_add: ['7']
    oom_score_adj: 10
  web2:
    image: ${engineImages.steady}
    network_mode: none
networks:
  front: { driver_opts: { com.docker.network.bridge.enable_icc: 'true' }, labels: { a: b } }
  fixed: { ipam: { config: [{ subnet: 10.77.1.0/24 }] } }
volumes: { data: { labels: { keep: 'yes' } } }
secrets: { password: { environment: PASSWORD } }
configs: { settings: { content: 'colour=green' } }
`;

describe('a stack of berth', () => {
  test('exported from what runs loads to a project without a difference', async (context) => {
    const shell = await engineShell(context);
    shell.write('compose.yaml', richFile);
    const env = { PASSWORD: 's3cret' };
    const up = await shell.berthWith(env, 'up', '--json');
    expect({ exitCode: up.exitCode, stderr: up.exitCode === 0 ? '' : up.stderr }).toEqual({ exitCode: 0, stderr: '' });
    const before = await running(shell);
    shell.write('live.yaml', await shell.ok('stack', 'export', 'rich', '--live'));
    const diff = await shell.berthWith(env, 'stack', 'diff', '-f', 'live.yaml', '--exit-code');
    expect(diff).toMatchObject({ exitCode: 0, stdout: 'No changes.\n' });
    const again = await shell.berthWith(env, 'up', '-f', 'live.yaml');
    expect(again).toMatchObject({ exitCode: 0 });
    expect(await running(shell)).toEqual(before);
  });

  test('whose records were pruned away is taken over again, with all that it has', async (context) => {
    const shell = await engineShell(context);
    shell.write('compose.yaml', richFile);
    const env = { PASSWORD: 's3cret' };
    expect(await shell.berthWith(env, 'up')).toMatchObject({ exitCode: 0 });
    const before = await running(shell);
    // Docker 20.10 removes every volume that no container uses, with a name or without.
    await shell.engine.docker('volume', 'prune', '--force');
    await shell.engine.docker('volume', 'ls', '-q', '--filter', 'name=berth_').then((left) => {
      expect(left).toBe('');
    });
    expect(await shell.json('stack', 'ls')).toEqual([]);
    await shell.ok('stack', 'adopt', 'rich');
    expect(await running(shell)).toEqual(before);
    const up = await shell.berthWith(env, 'up');
    expect(up).toMatchObject({ exitCode: 0 });
    expect(await running(shell)).toEqual(before);
    expect(await shell.ok('exec', '-u', '0', 'web-1', 'cat', '/run/secrets/pass', '/etc/settings')).toBe(
      's3cretcolour=green',
    );
    await shell.ok('stack', 'terminate', 'rich', '--yes', '--volumes');
    expect(await containerNames(shell.engine)).toEqual([]);
    expect((await shell.engine.docker('network', 'ls', '-q', '--filter', 'name=rich')).trim()).toBe('');
  });
});
