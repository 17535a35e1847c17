import { describe, expect, test } from 'vitest';
import { openShell, printed, type Run, type Shell, votingApp } from './support/berth.js';
import { state } from './support/refused.js';
import { deployed, json, type Named, newestAction, shown } from './support/shown.js';

interface Changed {
  readonly subject: (Named & { readonly state: string }) | null;
  readonly action: (Named & { readonly state: string }) | null;
  readonly plan: readonly { readonly id: string }[];
}

/** Two stacks that are quick to start: `one` with services a (2 replicas) and b, `two` with service a. */
async function pair(): Promise<Shell> {
  const shell = openShell({ BERTH_SANDBOX_SEED: 'e2e' });
  shell.write('one.yaml', 'name: one\nservices:\n  a: {image: x:1, scale: 2}\n  b: {image: y:1}\n');
  shell.write('two.yaml', 'name: two\nservices:\n  a: {image: x:1}\n');
  for (const file of ['one.yaml', 'two.yaml']) expect((await shell.berth('up', '-f', file, '-q')).exitCode).toBe(0);
  return shell;
}

function states(shell: Shell, noun: 'stack' | 'service' | 'container', ...more: string[]): Promise<string> {
  const name = noun === 'stack' ? '{{.name}}' : '{{.name}}.{{.stack}}';
  return shown(shell.berth(noun, noun === 'stack' ? 'ls' : 'ps', '--format', `${name} {{.state}}`, ...more));
}

async function ok(run: Promise<Run>): Promise<Run> {
  const done = await run;
  expect({ exitCode: done.exitCode, stderr: done.stderr }).toMatchObject({ exitCode: 0 });
  return done;
}

function changes({ stdout }: Run): readonly Changed[] {
  const value: readonly Changed[] = JSON.parse(stdout);
  return value;
}

describe('stack', () => {
  test('stop, start, redeploy: of one and of several, a name each, and what did it on stderr', async () => {
    const shell = await pair();
    const stopped = await ok(shell.berth('stack', 'stop', 'two', 'one'));
    expect(stopped.stdout).toBe('two\none\n');
    expect(stopped.stderr).toMatch(/^two: Done by action [0-9a-f]{8}\. Its log: .*\none: Done by action /m);
    expect(await states(shell, 'stack')).toBe('one Stopped\ntwo Stopped\n');
    expect(await states(shell, 'container', '--stack', 'one')).toBe(
      'a-1.one Stopped\na-2.one Stopped\nb-1.one Stopped\n',
    );
    const before = await json<readonly Named[]>(shell.berth('container', 'ps', '--json'));

    const started = changes(await ok(shell.berth('stack', 'start', 'one', '--json')));
    expect(started).toMatchObject([
      { subject: { name: 'one', state: 'Running' }, action: { name: 'Stack Start', state: 'Success' } },
    ]);
    expect(await states(shell, 'stack')).toBe('one Running\ntwo Stopped\n');
    const after = await json<readonly Named[]>(shell.berth('container', 'ps', '--json'));
    expect(after.map(({ id }) => id)).toEqual(before.map(({ id }) => id));

    const ids = (await ok(shell.berth('stack', 'redeploy', 'one', '-q'))).stdout;
    expect(ids).toBe(`${started[0]?.subject?.id ?? ''}\n`);
    const replaced = await json<readonly Named[]>(shell.berth('stack', 'ps', 'one', '--json'));
    const old = new Set(before.map(({ id }) => id));
    expect(replaced.filter(({ id }) => old.has(id))).toEqual([]);
  });

  test('terminate: all named or none; a dry run tells the plans', async () => {
    const shell = await pair();
    const before = await state(shell);
    const plan = await ok(shell.berth('stack', 'terminate', 'one', 'two', '--dry-run'));
    expect(plan.stdout).toMatch(/^- remove service b/m);
    expect(await shell.berth('stack', 'terminate', 'one', 'tow', '--yes')).toMatchObject({ stdout: '', exitCode: 4 });
    expect(await shell.berth('stack', 'terminate', 'one', 'two')).toMatchObject({ stdout: '', exitCode: 2 });
    expect(await state(shell)).toEqual(before);
    expect((await ok(shell.berth('stack', 'terminate', 'one', 'two', '-y', '--volumes'))).stdout).toBe('one\ntwo\n');
    expect(await json(shell.berth('stack', 'ls', '--json'))).toEqual([]);
  });
});

