import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openShell, votingApp } from './support/berth.js';
import { deployed, json, marked, type Named, newestAction, shown } from './support/shown.js';

describe('service', () => {
  test('ps: the table, a filter, a sort', async () => {
    const shell = await deployed();
    expect(marked(await shown(shell.berth('service', 'ps')))).toBe(
      [
        'NAME     ID                                     STATUS    REPLICAS   IMAGE                PORTS          STACK',
        'db       <id>................................   Running        1/1   postgres:18-alpine   -              voting-app',
        'redis    <id>................................   Running        1/1   redis:8-alpine       -              voting-app',
        'result   <id>................................   Running        1/1   example/result:1.4   8081->80/tcp   voting-app',
        'vote     <id>................................   Running        2/2   example/vote:1.4     8080->80/tcp   voting-app',
        'worker   <id>................................   Running        2/2   example/worker:1.4   -              voting-app',
        '',
      ].join('\n'),
    );
    expect(await shown(shell.berth('service', 'ps', '--sort', '-name', '--columns', 'name', '--no-header'))).toBe(
      'worker\nvote\nresult\nredis\ndb\n',
    );
    expect(await json(shell.berth('service', 'ps', '-s', 'Stopped', '--json'))).toEqual([]);
    expect((await shell.berth('service', 'ps', '--stack', 'nope')).exitCode).toBe(4);
  });

  test('inspect', async () => {
    const shell = await deployed();
    const text = await shown(shell.berth('service', 'inspect', 'vote'));
    expect(text).toMatch(/^Replicas: +2\/2$/m);
    expect(text).toMatch(/^Depends on: +redis$/m);
    expect(await shown(shell.berth('service', 'inspect', 'vote.voting-app'))).toBe(text);
    expect(await json(shell.berth('service', 'inspect', 'vote', '--json'))).toMatchObject({
      name: 'vote',
      replicas: { desired: 2, running: 2 },
      ports: [{ target: 80, published: 8080, hostIp: null, protocol: 'tcp' }],
      definition: { environment: { OPTION_A: 'Cats' } },
    });
  });

  test('scale: both spellings, kept over an up of the same file', async () => {
    const shell = await deployed();
    const { stdout, exitCode } = await shell.berth('service', 'scale', 'vote=4', 'worker=1');
    expect({ stdout, exitCode }).toEqual({ stdout: 'vote\nworker\n', exitCode: 0 });
    const replicas = (): Promise<string> =>
      shown(shell.berth('service', 'ps', '--format', '{{.name}} {{.replicas.running}}/{{.replicas.desired}}'));
    expect(await replicas()).toBe('db 1/1\nredis 1/1\nresult 1/1\nvote 4/4\nworker 1/1\n');
    expect((await shell.berth('up', '-f', votingApp)).exitCode).toBe(0);
    expect(await replicas()).toContain('vote 4/4\nworker 1/1\n');
    expect((await shell.berth('service', 'scale', 'vote', 'worker', '3')).exitCode).toBe(0);
    expect(await replicas()).toContain('vote 3/3\nworker 3/3\n');
    expect((await shell.berth('service', 'scale', 'vote=0')).exitCode).toBe(0);
    expect(await replicas()).toContain('vote 0/0\n');
    expect(await shown(shell.berth('action', 'logs', await newestAction(shell)))).toContain('replicas: 3 -> 0');
  });
});

describe('container', () => {
  test('ps: by service, by state, with those that were replaced', async () => {
    const shell = await deployed();
    expect(await shown(shell.berth('container', 'ps', '--service', 'vote', '--format', 'name'))).toBe(
      'vote-1.voting-app\nvote-2.voting-app\n',
    );
    expect(await json(shell.berth('container', 'ps', '-s', 'Stopped', '--json'))).toEqual([]);
    await shell.berth('service', 'scale', 'vote=1');
    expect(await shown(shell.berth('container', 'ps', '--service', 'vote', '-q'))).toMatch(/^\S+\n$/);
    expect(await shown(shell.berth('container', 'ps', '--service', 'vote', '-q', '--all'))).toMatch(/^\S+\n\S+\n$/);
  });

  test('inspect', async () => {
    const shell = await deployed();
    const text = await shown(shell.berth('container', 'inspect', 'vote-1'));
    expect(text).toMatch(/^Status: +Running \(healthy\)$/m);
    const found = await json<Named>(shell.berth('container', 'inspect', 'vote-1.voting-app', '--json'));
    expect(found).toMatchObject({ name: 'vote-1', service: 'vote', stack: 'voting-app', exitCode: null, restarts: 0 });
    expect(await shown(shell.berth('container', 'inspect', found.id.slice(0, 10)))).toBe(text);
  });
});

