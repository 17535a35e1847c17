import { once } from 'node:events';
import http from 'node:http';
import { expect, test } from 'vitest';
import { eventually } from '../contract/harness.js';
import { errorOn, outcome, type Run } from '../e2e/support/berth.js';
import { crash, recovered } from './support/crash.js';
import { type Home, openHome } from './support/home.js';
import { openTimeline } from './support/timeline.js';

const shop = (version: 1 | 2): string => `
name: shop
services:
  web:
    image: example/steady:${version}
    restart: unless-stopped
    deploy: { replicas: 2, update_config: { monitor: 1s } }
`;

const done = ['shop-web-1 example/steady:2 running', 'shop-web-2 example/steady:2 running'];

async function ok(home: Home, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await home.berth(...args);
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

/** Deploys the first version, begins to update it, and does something when a replica of the second has started. */
async function updateBroken(home: Home, how: (pid: number) => void): Promise<Run> {
  home.write('compose.yaml', shop(1));
  await ok(home, 'stack', 'up');
  home.write('compose.yaml', shop(2));
  const timeline = await openTimeline(home.engine, ({ what, image }) => {
    if (what === 'start' && image === 'example/steady:2') how(child.pid ?? 0);
  });
  const child = home.start('stack', 'up', '--json');
  const run = await outcome(child);
  timeline.stop();
  return run;
}

test.concurrent(
  'Docker is killed in the middle: exit 8, nothing is lost, and the verb again goes on',
  async (context) => {
    const home = await openHome(context);
    let crashed = false;
    const { exitCode, stdout, stderr } = await updateBroken(home, () => {
      if (!crashed) crash(home.engine);
      crashed = true;
    });
    expect(exitCode, stderr).toBe(8);
    expect(errorOn(stdout)).toMatchObject({ code: 'unreachable', hint: expect.stringContaining('daemon') });
    expect(errorOn(stdout).message).toContain(home.engine.host);

    await recovered(home.engine);
    const format = 'v{{.version}}';
    expect(await ok(home, 'releases', 'ls', '--app', 'shop', '--format', format)).toBe('v2\nv1\n');
    await ok(home, 'stack', 'up');
    expect(await home.containers()).toEqual(done);
    expect(await ok(home, 'stack', 'ls', '--format', '{{.state}}')).toBe('Running\n');
    expect(await ok(home, 'action', 'ls', '--format', '{{.state}}')).toBe('Success\nFailed\nSuccess\n');
  },
);

test.concurrent('Ctrl-C during an update: exit 130, the action is canceled, and up goes on', async (context) => {
  const home = await openHome(context);
  const { exitCode, stdout } = await updateBroken(home, (pid) => process.kill(pid, 'SIGINT'));
  expect(exitCode).toBe(130);
  expect(errorOn(stdout)).toMatchObject({ code: 'interrupted', hint: expect.stringContaining('action retry') });
  expect(await ok(home, 'action', 'ls', '--format', '{{.state}}')).toBe('Canceled\nSuccess\n');
  await ok(home, 'stack', 'up', '--lock-timeout', '0');
  expect(await home.containers()).toEqual(done);
});

test.concurrent('Ctrl-C during a pull: exit 130 at once, nothing is made, and up goes on', async (context) => {
  const home = await openHome(context);
  // A registry that never comes to the point.
  let asked = false;
  const registry = http.createServer((request, response) => {
    if (request.url === '/v2/') response.end('{}');
    else asked = true;
  });
  registry.listen(0, home.engine.hostAddress);
  await once(registry, 'listening');
  context.onTestFinished(() => {
    registry.closeAllConnections();
    registry.close();
  });
  const address = registry.address();
  const image = `${home.engine.hostAddress}:${typeof address === 'object' ? address?.port : ''}/late:1`;
  home.write('compose.yaml', `name: shop\nservices: { web: { image: "${image}" } }\n`);

  const child = home.start('stack', 'up', '--json');
  const end = outcome(child);
  await eventually('a pull', async () => asked || undefined);
  const startedMs = performance.now();
  child.kill('SIGINT');
  expect((await end).exitCode).toBe(130);
  expect(performance.now() - startedMs).toBeLessThan(5_000);
  expect(await home.containers()).toEqual([]);

  await home.engine.docker('tag', 'example/steady:1', image);
  await ok(home, 'stack', 'up', '--lock-timeout', '0');
  expect(await home.containers()).toEqual([`shop-web-1 ${image} running`]);
});