describe('service', () => {
  test('stop, start, redeploy, terminate', async () => {
    const shell = await pair();
    expect((await ok(shell.berth('service', 'stop', 'a.one', 'b'))).stdout).toBe('a.one\nb.one\n');
    expect(await states(shell, 'service')).toBe('a.one Stopped\nb.one Stopped\na.two Running\n');
    expect((await ok(shell.berth('up', '-f', 'one.yaml'))).exitCode).toBe(0);
    expect(await states(shell, 'service')).toBe('a.one Running\nb.one Running\na.two Running\n');
    await ok(shell.berth('service', 'stop', 'a.two'));
    expect(changes(await ok(shell.berth('service', 'start', 'a.two', '--json')))).toMatchObject([
      { subject: { name: 'a', state: 'Running' } },
    ]);
    const before = await shown(shell.berth('container', 'ps', '-q'));
    const [id] = changes(await ok(shell.berth('service', 'redeploy', 'a.two', '--json'))).map(
      ({ subject }) => subject?.id,
    );
    expect(await shown(shell.berth('service', 'ps', '--stack', 'two', '-q'))).toBe(`${id ?? ''}\n`);
    const after = await shown(shell.berth('container', 'ps', '-q'));
    expect(after.split('\n').filter((line) => !before.includes(line))).toHaveLength(1);
    expect((await ok(shell.berth('service', 'terminate', 'b', '--yes'))).stdout).toBe('b.one\n');
    expect(await states(shell, 'service')).toBe('a.one Running\na.two Running\n');
    expect((await shell.berth('service', 'terminate', 'a.one')).exitCode).toBe(2);
  });

  test('an ambiguous name among right ones: nothing is changed, and the ways out are told', async () => {
    const shell = await pair();
    const before = await state(shell);
    const run = await shell.berth('service', 'stop', 'b', 'a');
    expect(run).toMatchObject({ stdout: '', exitCode: 4 });
    expect(run.stderr).toMatch(/^Hint: Use one of: a\.one, a\.two\.$/m);
    expect(await state(shell)).toEqual(before);
  });
});