describe('logs', () => {
  test('of a stack, some services, a service, a container', async () => {
    const shell = await deployed();
    const all = await shown(shell.berth('stack', 'logs', 'voting-app'));
    expect(
      new Set(
        all
          .trimEnd()
          .split('\n')
          .map((line) => line.split(' ')[0]),
      ),
    ).toEqual(new Set(['db-1', 'redis-1', 'result-1', 'vote-1', 'vote-2', 'worker-1', 'worker-2']));
    const some = await shown(shell.berth('stack', 'logs', 'voting-app', 'vote', 'db', '--tail', '1'));
    expect(some.trimEnd().split('\n')).toHaveLength(3);
    const one = await shown(shell.berth('service', 'logs', 'vote', '--tail', '2'));
    expect(one.trimEnd().split('\n')).toHaveLength(4);
    expect(await shown(shell.berth('container', 'logs', 'vote-2', '--until', '2000-01-01T00:00:00Z'))).toBe('');
    const stamped = await shown(shell.berth('container', 'logs', 'vote-2', '--timestamps', '--tail', '3'));
    expect(stamped).toMatch(/^(vote-2 +\| \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z .*\n){3}$/);
    expect((await shell.berth('stack', 'logs', 'voting-app', 'nope')).exitCode).toBe(4);
  });

  test('--json: an object a line; a template: a line each', async () => {
    const shell = await deployed();
    const lines = (await shown(shell.berth('service', 'logs', 'vote', '--tail', '1', '--json'))).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(JSON.parse(line)).toMatchObject({ stack: 'voting-app', service: 'vote' });
    expect(
      await shown(shell.berth('service', 'logs', 'vote', '--tail', '1', '--format', '{{.container}} {{.stream}}')),
    ).toMatch(/^vote-[12] stdout\nvote-[12] stdout\n$/);
  });
});

describe('action', () => {
  test('ls, inspect, logs', async () => {
    const shell = await deployed();
    const id = await newestAction(shell);
    expect(marked(await shown(shell.berth('action', 'ls')))).toBe(
      [
        'ID                                     ACTION     STATUS    TARGET       START                      END',
        '<id>................................   Stack Up   Success   voting-app   <time>..................   <time>..................',
        '',
      ].join('\n'),
    );
    const text = await shown(shell.berth('action', 'inspect', id.slice(0, 8)));
    expect(text).toMatch(/^Target: stack voting-app$/m);
    expect(text).toContain('  done    create service vote      new\n');
    expect(await json(shell.berth('action', 'inspect', id, '--json'))).toMatchObject({ id, user: 'tester' });
    const log = await shown(shell.berth('action', 'logs', id));
    expect(log).toMatch(/^store stack voting-app: new\n/);
    expect(log).toContain('create service vote (image example/vote:1.4, 2 replicas): new\n');
    expect(log).toMatch(/vote is running \(2 of 2\)\n/);
    expect(await shown(shell.berth('action', 'logs', id, '--follow'))).toBe(log);
    expect((await shown(shell.berth('action', 'logs', id, '--tail', '1'))).split('\n')).toHaveLength(2);
    const [first = ''] = (await shown(shell.berth('action', 'logs', id, '--json'))).split('\n');
    expect(JSON.parse(first)).toMatchObject({ text: 'store stack voting-app: new' });
    await shell.berth('service', 'scale', 'vote=3', '-q');
    expect(await shown(shell.berth('action', 'ls', '-l', '1', '--format', '{{.name}}'))).toBe('Service Scale\n');
    expect(await json(shell.berth('action', 'ls', '-s', 'Failed', '--json'))).toEqual([]);
    expect((await shell.berth('action', 'run', id)).exitCode).toBe(3);
    expect((await shell.berth('action', 'inspect', 'zzz')).exitCode).toBe(4);
  });
});

describe('backend', () => {
  test('ls, show, use, capabilities', async () => {
    const shell = openShell();
    expect(await shown(shell.berth('backend', 'ls', '--columns', 'name,selected'))).toBe(
      'NAME     SELECTED\nengine   *\n',
    );
    expect(await shown(shell.berth('backend', 'show', '--format', '{{.backend}} {{.engine}}: {{.why}}'))).toBe(
      'engine sandbox: nothing names another: it is the default\n',
    );
    expect(fs.existsSync(shell.home)).toBe(false);
    expect(await json(shell.berth('backend', 'use', 'engine', '--json'))).toMatchObject({ backend: 'engine' });
    expect(JSON.parse(fs.readFileSync(path.join(shell.home, 'settings.json'), 'utf8'))).toEqual({ backend: 'engine' });
    expect(await shown(shell.berth('backend', 'show'))).toContain('`berth backend use` keeps it in the settings');
    const refusal = await shell.berth('backend', 'use', 'deis');
    expect(refusal).toMatchObject({ stdout: '', exitCode: 6 });
    expect(JSON.parse(fs.readFileSync(path.join(shell.home, 'settings.json'), 'utf8'))).toEqual({ backend: 'engine' });
    const verbs = await shown(shell.berth('backend', 'capabilities', '--format', 'name'));
    expect(verbs.split('\n')).toEqual(expect.arrayContaining(['stacks.up', 'services.scale', 'logs.read']));
  });

  test('show: secrets are left out', async () => {
    const shell = openShell({ DOCKERCLOUD_USER: 'ann', DOCKERCLOUD_APIKEY: 'hunter2hunter2' });
    const { stdout, stderr, exitCode } = await shell.berth('backend', 'show');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^Backend: +dockercloud$/m);
    expect(stdout).toContain('DOCKERCLOUD_USER=ann');
    expect(stdout + stderr).not.toContain('hunter2hunter2');
  });
});

