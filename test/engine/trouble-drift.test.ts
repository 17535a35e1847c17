import { expect, test } from 'vitest';
import { errorOn } from '../e2e/support/berth.js';
import { type Home, openHome } from './support/home.js';

const shop = `
name: shop
services:
  web:
    image: example/steady:1
    restart: unless-stopped
    deploy: { replicas: 2 }
`;

async function ok(home: Home, ...args: string[]): Promise<string> {
  const { exitCode, stdout, stderr } = await home.berth(...args);
  expect({ exitCode, stderr: exitCode === 0 ? '' : stderr }).toEqual({ exitCode: 0, stderr: '' });
  return stdout;
}

/** Id and time of start of a container: both stay when nobody touches it. */
function markOf(home: Home, name: string): Promise<string> {
  return home.inspect(name, '{{.Id}} {{.State.StartedAt}} {{.State.Status}} {{.Name}}');
}

test.concurrent('a container that was removed by hand is told by diff, and made again', async (context) => {
  const home = await openHome(context);
  home.write('compose.yaml', shop);
  await ok(home, 'stack', 'up');
  const kept = await markOf(home, 'shop-web-2');
  await home.engine.docker('rm', '--force', 'shop-web-1');
  expect((await home.berth('stack', 'diff', '--exit-code')).exitCode).toBe(1);
  await ok(home, 'stack', 'up');
  expect(await home.containers()).toEqual([
    'shop-web-1 example/steady:1 running',
    'shop-web-2 example/steady:1 running',
  ]);
  expect(await markOf(home, 'shop-web-2')).toBe(kept);
  expect((await home.berth('stack', 'diff', '--exit-code')).exitCode).toBe(0);
});

test.concurrent('one that was stopped by hand is told by diff, and started', async (context) => {
  const home = await openHome(context);
  home.write('compose.yaml', shop);
  await ok(home, 'stack', 'up');
  const id = await home.inspect('shop-web-1', '{{.Id}}');
  await home.engine.docker('stop', 'shop-web-1');
  const { stdout, exitCode } = await home.berth('stack', 'diff', '--exit-code');
  expect([exitCode, stdout.includes('web')]).toEqual([1, true]);
  await ok(home, 'stack', 'up');
  expect(await home.inspect('shop-web-1', '{{.Id}} {{.State.Running}}')).toBe(`${id} true`);
});

test.concurrent(
  'a docker-compose project of the same name is refused by the names of its containers, which are left alone',
  async (context) => {
    const home = await openHome(context);
    const { docker } = home.engine;
    const labels = ['project=shop', 'service=cache', 'container-number=1', 'oneoff=False', 'config-hash=abc'];
    const words = labels.flatMap((label) => ['--label', `com.docker.compose.${label}`]);
    await docker('run', '--detach', '--name', 'shop_cache_1', ...words, 'example/steady:1');
    const before = await markOf(home, 'shop_cache_1');
    home.write('compose.yaml', shop);
    for (const flags of [[], ['--prune']]) {
      const { exitCode, stderr } = await home.berth('stack', 'up', ...flags);
      expect([exitCode, stderr]).toEqual([3, expect.stringContaining('shop_cache_1')]);
    }
    expect(await home.containers()).toEqual(['shop_cache_1 example/steady:1 running']);
    expect(await markOf(home, 'shop_cache_1')).toBe(before);
  },
);

test.concurrent(
  'a container of somebody else that has the name of a replica: exit 3, and it is not touched',
  async (context) => {
    const home = await openHome(context);
    await home.engine.docker('run', '--detach', '--name', 'shop-web-2', 'example/steady:2');
    const before = await markOf(home, 'shop-web-2');
    home.write('compose.yaml', shop);
    const { exitCode, stdout } = await home.berth('stack', 'up', '--json');
    expect(exitCode).toBe(3);
    expect(errorOn(stdout).message).toContain('shop-web-2');
    expect(await markOf(home, 'shop-web-2')).toBe(before);
    await home.engine.docker('rename', 'shop-web-2', 'other');
    await ok(home, 'stack', 'up');
    expect(await home.containers()).toEqual([
      'other example/steady:2 running',
      'shop-web-1 example/steady:1 running',
      'shop-web-2 example/steady:1 running',
    ]);
  },
);

/** Everything on the daemon that a deployment could leave. */
async function everything({ docker }: Home['engine']): Promise<readonly string[]> {
  const volumes = (await docker('volume', 'ls', '--format', '{{.Name}}')).split('\n');
  return [
    await docker('ps', '--all', '--no-trunc', '--format', '{{.ID}} {{.Names}} {{.State}}'),
    await docker('network', 'ls', '--format', '{{.Name}}'),
    // The lock on a stack is a volume: it was held for a moment.
    ...volumes.filter((name) => !name.startsWith('berth_stack_')),
  ];
}

const fixed = (replicas: number, ports = '8000'): string => `
name: shop
services:
  web: { image: "local/web:1", ports: ["${ports}:8080"], deploy: { replicas: ${replicas} } }
`;

test.concurrent.for([
  [
    'an unheeded key, with --strict',
    'name: shop\nservices: {web: {image: "example/steady:1", credential_spec: {file: a}}}\n',
    ['--strict'],
    [6],
  ],
  ['two replicas on one port', fixed(2), [], [2, 3]],
] as const)('%s: refused by its path, and nothing is made', async ([, file, flags, codes], context) => {
  const home = await openHome(context);
  const before = await everything(home.engine);
  home.write('compose.yaml', file);
  const { exitCode, stdout } = await home.berth('stack', 'up', ...flags, '--json');
  expect(codes).toContain(exitCode);
  expect(JSON.stringify(errorOn(stdout))).toContain('services.web');
  expect(await everything(home.engine)).toEqual(before);
});

test.concurrent('an unheeded key, without --strict: a warning by its path, and it runs', async (context) => {
  const home = await openHome(context);
  home.write('compose.yaml', 'name: shop\nservices: {web: {image: "example/steady:1", credential_spec: {file: a}}}\n');
  const { exitCode, stderr } = await home.berth('stack', 'up');
  expect([exitCode, stderr]).toEqual([0, expect.stringContaining('services.web.credential_spec')]);
  expect(await home.containers()).toEqual(['shop-web-1 example/steady:1 running']);
});

test.concurrent('more replicas than there are ports: refused, nothing changed', async (context) => {
  const home = await openHome(context);
  home.write('compose.yaml', fixed(2, '8000-8001'));
  await ok(home, 'stack', 'up');
  const before = await everything(home.engine);
  const { exitCode, stdout } = await home.berth('service', 'scale', 'web=3', '--json');
  expect([2, 3]).toContain(exitCode);
  expect(errorOn(stdout).message).toContain('services.web.ports[0]');
  expect(await everything(home.engine)).toEqual(before);
  expect((await home.berth('stack', 'diff', '--exit-code')).exitCode).toBe(0);
});
