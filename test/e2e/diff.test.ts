import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { openShell, type Shell } from './support/berth.js';
import { refused, state } from './support/refused.js';
import { json, type Named, shown } from './support/shown.js';

const first = 'name: shop\nservices:\n  web: {image: x:1, environment: {PRICE: "5$$"}}\n  db: {image: y:1}\n';
const second = first.replace('x:1', 'x:2');

async function shop(): Promise<Shell> {
  const shell = openShell();
  shell.write('compose.yaml', first);
  shell.write('second.yaml', second);
  expect((await shell.berth('up', '-q')).exitCode).toBe(0);
  return shell;
}

interface Step {
  readonly id: string;
  readonly operation: string;
  readonly reasons: readonly string[];
}

function images(shell: Shell): Promise<string> {
  return shown(shell.berth('container', 'ps', '--format', '{{.name}} {{.image}}'));
}

describe('stack diff', () => {
  test('nothing: a sentence, an empty list, and 0', async () => {
    const shell = await shop();
    expect(await shown(shell.berth('stack', 'diff', '--exit-code'))).toBe('No changes.\n');
    expect(await json(shell.berth('stack', 'diff', '--json', '--exit-code'))).toEqual([]);
  });

  test('what would be done, and 1 with --exit-code; it is what up does', async () => {
    const shell = await shop();
    const before = await state(shell);
    const diff = await shell.berth('stack', 'diff', '-f', 'second.yaml');
    expect(diff.exitCode).toBe(0);
    expect(diff.stdout).toMatch(/^~ update service web {2}image: x:1 -> x:2$/m);
    expect(diff.stdout).not.toContain('service db');
    expect(await shell.berth('stack', 'diff', '-f', 'second.yaml', '--exit-code')).toEqual({ ...diff, exitCode: 1 });
    const asJson = await shell.berth('stack', 'diff', '-f', 'second.yaml', '--exit-code', '--json');
    expect(asJson.exitCode).toBe(1);
    const steps: readonly Step[] = JSON.parse(asJson.stdout);
    expect(steps).toContainEqual(expect.objectContaining({ id: 'update service web', reasons: ['image: x:1 -> x:2'] }));
    expect(await state(shell)).toEqual(before);

    const up = await shell.berth('up', '-f', 'second.yaml', '--json');
    const { plan }: { readonly plan: readonly Step[] } = JSON.parse(up.stdout);
    expect(plan).toEqual(steps);
    expect(await shown(shell.berth('stack', 'diff', '-f', 'second.yaml', '--exit-code'))).toBe('No changes.\n');
  });

  test('of a stack that there is not: all of it is new; of some services: those', async () => {
    const shell = openShell();
    shell.write('compose.yaml', first);
    const all = await shell.berth('stack', 'diff', '-n', 'new', '--exit-code');
    expect(all.exitCode).toBe(1);
    expect(all.stdout).toMatch(/^\+ create service web/m);
    const some = await shown(shell.berth('stack', 'diff', 'db'));
    expect(some).toMatch(/^\+ create service db/m);
    expect(some).not.toContain('service web');
    expect(await json(shell.berth('stack', 'ls', '--json'))).toEqual([]);
  });

  test('--prune: what would go', async () => {
    const shell = await shop();
    shell.write('compose.yaml', 'name: shop\nservices:\n  db: {image: y:1}\n');
    expect(await shown(shell.berth('stack', 'diff', '--prune'))).toMatch(/^- remove service web/m);
    expect((await shell.berth('stack', 'diff')).stdout).not.toContain('service web');
  });

  test('bad input: the same as of up, and never 1', async () => {
    const shell = await shop();
    const usage = { exitCode: 2, code: 'usage' };
    await refused(shell, ['stack', 'diff', '--exit-cod'], { ...usage, message: 'unknown flag: --exit-cod' });
    expect((await shell.berth('stack', 'diff', 'nope', '--exit-code')).exitCode).toBe(4);
    expect((await shell.berth('stack', 'diff', '-f', 'nope.yaml', '--exit-code')).exitCode).toBe(2);
    expect((await shell.berth('stack', 'diff', '--format', 'csv')).exitCode).toBe(2);
  });
});