describe('compose config', () => {
  test('yaml, json and the three lists', async () => {
    const shell = openShell();
    const config = (...flags: string[]): Promise<string> =>
      shown(shell.berth('compose', 'config', '-f', votingApp, ...flags));
    expect(await config()).toMatch(/^name: voting-app\nservices:\n {2}db:\n/);
    const canonical: { services: Record<string, unknown> } = JSON.parse(await config('--format', 'json'));
    expect(canonical.services.result).toMatchObject({
      environment: { DATABASE_HOST: 'db', DATABASE_NAME: 'votes' },
      ports: [{ mode: 'ingress', protocol: 'tcp', published: '8081', target: 80 }],
    });
    expect(await config('--json')).toBe(await config('--format', 'json'));
    expect((await config('--services')).trim().split('\n').sort()).toEqual(['db', 'redis', 'result', 'vote', 'worker']);
    expect((await config('--images')).trim().split('\n').sort()).toEqual([
      'example/result:1.4',
      'example/vote:1.4',
      'example/worker:1.4',
      'postgres:18-alpine',
      'redis:8-alpine',
    ]);
    expect(await config('--variables')).toMatch(/^NAME +REQUIRED +DEFAULT VALUE.*\nVOTES_DATABASE +false +votes\n$/);
    expect(await config('--quiet')).toBe('');
    expect(await config('--services', 'redis')).toBe('redis\n');
    expect(fs.existsSync(shell.home)).toBe(false);
  });
});

describe('help', () => {
  test.each([
    [['help'], /NOUNS[^]*HELP TOPICS/],
    [['help', 'environment'], /BERTH_HOME/],
    [['help', 'exit-codes'], /130 +interrupted/],
    [['help', 'backends'], /DOCKERCLOUD_\*/],
    [['help', 'stack'], /stack terminate/],
    [['help', 'stack', 'up'], /--prune/],
    [['stack'], /stack terminate/],
    [['stack', 'up', '--help'], /--prune/],
    [[], /NOUNS/],
  ])('%j', async (args, pattern) => {
    expect(await shown(openShell().berth(...args))).toMatch(pattern);
  });

  test('an unknown topic', async () => {
    const { stderr, exitCode } = await openShell().berth('help', 'exit-code');
    expect(stderr).toBe('Error: no help on "exit-code"\nHint: Did you mean exit-codes?\n');
    expect(exitCode).toBe(4);
  });
});

describe('other spellings', () => {
  test('list is ls; a colon is a blank', async () => {
    const shell = await deployed();
    const expected = await shown(shell.berth('stack', 'ls'));
    for (const words of [['stack', 'list'], ['stack:ls'], ['stack:list']]) {
      expect(await shown(shell.berth(...words))).toBe(expected);
    }
    expect(await shown(shell.berth('service', 'list', '-q'))).toBe(await shown(shell.berth('service', 'ps', '-q')));
    expect(await shown(shell.berth('container:ls', '-q'))).toBe(await shown(shell.berth('container', 'ps', '-q')));
  });
});

test('DOCKERCLOUD_NAMESPACE scopes what is seen and changed', async () => {
  const shell = openShell();
  shell.write('compose.yaml', 'name: web\nservices:\n  web:\n    image: nginx\n');
  await shell.berth('up', '-q');
  const acme = { DOCKERCLOUD_NAMESPACE: 'acme', BERTH_BACKEND: 'engine' };
  expect((await shell.berthWith(acme, 'stack', 'ls', '--json')).stdout).toBe('[]\n');
  expect((await shell.berthWith(acme, 'stack', 'inspect', 'web')).exitCode).toBe(4);
  const up = await shell.berthWith(acme, 'up');
  expect({ stdout: up.stdout, exitCode: up.exitCode }).toEqual({ stdout: 'web\n', exitCode: 0 });
  const flag = { DOCKERCLOUD_NAMESPACE: 'acme' };
  const end = await shell.berthWith(flag, 'stack', 'terminate', 'web', '--yes', '--backend', 'engine');
  expect(end.exitCode).toBe(0);
  expect(await shown(shell.berth('stack', 'ls', '--format', '{{.namespace}} {{.state}}'))).toBe('default Running\n');
  expect(await shown(shell.berth('action', 'ls', '--format', '{{.name}}'))).toBe('Stack Up\n');
});
