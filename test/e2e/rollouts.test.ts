import { describe, expect, test, vi } from 'vitest';
import { errorOn, openShell, outcome, printed, type Shell, votingApp } from './support/berth.js';

const deadline = { timeout: 15_000, interval: 100 };

/** `NAME: STATE REASON`, the reason as JSON, of the actions, the newest first. */
async function actions(shell: Shell): Promise<readonly string[]> {
  const { stdout } = await shell.berth('action', 'ls', '--format', '{{.name}}: {{.state}} {{json .reason}}');
  return stdout.trimEnd().split('\n');
}

async function stateOf(shell: Shell): Promise<string> {
  return (await shell.berth('stack', 'ls', '--format', '{{.state}}')).stdout;
}

describe('--dry-run prints the plan and changes nothing', () => {
  test('of a stack that is not there', async () => {
    const shell = openShell();
    for (const verb of [['up'], ['stack', 'create']]) {
      const { stdout, exitCode } = await shell.berth(...verb, '-f', votingApp, '--dry-run');
      expect(exitCode).toBe(0);
      expect(stdout).toMatch(/^\* store stack voting-app {2}\(new\)\n/);
    }
    const json = await shell.berth('up', '-f', votingApp, '--dry-run', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({ subject: null, action: null });
    expect((await shell.berth('stack', 'ls', '--json')).stdout).toBe('[]\n');
    expect((await shell.berth('action', 'ls', '--json')).stdout).toBe('[]\n');
  });

  test.each([
    ['an up', ['up', '-f', 'compose.yaml'], '~ update service vote  image: example/vote:1.4 -> example/vote:2.0\n'],
    ['a scale', ['service', 'scale', 'vote=7'], '~ scale service vote  replicas: 2 -> 7\n'],
    ['a terminate', ['stack', 'terminate', 'voting-app'], '- remove service vote'],
  ])('%s of a stack that runs', async (_what, args, line) => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const { stdout: whole } = await shell.berth('compose', 'config', '-f', votingApp);
    shell.write('compose.yaml', whole.replace('example/vote:1.4', 'example/vote:2.0'));
    const before = await shell.berth('service', 'ps', '--json');
    const { stdout, exitCode } = await shell.berth(...args, '--dry-run');
    expect(stdout).toContain(line);
    expect(exitCode).toBe(0);
    const json = await shell.berth(...args, '--dry-run', '--json');
    const mutation = { subject: null, action: null };
    expect(JSON.parse(json.stdout)).toMatchObject(args[1] === 'terminate' ? [mutation] : mutation);
    expect(await shell.berth('service', 'ps', '--json')).toEqual(before);
    expect(await actions(shell)).toEqual(['Stack Up: Success null']);
  });

  test('of an up that has nothing to do', async () => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const { stdout, exitCode } = await shell.berth('up', '-f', votingApp, '--dry-run');
    expect({ stdout, exitCode }).toEqual({ stdout: 'No changes.\n', exitCode: 0 });
  });
});

describe('waiting', () => {
  test('--no-wait returns before the work is done, and it is done all the same', async () => {
    const shell = openShell({ BERTH_SANDBOX_SPEED: '5' });
    const { stdout, stderr, exitCode } = await shell.berth('up', '-f', votingApp, '--no-wait');
    expect({ stdout, exitCode }).toEqual({ stdout: 'voting-app\n', exitCode: 0 });
    expect(stderr).toMatch(/Running in the background as action ([0-9a-f]{8})\. Its log: berth action logs \1\n$/);
    expect(await stateOf(shell)).not.toBe('Running\n');
    const id = /action ([0-9a-f]{8})\./.exec(stderr)?.[1] ?? '';
    const follow = await shell.berth('action', 'logs', id, '--follow');
    expect(follow.stdout).toMatch(/vote is running \(2 of 2\)\n/);
    await vi.waitFor(async () => {
      expect(await actions(shell)).toEqual(['Stack Up: Success null']);
    }, deadline);
    expect(await stateOf(shell)).toBe('Running\n');
  });

  test('--no-wait finds its way with a relative BERTH_HOME', async () => {
    const shell = openShell({ BERTH_HOME: 'here' });
    const { exitCode } = await shell.berth('up', '-f', votingApp, '--no-wait');
    expect(exitCode).toBe(0);
    await vi.waitFor(async () => {
      expect(await actions(shell)).toEqual(['Stack Up: Success null']);
    }, deadline);
  });

  test('--sync waits', async () => {
    const shell = openShell();
    expect((await shell.berth('up', '-f', votingApp, '--sync')).exitCode).toBe(0);
    expect(await stateOf(shell)).toBe('Running\n');
  });

  test('--timeout: exit 7, and the work goes on', async () => {
    const shell = openShell({ BERTH_SANDBOX_SPEED: '5' });
    const { stdout, stderr, exitCode } = await shell.berth('up', '-f', votingApp, '--timeout', '300ms', '--json');
    expect(exitCode).toBe(7);
    expect(errorOn(stdout)).toMatchObject({
      code: 'timeout',
      message: 'stack voting-app is not as asked for yet',
      exitCode: 7,
    });
    expect(stderr).toMatch(/\nError: stack voting-app is not as asked for yet\n.*\nHint: The work goes on\. /);
    await vi.waitFor(async () => {
      expect(await actions(shell)).toEqual(['Stack Up: Success null']);
    }, deadline);
    expect(await stateOf(shell)).toBe('Running\n');
  });
});