describe('stack update', () => {
  test('stores; what runs stays until redeploy', async () => {
    const shell = await shop();
    const run = await shell.berth('stack', 'update', 'shop', '-f', 'second.yaml');
    expect(run).toMatchObject({ stdout: 'shop\n', exitCode: 0 });
    expect(await images(shell)).toBe('db-1 y:1\nweb-1 x:1\n');
    expect(await shown(shell.berth('stack', 'ls', '--format', '{{.synchronized}}'))).toBe('false\n');
    expect((await shell.berth('stack', 'redeploy', 'shop')).exitCode).toBe(0);
    expect(await images(shell)).toBe('db-1 y:1\nweb-1 x:2\n');
    expect(await shown(shell.berth('stack', 'ls', '--format', '{{.synchronized}}'))).toBe('true\n');
  });

  test('--redeploy: replaces at once what differs, and nothing else', async () => {
    const shell = await shop();
    const before = await json<readonly Named[]>(shell.berth('container', 'ps', '--service', 'db', '--json'));
    const run = await shell.berth('stack', 'update', 'shop', '-f', 'second.yaml', '--redeploy', '--json');
    expect(JSON.parse(run.stdout)).toMatchObject({ subject: { name: 'shop', synchronized: true } });
    expect(await images(shell)).toBe('db-1 y:1\nweb-1 x:2\n');
    expect(await json(shell.berth('container', 'ps', '--service', 'db', '--json'))).toMatchObject(
      before.map(({ id }) => ({ id })),
    );
  });

  test('takes the name of the stack, whatever the file says; a dry run changes nothing', async () => {
    const shell = await shop();
    shell.write('second.yaml', second.replace('shop', 'other'));
    const id = (await shown(shell.berth('stack', 'ls', '-q'))).trim();
    const before = await state(shell);
    const plan = await shell.berth('stack', 'update', id, '-f', 'second.yaml', '--dry-run');
    expect(plan).toMatchObject({ exitCode: 0, stdout: expect.stringContaining('stack shop') });
    expect(await state(shell)).toEqual(before);
    expect((await shell.berth('stack', 'update', id.slice(0, 8), '-f', 'second.yaml')).stdout).toBe('shop\n');
    expect(await shown(shell.berth('stack', 'ls', '--format', 'name'))).toBe('shop\n');
  });

  test('bad input: nothing is changed', async () => {
    const shell = await shop();
    shell.write('broken.yaml', 'services:\n  web: [\n');
    const before = await state(shell);
    expect((await shell.berth('stack', 'update', 'nope', '-f', 'second.yaml')).exitCode).toBe(4);
    expect((await shell.berth('stack', 'update', 'shop', '-f', 'broken.yaml')).exitCode).toBe(2);
    expect((await shell.berth('stack', 'update', '-f', 'second.yaml')).exitCode).toBe(2);
    expect(await state(shell)).toEqual(before);
  });
});

