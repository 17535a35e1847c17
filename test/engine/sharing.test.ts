import type { ChildProcess } from 'node:child_process';
import { expect, test } from 'vitest';
import { eventually } from '../contract/harness.js';
import { errorOn, outcome, printed } from '../e2e/support/berth.js';
import { type Home, openHome } from './support/home.js';
import { openTimeline } from './support/timeline.js';

/** Two replicas that are replaced one after the other. */
const shop = (version: 1 | 2, more = ''): string => `
name: shop
services:
  web:
    image: example/steady:${version}
    deploy: { replicas: 2, update_config: { monitor: 1s } }
${more}`;

/** Healthy a good while after it was started: whoever deploys it is not done soon. */
const late = '  late: { image: "example/late:1" }\n';

async function ok(home: Home, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await home.berth(...args);
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

async function releases(home: Home): Promise<unknown> {
  return JSON.parse(await ok(home, 'releases', 'ls', '--app', 'shop', '--json'));
}

/** Starts an up, and waits until replicas of the second version are there. */
async function halfway(home: Home): Promise<ChildProcess> {
  const child = home.start('stack', 'up');
  child.stdout?.resume();
  child.stderr?.resume();
  await eventually('a replica of the second version', async () =>
    (await home.containers()).some((line) => line.includes('example/steady:2')) ? true : undefined,
  );
  return child;
}

test.concurrent('another home sees the releases, goes back to one, and the first one sees that', async (context) => {
  const one = await openHome(context);
  const other = await openHome(context, one.engine);
  for (const version of [1, 2] as const) {
    one.write('compose.yaml', shop(version));
    await ok(one, 'stack', 'up');
  }
  expect(await releases(other)).toEqual(await releases(one));
  await ok(other, 'releases', 'rollback', 'v1', '--app', 'shop');
  expect(await one.containers()).toEqual([
    'shop-web-1 example/steady:1 running',
    'shop-web-2 example/steady:1 running',
  ]);
  expect(await releases(one)).toMatchObject([{ version: 3 }, { version: 2 }, { version: 1 }]);
  expect(await ok(one, 'stack', 'diff')).not.toBe('');
  expect(await ok(other, 'stack', 'ls', '--format', '{{.name}} {{.state}}')).toBe('shop Running\n');
  // What was done from a home is told there.
  expect(await ok(other, 'action', 'ls', '--format', '{{.name}}')).not.toContain('Up');
});

test.concurrent('two at once: one is refused, or waits for the other, and neither is lost', async (context) => {
  const one = await openHome(context);
  const other = await openHome(context, one.engine);
  one.write('compose.yaml', shop(1, late));
  const first = one.startWith({ USER: 'ann' }, 'stack', 'up');
  const firstEnd = outcome(first);
  await printed(first, /service late/, 'stderr');

  other.write('compose.yaml', shop(2));
  const refused = await other.berth('stack', 'up', '--lock-timeout', '0', '--json');
  expect(refused.exitCode).toBe(3);
  expect(errorOn(refused.stdout)).toMatchObject({ code: 'conflict' });
  expect(errorOn(refused.stdout).message).toMatch(
    new RegExp(`^stack shop is being changed by ann \\(Stack Up, process ${first.pid ?? ''} on `),
  );

  const second = await other.berthWith({ USER: 'bob' }, 'stack', 'up', '--prune');
  expect(second.stderr).toMatch(/^stack shop: waiting for ann \(Stack Up, process /);
  expect([second.exitCode, (await firstEnd).exitCode]).toEqual([0, 0]);
  expect(await releases(one)).toMatchObject([
    { version: 2, user: 'bob' },
    { version: 1, user: 'ann' },
  ]);
  expect(await one.containers()).toEqual([
    'shop-web-1 example/steady:2 running',
    'shop-web-2 example/steady:2 running',
  ]);
});

test.concurrent('one that is killed on the way leaves the stack to the other at once', async (context) => {
  const one = await openHome(context);
  const other = await openHome(context, one.engine);
  one.write('compose.yaml', shop(1));
  await ok(one, 'stack', 'up');
  one.write('compose.yaml', shop(2));
  const first = await halfway(one);
  const ended = outcome(first);
  first.kill('SIGKILL');
  await ended;

  other.write('compose.yaml', shop(1));
  await ok(other, 'stack', 'up', '--lock-timeout', '0');
  expect(await one.containers()).toEqual([
    'shop-web-1 example/steady:1 running',
    'shop-web-2 example/steady:1 running',
  ]);
  expect(await ok(one, 'action', 'ls', '--format', '{{.name}} {{.state}} {{.reason}}')).toMatch(
    /^Stack Up Failed interrupted\n/,
  );
});

test.concurrent('one that slept while the other took over changes nothing more when it wakes', async (context) => {
  const one = await openHome(context);
  const other = await openHome(context, one.engine);
  one.write('compose.yaml', shop(1));
  await ok(one, 'stack', 'up');
  one.write('compose.yaml', shop(2));
  const sleeper = one.start('stack', 'up', '--json');
  const end = outcome(sleeper);
  await eventually('a replica of the second version', async () =>
    (await one.containers()).some((line) => line.includes('example/steady:2')) ? true : undefined,
  );
  sleeper.kill('SIGSTOP');

  // A process that lives is waited for until its lease is over.
  other.write('compose.yaml', shop(1));
  await ok(other, 'stack', 'up');
  const timeline = await openTimeline(one.engine);
  context.onTestFinished(timeline.stop);
  const before = await one.engine.docker('volume', 'ls');
  sleeper.kill('SIGCONT');
  const { exitCode, stdout } = await end;
  expect(exitCode).toBe(3);
  expect(errorOn(stdout)).toMatchObject({ code: 'conflict' });
  expect(timeline.happenings).toEqual([]);
  expect(await one.engine.docker('volume', 'ls')).toBe(before);
  expect(await one.containers()).toEqual([
    'shop-web-1 example/steady:1 running',
    'shop-web-2 example/steady:1 running',
  ]);
});
