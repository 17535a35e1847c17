import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openShell } from './support/berth.js';
import { expectNothingKept, refused, state } from './support/refused.js';
import { done, openShop } from './support/shop.js';
import { json, shown } from './support/shown.js';

describe('service env', () => {
  test('ls: where each variable comes from', async () => {
    const shell = await openShop();
    await done(shell.berth('config', 'set', 'ALL=1', '-q'));
    expect(await shown(shell.berth('service', 'env', 'ls', 'web'))).toBe(
      [
        'ORIGIN       KEY      VALUE',
        'set          ALL      1',
        'definition   MODE     test',
        'definition   SHARED   a',
        '',
      ].join('\n'),
    );
    expect(await shown(shell.berth('service', 'env', 'list', 'web.shop', '--user', '-q'))).toBe(
      'ALL=1\nMODE=test\nSHARED=a\n',
    );
    expect(await json(shell.berth('service', 'env', 'ls', 'web', '--dockercloud', '--json'))).toEqual([]);
    expect((await shell.berth('service', 'env', 'ls', 'web', '--user', '--image')).exitCode).toBe(2);
    expect((await shell.berth('service', 'env', 'ls', 'nope')).exitCode).toBe(4);
  });

  test('add, update, set, rm: what runs sees it with --redeploy', async () => {
    const shell = await openShop();
    const env = (service: string): Promise<string> => shown(shell.berth('service', 'env', 'ls', service, '-q'));
    const containers = await shown(shell.berth('ps', 'ls', '-q'));
    shell.write('more.env', 'FILE=1\nBOTH=file\n');
    const added = await shell.berth(
      'service',
      'env',
      'add',
      'web',
      'worker',
      '-e',
      'BOTH=word',
      '--env-file',
      'more.env',
    );
    expect(added).toMatchObject({ stdout: 'v2\nv3\n', exitCode: 0 });
    expect(await env('web')).toBe('BOTH=word\nFILE=1\nMODE=test\nSHARED=a\n');
    expect(await env('worker')).toBe('BOTH=word\nFILE=1\nSHARED=a\n');
    expect(await shown(shell.berth('ps', 'ls', '-q'))).toBe(containers);
    await done(shell.berth('service', 'env', 'update', 'web', '-e', 'MODE=prod', '--redeploy', '-q'));
    expect(await shown(shell.berth('ps', 'ls', '-q'))).not.toBe(containers);
    await done(shell.berth('service', 'env', 'rm', 'web', '-n', 'BOTH', '-n', 'SHARED', '-q'));
    expect(await env('web')).toBe('FILE=1\nMODE=prod\n');
    const set = await json<readonly unknown[]>(shell.berth('service', 'env', 'set', 'web', '-e', 'ONLY=1', '--json'));
    expect(set).toMatchObject([{ subject: { variables: [{ key: 'ONLY', value: '1', origin: 'set' }] } }]);
    expect(await env('worker')).toBe('BOTH=word\nFILE=1\nSHARED=a\n');
  });

  test('add wants new names, update and rm those that are there', async () => {
    const shell = await openShop();
    const env = ['service', 'env'];
    await refused(shell, [...env, 'add', 'web', '-e', 'NEW=1', '-e', 'MODE=x'], {
      exitCode: 3,
      code: 'conflict',
      message: 'MODE is set already in service web',
    });
    const message = 'no NEW in the environment of service web';
    await refused(shell, [...env, 'update', 'web', '-e', 'MODE=x', '-e', 'NEW=1'], {
      exitCode: 4,
      code: 'not_found',
      message,
    });
    await refused(shell, [...env, 'rm', 'web', '-n', 'MODE', '-n', 'NEW'], { exitCode: 4, code: 'not_found', message });
    expect(await shown(shell.berth(...env, 'ls', 'web', '-q'))).toBe('MODE=test\nSHARED=a\n');
    expect(await shown(shell.berth('releases', 'ls', '--format', 'name'))).toBe('v1\n');
  });

  test('several services: a wrong name changes nothing, a refusal ends it and says what was done', async () => {
    const shell = await openShop();
    const before = await state(shell);
    const add = (...services: readonly string[]) => shell.berth('service', 'env', 'add', ...services, '-e', 'MODE=1');
    expect((await add('worker', 'nope')).exitCode).toBe(4);
    expect((await add('worker', 'worker.shop')).exitCode).toBe(2);
    expect(await state(shell)).toEqual(before);
    const { exitCode, stderr } = await add('worker', 'web');
    expect(exitCode).toBe(3);
    expect(stderr).toContain('warning: web failed; done before it: worker; not begun: nothing\n');
    expect(await shown(shell.berth('service', 'env', 'ls', 'worker', '-q'))).toBe('MODE=1\nSHARED=a\n');
  });

  test.each([
    [['add', 'web', '-e', 'DEBUG'], '"DEBUG" is not KEY=VALUE'],
    [['set', 'web', '-e', 'my-key=hunter2'], '"my-key" is no name of a variable'],
    [['update', 'web'], 'no variables were given'],
    [['rm', 'web', '-n', 'A=1'], '"A=1" is no name of a variable'],
  ])('%j is refused before anything is opened', async (args, message) => {
    const shell = openShell();
    await refused(shell, ['service', 'env', ...args], { exitCode: 2, code: 'usage', message });
    expectNothingKept(shell);
  });
});