describe('stack export', () => {
  test('what it prints deploys to the same; overlays are in it', async () => {
    const shell = await shop();
    await shell.berth('service', 'scale', 'db=2', '-q');
    const yaml = await shown(shell.berth('stack', 'export', 'shop'));
    expect(yaml).toMatch(/^name: shop\nservices:\n/);
    expect(yaml).toContain('PRICE: 5$$');
    expect(await shown(shell.berth('stack', 'export', 'shop', '-f', '-'))).toBe(yaml);
    const asJson = await shown(shell.berth('stack', 'export', 'shop', '--json'));
    expect(asJson).toBe(await shown(shell.berth('stack', 'export', 'shop', '--format', 'json')));
    expect(JSON.parse(asJson)).toMatchObject({ services: { db: { scale: 2 } } });
    shell.write('again.yaml', yaml);
    const steps = await json<readonly Step[]>(shell.berth('stack', 'diff', '-f', 'again.yaml', '--json'));
    // The number of replicas is the file's own now: stored, and nothing that runs is touched.
    expect(steps.map(({ operation }) => operation).filter((done) => done !== 'store' && done !== 'wait')).toEqual([]);
  });

  test('to a file: whole, not over another without --force', async () => {
    const shell = await shop();
    const file = path.join(shell.cwd, 'out.yaml');
    expect(await shell.berth('stack', 'export', 'shop', '-f', 'out.yaml')).toEqual({
      stdout: '',
      stderr: `Written to ${file}.\n`,
      exitCode: 0,
      signal: null,
    });
    expect(fs.readFileSync(file, 'utf8')).toBe(await shown(shell.berth('stack', 'export', 'shop')));
    fs.writeFileSync(file, 'mine\n');
    await refused(shell, ['stack', 'export', 'shop', '-f', 'out.yaml'], {
      exitCode: 2,
      code: 'usage',
      message: 'out.yaml is there already',
      hint: /--force/,
    });
    expect(fs.readFileSync(file, 'utf8')).toBe('mine\n');
    const forced = await shell.berth('stack', 'export', 'shop', '-f', file, '--force', '--json');
    expect({ stderr: forced.stderr, exitCode: forced.exitCode }).toEqual({ stderr: '', exitCode: 0 });
    expect(JSON.parse(forced.stdout)).toEqual({ file });
    expect(JSON.parse(fs.readFileSync(file, 'utf8'))).toMatchObject({ name: 'shop' });
  });

  test('bad input: no file is made', async () => {
    const shell = await shop();
    expect((await shell.berth('stack', 'export', 'nope', '-f', 'out.yaml')).exitCode).toBe(4);
    const told = await refused(shell, ['stack', 'export', 'shop', '-f', 'no/where.yaml'], {
      exitCode: 2,
      code: 'usage',
      message: 'cannot write no/where.yaml',
      hint: /^Make the directory no first/,
    });
    expect(told).toMatch(/\n {2}ENOENT: no such file or directory\n/);
    expect((await shell.berth('stack', 'export', 'shop', '--format', 'toml')).exitCode).toBe(2);
    expect(fs.readdirSync(shell.cwd).sort()).toEqual(['compose.yaml', 'second.yaml']);
  });
});

describe('stack up', () => {
  test('--reset-scale and --reset-config drop what verbs laid over the file', async () => {
    const shell = await shop();
    await shell.berth('service', 'scale', 'web=3', '-q');
    expect(await shown(shell.berth('stack', 'diff'))).toBe('No changes.\n');
    expect((await shell.berth('stack', 'diff', '--reset-scale')).stdout).toContain('replicas: 3 -> 1');
    expect((await shell.berth('up', '--reset-scale', '--reset-config')).exitCode).toBe(0);
    expect(await images(shell)).toBe('db-1 y:1\nweb-1 x:1\n');
  });

  test('--strict refuses what the engine would leave unheeded, before anything is stored', async () => {
    const shell = openShell();
    shell.write('compose.yaml', 'name: shop\nservices:\n  web: {image: x, x-berth: {autodestroy: ALWAYS}}\n');
    for (const words of [['up'], ['stack', 'up'], ['stack', 'create']]) {
      const run = await shell.berth(...words, '--strict');
      expect({ words, exitCode: run.exitCode, stdout: run.stdout }).toEqual({ words, exitCode: 6, stdout: '' });
      expect(run.stderr).toContain('autodestroy');
    }
    expect(await json(shell.berth('stack', 'ls', '--json'))).toEqual([]);
    const loose = await shell.berth('up');
    expect(loose.exitCode).toBe(0);
    expect(loose.stderr).toContain('autodestroy');
  });

  test('--rollback-on-failure: exit 11, and what ran before runs again', async () => {
    const shell = openShell({ BERTH_SANDBOX_FAULTS: 'web:crash,exit=3,image=x:2' });
    shell.write('compose.yaml', first);
    shell.write('second.yaml', second);
    await shell.berth('up', '-q');
    const run = await shell.berth('up', '-f', 'second.yaml', '--rollback-on-failure');
    expect({ stdout: run.stdout, exitCode: run.exitCode }).toEqual({ stdout: '', exitCode: 11 });
    expect(await images(shell)).toBe('db-1 y:1\nweb-1 x:1\n');
    expect(await shown(shell.berth('stack', 'ls', '--format', '{{.state}}'))).toBe('Running\n');
  });
});
