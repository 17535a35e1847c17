import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openShell, type Run, type Shell, votingApp } from './support/berth.js';

const time = /\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g;
const uuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;

/** A seed makes ids of containers, their nodes and what they log the same in every run. */
async function deployed(env: Readonly<Record<string, string>> = {}): Promise<Shell> {
  const shell = openShell({ BERTH_SANDBOX_SEED: 'e2e', ...env });
  const { exitCode } = await shell.berth('up', '-f', votingApp, '-q');
  expect(exitCode).toBe(0);
  return shell;
}

/** Stdout of a run that must succeed and say nothing on stderr. */
async function shown(run: Promise<Run>): Promise<string> {
  const { stdout, stderr, exitCode } = await run;
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return stdout;
}

/** Text with ids and times, which differ from run to run, replaced by marks of the same width. */
function marked(text: string): string {
  return text.replace(uuid, '<id>'.padEnd(36, '.')).replace(time, '<time>'.padEnd(24, '.'));
}

async function json<T>(run: Promise<Run>): Promise<T> {
  const value: T = JSON.parse(await shown(run));
  return value;
}

async function newestAction(shell: Shell): Promise<string> {
  return (await shown(shell.berth('action', 'ls', '--last', '1', '-q'))).trim();
}

interface Named {
  readonly id: string;
  readonly name: string;
}

interface Mutation {
  readonly subject: (Named & { readonly state: string }) | null;
  readonly action: (Named & { readonly state: string; readonly endedAt: string | null }) | null;
  readonly plan: readonly { readonly id: string }[];
}