describe('service create, run and set', () => {
  const definitionOf = ['--format', '{{.definition}}'];

  test('create: a definition of its own, which start runs', async () => {
    const shell = openShell();
    const flags = ['-t', '2', '-p', '8080:80', '-e', 'A=1', '-r', "serve --x 'a b'", '--memory', '64', '-v', '/data'];
    expect(await done(shell.berth('service', 'create', ...flags, 'team/web:1.2'))).toBe('web\n');
    expect(JSON.parse(await shown(shell.berth('service', 'inspect', 'web', ...definitionOf)))).toEqual({
      image: 'team/web:1.2',
      command: ['serve', '--x', 'a b'],
      environment: { A: '1' },
      ports: [{ mode: 'ingress', target: 80, published: '8080', protocol: 'tcp' }],
      volumes: [{ type: 'volume', target: '/data', volume: {} }],
      deploy: { replicas: 2, resources: { limits: { memory: '67108864' } } },
    });
    expect(await json(shell.berth('service', 'ps', '--json'))).toMatchObject([
      { name: 'web', stack: null, state: 'Not running', replicas: { desired: 2, running: 0 } },
    ]);
    expect(await json(shell.berth('stack', 'ls', '--json'))).toEqual([]);
    expect(await done(shell.berth('service', 'start', 'web'))).toBe('web\n');
    expect(await shown(shell.berth('service', 'ps', '--format', '{{.state}}'))).toBe('Running\n');
  });

  test('run: created and started; a name that is taken is refused', async () => {
    const shell = openShell();
    expect(await shown(shell.berth('service', 'run', 'redis:8', '--dry-run'))).toContain('+ create service redis');
    expect(await json(shell.berth('service', 'ps', '--json'))).toEqual([]);
    expect(await done(shell.berth('service', 'run', 'redis:8', '--json'))).toContain('"outcome": "converged"');
    const before = await state(shell);
    for (const verb of ['run', 'create']) {
      expect((await shell.berth('service', verb, '-n', 'redis', 'redis:9')).exitCode, verb).toBe(3);
    }
    expect(await state(shell)).toEqual(before);
  });

  test('set: only what is given; what runs stays until it is redeployed', async () => {
    const shell = await openShop();
    expect(await done(shell.berth('service', 'set', 'web', '--image', 'example/web:2', '-t', '3'))).toBe('web.shop\n');
    expect(await shown(shell.berth('ps', 'ls', '--format', '{{.image}}'))).not.toContain('example/web:2');
    expect(JSON.parse(await shown(shell.berth('service', 'inspect', 'web', ...definitionOf)))).toMatchObject({
      image: 'example/web:2',
      environment: { MODE: 'test', SHARED: 'a' },
      deploy: { replicas: 3 },
    });
    const both = ['service', 'set', 'web', 'worker', '-e', 'ONLY=1', '--redeploy'];
    expect(await done(shell.berth(...both))).toBe('web.shop\nworker.shop\n');
    expect(await shown(shell.berth('ps', 'ls', '--format', '{{.name}} {{.image}}'))).toBe(
      ['web-1 example/web:2', 'web-2 example/web:2', 'web-3 example/web:2', 'worker-1 example/worker:1', ''].join('\n'),
    );
    expect(await shown(shell.berth('service', 'env', 'ls', 'worker', '-q'))).toBe('ONLY=1\n');
  });

  test('set: what verbs laid over a service does not become part of it', async () => {
    const shell = await openShop({ BERTH_SANDBOX_NODES: 'fast:disk=ssd;slow' });
    await done(shell.berth('tags', 'set', 'disk=ssd', '-q'));
    await done(shell.berth('limits', 'set', 'web=64M', '-q'));
    await done(shell.berth('service', 'set', 'web', '-t', '3', '--redeploy', '-q'));
    await done(shell.berth('tags', 'unset', 'disk', '-q'));
    await done(shell.berth('limits', 'unset', 'web', '-q'));
    const { deploy } = JSON.parse(await shown(shell.berth('service', 'inspect', 'web', ...definitionOf)));
    expect(deploy).toEqual({ replicas: 3 });
  });

  test('set: a wrong name changes nothing', async () => {
    const shell = await openShop();
    const before = await state(shell);
    const message = 'no service "nope"';
    await refused(shell, ['service', 'set', 'web', 'nope', '-t', '1'], { exitCode: 4, code: 'not_found', message });
    expect(await state(shell)).toEqual(before);
  });

  test('a file with variables is read before anything is sent', async () => {
    const shell = openShell();
    fs.writeFileSync(path.join(shell.cwd, 'x.env'), 'A=hunter2\nB="\n');
    const message = 'x.env: a quote is not closed';
    await refused(shell, ['service', 'run', '--env-file', 'x.env', 'redis'], { exitCode: 2, code: 'input', message });
    expectNothingKept(shell);
  });

  test.each([
    [['create', '-p', 'http', 'redis'], '--publish does not take "http"'],
    [['create', '-n', 'Web', 'redis'], '--name: "Web" cannot be the name of a service'],
    [['create', 'two words'], '"two words" is no image'],
    [['run', '-r', "sh -c 'oops", 'redis'], '--run-command: invalid command line string: unbalanced quote'],
    [['run', '-v', 'data:/data', 'redis'], '--volume does not take "data:/data"'],
    [
      ['run', '-t', '2', '--deployment-strategy', 'EVERY_NODE', 'redis'],
      '--target-num-containers and --deployment-strategy EVERY_NODE exclude each other',
    ],
    [['set', 'web'], 'there is nothing to change'],
    [['set', 'web', '--link-service', 'db'], '--link-service does not take "db"'],
  ])('%j is refused before anything is opened', async (args, message) => {
    const shell = openShell();
    await refused(shell, ['service', ...args], { exitCode: 2, code: 'usage', message });
    expectNothingKept(shell);
  });
});
