import { describe, expect, test } from 'vitest';
import { openShell, votingApp } from './support/berth.js';
import { deployed, json, marked, type Named, shown, uuid } from './support/shown.js';

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