describe('faults', () => {
  test.each([
    ['a crash', 'worker:crash', 10, 'rollout_failed', /^service worker keeps exiting \(with code 1, \d+ restarts\)$/],
    ['an exit code', 'vote:exit=7', 10, 'rollout_failed', /^service vote exited with code 7$/],
    ['a failing health check', 'redis:unhealthy', 10, 'rollout_failed', /^service redis is unhealthy$/],
  ])('%s', async (_what, faults, exitCode, code, message) => {
    const shell = openShell({ BERTH_SANDBOX_FAULTS: faults });
    const run = await shell.berth('up', '-f', votingApp, '--json');
    const error = errorOn(run.stdout);
    expect([run.exitCode, error.exitCode, error.code]).toEqual([exitCode, exitCode, code]);
    expect(error.message).toMatch(message);
    expect(error.hint).toMatch(/berth service logs \w+\.voting-app/);
    expect(error.detail).toContain('last log lines:\n');
    expect(run.stderr).toContain(`Error: ${error.message}\n`);
    expect(run.stderr).toContain('  last log lines:\n');
    expect(await actions(shell)).toEqual([`Stack Up: Failed ${JSON.stringify(error.message)}`]);
    expect(await stateOf(shell)).not.toBe('Running\n');
  });

  test('an image that cannot be pulled', async () => {
    const shell = openShell({ BERTH_SANDBOX_FAULTS: 'db:pull-error' });
    const { stderr, exitCode } = await shell.berth('up', '-f', votingApp, '--timeout', '20s');
    expect(stderr).toMatch(/postgres:18-alpine/);
    expect(exitCode).toBe(10);
  });

  test('a fault that passes does not fail the rollout', async () => {
    const shell = openShell({ BERTH_SANDBOX_FAULTS: 'worker:crash,times=1' });
    expect((await shell.berth('up', '-f', votingApp)).exitCode).toBe(0);
    expect(await stateOf(shell)).toBe('Running\n');
  });

  test('after the fault is gone the same up succeeds', async () => {
    const shell = openShell();
    const broken = await shell.berthWith({ BERTH_SANDBOX_FAULTS: 'vote:crash' }, 'up', '-f', votingApp);
    expect(broken.exitCode).toBe(10);
    const { stdout, exitCode } = await shell.berthWith({ BERTH_SANDBOX_FAULTS: '' }, 'up', '-f', votingApp);
    expect({ stdout, exitCode }).toEqual({ stdout: 'voting-app\n', exitCode: 0 });
    expect(await stateOf(shell)).toBe('Running\n');
  });

  test('no node that fits: 13', async () => {
    const shell = openShell();
    shell.write(
      'compose.yaml',
      'name: pinned\nservices:\n  web:\n    image: nginx\n    deploy:\n      placement:\n        constraints: [node.labels.zone == moon]\n',
    );
    const { stdout, stderr, exitCode } = await shell.berth('up', '--json');
    expect(exitCode).toBe(13);
    expect(errorOn(stdout)).toMatchObject({
      code: 'unplaceable',
      message: 'service web cannot be placed on any node',
      exitCode: 13,
    });
    expect(stderr).toContain('Hint: Change its placement');
    const nodes = { BERTH_SANDBOX_NODES: 'a:zone=earth;b:zone=moon' };
    expect((await shell.berthWith(nodes, 'up')).exitCode).toBe(0);
    expect((await shell.berth('container', 'ps', '--format', '{{.node}}')).stdout).toBe('b\n');
  });
});