describe('stack', () => {
  test('up: the name on stdout, progress and the action on stderr, then it runs', async () => {
    const shell = openShell();
    const { stdout, stderr, exitCode } = await shell.berth('stack', 'up', '-f', votingApp);
    expect({ stdout, exitCode }).toEqual({ stdout: 'voting-app\n', exitCode: 0 });
    expect(stderr).toMatch(/^service vote: running \(2 of 2\)$/m);
    expect(stderr).toMatch(/\nDone by action ([0-9a-f]{8})\. Its log: berth action logs \1\n$/);
    expect(await shown(shell.berth('stack', 'ls', '--format', '{{.name}} {{.state}}'))).toBe('voting-app Running\n');
  });

  test('up again: nothing to do, and no action', async () => {
    const shell = await deployed();
    const { stdout, stderr, exitCode } = await shell.berth('up', '-f', votingApp);
    expect({ stdout, stderr, exitCode }).toEqual({
      stdout: 'voting-app\n',
      stderr: 'Nothing to do: it is as asked already.\n',
      exitCode: 0,
    });
    expect(await shown(shell.berth('action', 'ls', '-q'))).toMatch(/^[0-9a-f-]{36}\n$/);
  });

  test('up of a changed file: only what changed is replaced', async () => {
    const shell = openShell();
    shell.write('compose.yaml', 'name: pair\nservices:\n  a:\n    image: x:1\n  b:\n    image: y:1\n');
    await shell.berth('up', '-q');
    const before = await json<readonly Named[]>(shell.berth('container', 'ps', '--json'));
    shell.write('compose.yaml', 'name: pair\nservices:\n  a:\n    image: x:1\n  b:\n    image: y:2\n');
    const plan = await shell.berth('up', '--dry-run');
    expect(plan.stdout).toContain('~ update service b  image: y:1 -> y:2\n');
    expect(plan.stdout).not.toContain('service a ');
    expect((await shell.berth('up')).exitCode).toBe(0);
    const after = await json<readonly (Named & { image: string })[]>(shell.berth('container', 'ps', '--json'));
    expect(after.map(({ image }) => image)).toEqual(['x:1', 'y:2']);
    expect(after[0]?.id).toBe(before[0]?.id);
  });

  test('up of some services: what they depend on comes with them', async () => {
    const shell = openShell();
    expect((await shell.berth('up', '-f', votingApp, 'vote')).exitCode).toBe(0);
    const running = await shown(shell.berth('service', 'ps', '-s', 'Running', '--format', 'name'));
    expect(running).toBe('redis.voting-app\nvote.voting-app\n');
  });

  test('up --prune: what is gone from the file goes', async () => {
    const shell = openShell();
    shell.write('compose.yaml', 'name: pair\nservices:\n  a:\n    image: x\n  b:\n    image: y\n');
    await shell.berth('up', '-q');
    shell.write('compose.yaml', 'name: pair\nservices:\n  a:\n    image: x\n');
    const kept = await shell.berth('up');
    expect(kept.stderr).toContain('b');
    expect(await shown(shell.berth('container', 'ps', '--columns', 'name', '--no-header'))).toBe('a-1\nb-1\n');
    expect((await shell.berth('up', '--prune')).exitCode).toBe(0);
    expect(await shown(shell.berth('container', 'ps', '--columns', 'name', '--no-header'))).toBe('a-1\n');
  });

  test.each([['-q'], ['--json'], ['--format', 'name']])('up %s %s', async (...flags) => {
    const shell = openShell();
    const { stdout, exitCode } = await shell.berth('up', '-f', votingApp, ...flags);
    expect(exitCode).toBe(0);
    const [stack] = await json<readonly Named[]>(shell.berth('stack', 'ls', '--json'));
    if (flags[0] === '-q') expect(stdout).toBe(`${stack?.id ?? ''}\n`);
    if (flags[0] === '--format') expect(stdout).toBe('voting-app\n');
    if (flags[0] !== '--json') return;
    const mutation: Mutation = JSON.parse(stdout);
    expect(mutation.subject).toMatchObject({ id: stack?.id, name: 'voting-app', state: 'Running' });
    expect(mutation.action).toMatchObject({ name: 'Stack Up', state: 'Success' });
    expect(mutation.plan.map(({ id }) => id)).toContain('create service vote');
  });

  test('from standard input, with a name', async () => {
    const shell = openShell();
    const { stdout, exitCode } = await shell.bash(
      'printf "services: {web: {image: nginx}}" | berth stack up -f - -n piped',
    );
    expect({ stdout, exitCode }).toEqual({ stdout: 'piped\n', exitCode: 0 });
  });

  test('create: kept, and not run', async () => {
    const shell = openShell();
    const { stdout, exitCode } = await shell.berth('stack', 'create', '-f', votingApp);
    expect({ stdout, exitCode }).toEqual({ stdout: 'voting-app\n', exitCode: 0 });
    expect(await shown(shell.berth('stack', 'ls', '--format', '{{.state}}'))).toBe('Not running\n');
    expect((await shell.berth('container', 'ps', '--json')).stdout).toBe('[]\n');
    const again = await shell.berth('stack', 'create', '-f', votingApp);
    expect(again).toMatchObject({ stdout: '', exitCode: 3 });
    expect(again.stderr).toMatch(/^Error: there is a stack "voting-app" already\nHint: Nothing was changed/);
  });

  test('ls in every format', async () => {
    const shell = await deployed();
    const id = (await shown(shell.berth('stack', 'ls', '-q'))).trim();
    expect(marked(await shown(shell.berth('stack', 'ls')))).toBe(
      [
        'NAME         ID                                     STATUS    SERVICES   DEPLOYED',
        'voting-app   <id>................................   Running          5   <time>..................',
        '',
      ].join('\n'),
    );
    const wide = await shown(shell.berth('stack', 'ls', '--format', 'wide'));
    expect(wide.split('\n')[0]?.split(/\s+/)).toEqual([
      'NAME',
      'ID',
      'STATUS',
      'SERVICES',
      'ENGINE',
      'SYNCHRONIZED',
      'CREATED',
      'DEPLOYED',
    ]);
    expect(await shown(shell.berth('stack', 'ls', '--format', 'csv', '--columns', 'name,status,services'))).toBe(
      'name,status,services\r\nvoting-app,Running,5\r\n',
    );
    expect(await shown(shell.berth('stack', 'ls', '--format', 'name'))).toBe('voting-app\n');
    expect(await shown(shell.berth('stack', 'ls', '--no-header', '--columns', 'name'))).toBe('voting-app\n');
    expect(await shown(shell.berth('stack', 'ls', '--format', 'yaml'))).toMatch(/^- id: .*\n {2}name: voting-app\n/);
    expect(await shown(shell.berth('stack', 'ls', '--format', '{{upper .name}}\\t{{join .services "+"}}'))).toBe(
      'VOTING-APP\tdb+redis+result+vote+worker\n',
    );
    expect(await shown(shell.berth('stack', 'ls', '--format', 'table {{.name}}\\t{{.state}}'))).toBe(
      'NAME         STATE\nvoting-app   Running\n',
    );
    const [row] = await json<readonly unknown[]>(shell.berth('stack', 'ls', '--json'));
    expect(row).toMatchObject({ id, name: 'voting-app', namespace: 'default', state: 'Running', engine: 'sandbox' });
    expect(JSON.parse(await shown(shell.berth('stack', 'ls', '--format', 'jsonl')))).toEqual(row);
  });

  test('inspect, by name and by the beginning of the id', async () => {
    const shell = await deployed();
    const text = await shown(shell.berth('stack', 'inspect', 'voting-app'));
    expect(text).toMatch(/^Name: +voting-app\nId: +[0-9a-f-]{36}\nStatus: +Running\n/);
    expect(text).toContain('  worker   example/worker:1.4          2   redis, db\n');
    const id = (await shown(shell.berth('stack', 'inspect', 'voting-app', '-q'))).trim();
    expect(await shown(shell.berth('stack', 'inspect', id.slice(0, 8)))).toBe(text);
    const whole = await json<{ definition: { services: Record<string, { image: string }> } }>(
      shell.berth('stack', 'inspect', 'voting-app', '--json'),
    );
    expect(whole.definition.services.vote?.image).toBe('example/vote:1.4');
  });

  test('ps: the table is the same for the same seed', async () => {
    const shell = await deployed();
    const table = await shown(shell.berth('stack', 'ps', 'voting-app'));
    expect(table.replace(uuid, '<id>'.padEnd(36, '.'))).toBe(
      [
        'NAME       ID                                     STATUS              IMAGE                PORTS          NODE        STACK',
        'db-1       <id>................................   Running (healthy)   postgres:18-alpine   -              sandbox-1   voting-app',
        'redis-1    <id>................................   Running (healthy)   redis:8-alpine       -              sandbox-2   voting-app',
        'result-1   <id>................................   Running             example/result:1.4   8081->80/tcp   sandbox-3   voting-app',
        'vote-1     <id>................................   Running (healthy)   example/vote:1.4     8080->80/tcp   sandbox-1   voting-app',
        'vote-2     <id>................................   Running (healthy)   example/vote:1.4     8080->80/tcp   sandbox-2   voting-app',
        'worker-1   <id>................................   Running             example/worker:1.4   -              sandbox-3   voting-app',
        'worker-2   <id>................................   Running             example/worker:1.4   -              sandbox-1   voting-app',
        '',
      ].join('\n'),
    );
    const twin = await deployed();
    expect(await shown(twin.berth('stack', 'ps', 'voting-app'))).toBe(table);
  });

  test('terminate: all of it goes, its history stays', async () => {
    const shell = await deployed();
    const { stdout, stderr, exitCode } = await shell.berth('stack', 'terminate', 'voting-app', '--yes');
    expect({ stdout, exitCode }).toEqual({ stdout: 'voting-app\n', exitCode: 0 });
    expect(stderr).toMatch(/service db: gone\n[^]*Done by action /);
    for (const noun of ['stack', 'service', 'container']) {
      const { stdout: left, exitCode: code } = await shell.berth(noun, 'ls', '--json');
      expect({ left, code }).toEqual({ left: '[]\n', code: 0 });
    }
    expect(await shown(shell.berth('action', 'ls', '--format', '{{.name}}: {{.state}}'))).toBe(
      'Stack Terminate: Success\nStack Up: Success\n',
    );
    const empty = await shell.berth('stack', 'ls');
    expect(empty).toMatchObject({ stdout: '', exitCode: 0 });
    expect(empty.stderr).toMatch(/^No stacks\. /);
    expect((await shell.berth('stack', 'terminate', 'voting-app', '--yes')).exitCode).toBe(4);
  });
});

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
    expect(stamped).toMatch(/^(vote-2 \| \d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z .*\n){3}$/);
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