describe('container', () => {
  test('stop, start, restart, pause, unpause, kill, redeploy, terminate', async () => {
    const shell = await pair();
    const of = (): Promise<string> => states(shell, 'container', '--service', 'a.one');
    const run = async (...words: string[]): Promise<string> => (await ok(shell.berth('container', ...words))).stdout;
    expect(await run('stop', 'a-1.one')).toBe('a-1.one\n');
    expect(await of()).toBe('a-1.one Stopped\na-2.one Running\n');
    expect(await states(shell, 'service', '--stack', 'one')).toContain('a.one Partly running\n');
    expect(await run('start', 'a-1.one')).toBe('a-1.one\n');
    expect(await run('pause', 'a-2.one')).toBe('a-2.one\n');
    expect(await of()).toBe('a-1.one Running\na-2.one Paused\n');
    expect(await run('unpause', 'a-2.one', '-q')).toMatch(/^[0-9a-f-]{36}\n$/);
    expect(await run('restart', 'a-1.one', '--json')).toMatch(/^\[\n/);
    expect(await run('kill', 'b-1', '-s', 'USR1')).toBe('b-1.one\n');
    expect(await of()).toBe('a-1.one Running\na-2.one Running\n');
    const before = await shown(shell.berth('container', 'inspect', 'a-1.one', '-q'));
    expect(await run('redeploy', 'a-1.one')).toBe('a-1.one\n');
    expect(await shown(shell.berth('container', 'inspect', 'a-1.one', '-q'))).not.toBe(before);
    expect(await run('kill', 'a-1.two')).toBe('a-1.two\n');
    expect(await states(shell, 'container', '--stack', 'two')).toBe('a-1.two Stopped\n');
    expect(await run('terminate', 'a-2.one', '--yes')).toBe('a-2.one\n');
    expect(await of()).toBe('a-1.one Running\n');
    expect(await shown(shell.berth('action', 'ls', '--last', '1', '--format', '{{.name}} {{.object.name}}'))).toBe(
      'Container Terminate a-2.one\n',
    );
  });

  test('several that are paused go on, one after the other', async () => {
    const shell = await pair();
    await ok(shell.berth('container', 'pause', 'a-1.one', 'a-2.one'));
    await ok(shell.berth('container', 'unpause', 'a-1.one', 'a-2.one', '--timeout', '20s'));
    expect(await states(shell, 'container', '--service', 'a.one')).toBe('a-1.one Running\na-2.one Running\n');
  });

  test('bad input: nothing is changed', async () => {
    const shell = await pair();
    const before = await state(shell);
    for (const [what, words, exitCode] of [
      ['a wrong name', ['stop', 'a-1.one', 'a-9.one'], 4],
      ['one container twice', ['stop', 'a-1.one', 'b-1', 'a-1.one'], 2],
      ['no name', ['stop'], 2],
      ['a signal that there is not', ['kill', 'a-1.one', '-s', 'NOPE'], 2],
      ['an option that the engine has not', ['redeploy', 'a-1.one', '--not-reuse-volumes'], 6],
      ['two ways to wait', ['stop', 'a-1.one', '--no-wait', '--timeout', '5s'], 2],
      ['a template of what there is not', ['stop', 'a-1.one', '--format', '{{.nope}}'], 2],
      ['no confirmation', ['terminate', 'a-1.one'], 2],
      ['a verb of another tool', ['rm', 'a-1.one'], 2],
    ] as const) {
      const run = await shell.berth('container', ...words);
      expect({ what, stdout: run.stdout, exitCode: run.exitCode }).toEqual({ what, stdout: '', exitCode });
      expect(run.stderr, what).toMatch(/^Error: /m);
    }
    const after = await state(shell);
    expect(after.slice(0, 3)).toEqual(before.slice(0, 3));
  });
});

describe('action', () => {
  const slow = { BERTH_SANDBOX_SPEED: '10', BERTH_SANDBOX_FAULTS: 'web:start-slow=60s' };
  const file = 'name: web\nservices:\n  web: {image: nginx}\n';

  test('cancel: of one that runs; retry goes on with it', async () => {
    const shell = openShell();
    shell.write('compose.yaml', file);
    const up = shell.startWith(slow, 'up');
    await printed(up, /service web: /, 'stderr');
    const id = await newestAction(shell);
    expect(await shell.berthWith(slow, 'action', 'cancel', id, 'nope')).toMatchObject({ stdout: '', exitCode: 4 });
    expect(await shown(shell.berthWith(slow, 'action', 'inspect', id, '--format', '{{.state}}'))).toBe('In progress\n');
    const canceled = await shell.berthWith(slow, 'action', 'cancel', id, '--json');
    expect(JSON.parse(canceled.stdout)).toMatchObject([{ id, state: 'Canceled' }]);
    const inspected = await shown(shell.berthWith(slow, 'action', 'inspect', id));
    expect(inspected).toMatch(/^Status: +Canceled$/m);
    expect(inspected).toMatch(/^Reason: +canceled by tester$/m);
    expect(inspected).toMatch(/^ +done +create service web /m);
    expect((await shell.berthWith(slow, 'action', 'cancel', id)).exitCode).toBe(3);
    const retried = await ok(shell.berthWith(slow, 'action', 'retry', id.slice(0, 8), '--format', '{{.state}}'));
    expect(retried.stdout).toBe('Success\n');
    expect(await states(shell, 'stack')).toBe('web Running\n');
  });

  test('retry: of several, one after the other', async () => {
    const shell = openShell();
    shell.write('compose.yaml', file);
    await shell.berth('up', '-q');
    const up = await newestAction(shell);
    await shell.berth('service', 'scale', 'web=2', '-q');
    const scale = await newestAction(shell);
    const retried = await ok(shell.berth('action', 'retry', up, scale.slice(0, 8), '-q'));
    expect(retried.stdout).toBe(`${up}\n${scale}\n`);
    expect(await states(shell, 'stack')).toBe('web Running\n');
  });

  test('retry: text, JSON, --no-wait, and what cannot be', async () => {
    const shell = openShell();
    shell.write('compose.yaml', file);
    await shell.berth('up', '-q');
    const id = await newestAction(shell);
    expect((await ok(shell.berth('action', 'retry', id))).stdout).toMatch(
      new RegExp(`^${id} +Stack Up +Success +web `, 'm'),
    );
    expect(JSON.parse((await ok(shell.berth('action', 'retry', id, '--json'))).stdout)).toMatchObject([{ id }]);
    expect((await ok(shell.berth('action', 'retry', id, '--no-wait', '-q'))).stdout).toBe(`${id}\n`);
    expect((await shell.berth('action', 'retry', 'nope')).exitCode).toBe(4);
    expect((await shell.berth('action', 'retry', id, 'nope')).exitCode).toBe(4);
    expect((await shell.berth('action', 'retry', id, id)).stderr).toContain('is named twice');
    expect((await shell.berth('action', 'retry', id, '--dry-run')).exitCode).toBe(2);
    expect((await shell.berth('action', 'retry', id, '--format', '{{.nope}}')).exitCode).toBe(2);
  });
});

test('inspect of a wrong noun and a wrong name says what was meant', async () => {
  const shell = await deployed();
  expect((await shell.berth('service', 'inspect', 'vte')).stderr).toMatch(/^Hint: Did you mean vote\?$/m);
  expect((await shell.berth('stack', 'down', 'voting-app')).stderr).toContain('Did you mean `berth stack terminate`?');
  expect((await shell.berth('up', '-f', votingApp, '--dry-run')).stdout).toBe('No changes.\n');
});