describe('an update that fails under the policy `pause`', () => {
  test.each([
    ['the new version ends', 'web:crash,image=x:2', 'services: {web: {image: "x:TAG"}}'],
    [
      'the new version ends and is started again',
      'web:crash,image=x:2',
      'services: {web: {image: "x:TAG", restart: always}}',
    ],
    ['the new image cannot be pulled', 'web:pull-error,image=x:2', 'services: {web: {image: "x:TAG"}}'],
  ])('%s: exit 12, with what the replica said', async (_what, faults, file) => {
    const shell = openShell({ BERTH_SANDBOX_FAULTS: faults });
    shell.write('compose.yaml', file.replace('TAG', '1'));
    expect((await shell.berth('up', '-n', 'shop', '-q')).exitCode).toBe(0);
    shell.write('compose.yaml', file.replace('TAG', '2'));
    const { stdout, stderr, exitCode } = await shell.berth('up', '-n', 'shop', '--json');
    expect({ code: errorOn(stdout).code, exitCode }, stderr).toEqual({ code: 'paused', exitCode: 12 });
    expect(errorOn(stdout).message).toBe('the update of service web was paused');
    shell.write('compose.yaml', file.replace('TAG', '3'));
    expect((await shell.berth('up', '-n', 'shop', '-q')).exitCode).toBe(0);
  });
});

describe('two at once', () => {
  test('the second waits, is told for whom, and then finds nothing to do', async () => {
    const shell = openShell({ BERTH_SANDBOX_SPEED: '5' });
    const first = shell.start('up', '-f', votingApp);
    const firstEnd = outcome(first);
    await printed(first, /service db: starting/, 'stderr');
    const second = await shell.berth('up', '-f', votingApp);
    expect(second.stderr).toMatch(
      new RegExp(`^stack voting-app: waiting for tester \\(Stack Up, process ${first.pid ?? ''} on `),
    );
    expect(second.stderr).toMatch(/Nothing to do/);
    expect([second.exitCode, (await firstEnd).exitCode]).toEqual([0, 0]);
    expect(await actions(shell)).toEqual(['Stack Up: Success null']);
  });

  test('with a --timeout it is refused when the time is up: 3, nothing changed', async () => {
    const shell = openShell({ BERTH_SANDBOX_SPEED: '0.01' });
    const first = shell.start('up', '-f', votingApp);
    await printed(first, /service db: starting/, 'stderr');
    const { stdout, exitCode } = await shell.berth('service', 'scale', 'vote=9', '--timeout', '300ms', '--json');
    expect(exitCode).toBe(3);
    const error = errorOn(stdout);
    expect(error.code).toBe('conflict');
    expect(error.message).toMatch(/^stack voting-app is being changed by tester \(Stack Up, process \d+ on /);
    expect(error.hint).toMatch(/^Nothing was changed\. Follow it with `berth action logs [0-9a-f]{8} --follow`/);
    expect((await shell.berth('service', 'ps', '--format', '{{.name}} {{.replicas.desired}}')).stdout).toContain(
      'vote 2\n',
    );
  });

  test('two first ups in the same instant', async () => {
    const shell = openShell();
    const runs = await Promise.all([1, 2, 3].map(() => shell.berth('up', '-f', votingApp)));
    expect(runs.map(({ stdout, exitCode }) => [stdout, exitCode])).toEqual(runs.map(() => ['voting-app\n', 0]));
    expect(await actions(shell)).toEqual(['Stack Up: Success null']);
  });
});

test('a waiting up that is killed: its action reads Failed, interrupted, and the next up goes on', async () => {
  const shell = openShell({ BERTH_SANDBOX_SPEED: '4' });
  const child = shell.start('up', '-f', votingApp);
  const ended = outcome(child);
  await printed(child, /service db: starting/, 'stderr');
  child.kill('SIGKILL');
  expect((await ended).signal).toBe('SIGKILL');
  const { stdout, exitCode } = await shell.berth('up', '-f', votingApp);
  expect({ stdout, exitCode }).toEqual({ stdout: 'voting-app\n', exitCode: 0 });
  expect(await actions(shell)).toEqual(['Stack Up: Success null', 'Stack Up: Failed "interrupted"']);
  expect(await stateOf(shell)).toBe('Running\n');
});

test('a killed up reads Failed at once, without another change', async () => {
  const shell = openShell({ BERTH_SANDBOX_SPEED: '4' });
  const child = shell.start('up', '-f', votingApp);
  const ended = outcome(child);
  await printed(child, /service db: starting/, 'stderr');
  expect(await actions(shell)).toEqual(['Stack Up: In progress null']);
  child.kill('SIGKILL');
  await ended;
  expect(await actions(shell)).toEqual(['Stack Up: Failed "interrupted"']);
});
