import { describe, expect, test } from 'vitest';
import { hasPty, openShell, outcome, printed } from './support/berth.js';
import { expectNothingKept, refused, state } from './support/refused.js';
import { done, openShop } from './support/shop.js';
import { json, marked, type Named, shown } from './support/shown.js';

describe('apps', () => {
  test('create, ls, info, destroy', async () => {
    const shell = openShell();
    expect(await done(shell.berth('apps', 'create', 'blog'))).toBe('blog\n');
    const [named] = (await done(shell.berth('apps', 'create'))).split('\n');
    expect(named).toMatch(/^[a-z]+-[a-z]+$/);
    expect(await shown(shell.berth('apps', 'ls', '--format', '{{.name}} {{.state}}'))).toBe(
      ['blog Not running', `${named ?? ''} Not running`].sort().join('\n') + '\n',
    );
    expect(await json(shell.berth('apps', 'info', '-a', 'blog', '--json'))).toMatchObject({
      name: 'blog',
      processes: [],
      release: { version: 1, current: true },
    });
    expect(await done(shell.berth('apps', 'destroy', '-a', 'blog', '--confirm=blog'))).toBe('blog\n');
    expect(await shown(shell.berth('apps', 'ls', '--format', 'name'))).toBe(`${named ?? ''}\n`);
  });

  test('info: the types with their replicas', async () => {
    const shell = await openShop();
    const text = await shown(shell.berth('apps', 'info'));
    expect(text).toMatch(/^Release: +v1 \(created with web, worker\)$/m);
    expect(text).toContain(
      [
        'Processes:',
        '  TYPE     REPLICAS   STATUS    IMAGE',
        '  web           2/2   Running   example/web:1',
        '  worker        1/1   Running   example/worker:1',
        '',
      ].join('\n'),
    );
    expect(await json(shell.berth('apps', 'info', '--json'))).not.toHaveProperty('definition');
    expect(marked(await shown(shell.berth('apps', 'ls')))).toMatch(
      /^shop {3}<id>\.+ {3}Running {3}web, worker {3}<time>\.+$/m,
    );
  });

  test('--limit: the first of apps and of processes', async () => {
    const shell = await openShop();
    await shell.berth('apps', 'create', 'blog', '-q');
    expect(await shown(shell.berth('apps', 'ls', '--limit', '1', '--format', 'name'))).toBe('blog\n');
    expect(await shown(shell.berth('ps', 'ls', '-l', '2', '--format', 'name'))).toBe('web-1\nweb-2\n');
    await refused(shell, ['ps', 'ls', '-l', '0'], {
      exitCode: 2,
      code: 'usage',
      message: '--limit takes a whole number, 1 or more; got 0',
    });
  });

  test('scale and ps scale set replicas of types', async () => {
    const shell = await openShop();
    expect(await done(shell.berth('apps', 'scale', 'web=3', 'worker=2'))).toBe('web\nworker\n');
    expect(await done(shell.berth('ps', 'scale', '-a', 'shop', 'web=1'))).toBe('web\n');
    expect(await shown(shell.berth('ps', 'ls', '--format', '{{.service}} {{.name}}'))).toBe(
      'web web-1\nworker worker-1\nworker worker-2\n',
    );
    const before = await state(shell);
    expect(await shown(shell.berth('ps', 'scale', 'web=0', '--dry-run'))).toContain('replicas: 1 -> 0');
    await refused(shell, ['apps', 'scale', 'web=2', 'wroker=1'], {
      exitCode: 4,
      code: 'not_found',
      message: 'the app shop has no process type "wroker"',
      hint: /^Did you mean `berth apps scale -a shop worker=1`\?$/,
    });
    await refused(shell, ['ps', 'scale', 'web=two'], {
      exitCode: 2,
      code: 'usage',
      message: 'replicas must be a whole number, 0 or more; got "two"',
      hint: /`berth ps scale /,
    });
    expect(await state(shell)).toEqual(before);
  });

  test('logs: the last lines of each process, since, as JSON', async () => {
    const shell = await openShop();
    const lines = (await shown(shell.berth('apps', 'logs', '-n', '1'))).trimEnd().split('\n');
    expect(lines.map((line) => line.split(/ *\| /)[0]).sort()).toEqual(['web-1', 'web-2', 'worker-1']);
    expect(await shown(shell.berth('apps', 'logs', '--since', '2099-01-01'))).toBe('');
    const [line = ''] = (await shown(shell.berth('apps', 'logs', '-a', 'shop', '--tail', '1', '--json'))).split('\n');
    expect(JSON.parse(line)).toMatchObject({ stack: 'shop' });
    expect((await shell.berth('apps', 'logs', '-n', '1', '--tail', '1')).exitCode).toBe(2);
  });

  test('run is not faked: the sandbox has no containers', async () => {
    const shell = await openShop();
    const before = await state(shell);
    const message = 'the sandbox engine has no container run';
    for (const args of [
      ['ls', '-l'],
      ['--', 'sh', '-c', 'exit 3'],
      ['-a', 'shop', 'env', '--json'],
    ]) {
      expect(await shell.berth('apps', 'run', ...args)).toMatchObject({
        exitCode: 6,
        stdout: '',
        stderr: expect.stringContaining(message),
      });
    }
    expect((await shell.berth('apps', 'run')).exitCode).toBe(2);
    expect(await state(shell)).toEqual(before);
  });

  test('destroy has to be confirmed, by the right name', async () => {
    const shell = await openShop();
    const before = await state(shell);
    const usage = { exitCode: 2, code: 'usage' };
    const args = ['apps', 'destroy'];
    await refused(shell, args, {
      ...usage,
      message: 'there is no terminal to ask on',
      hint: /--confirm=shop or --yes/,
    });
    await refused(shell, [...args, '--confirm', 'shp'], {
      ...usage,
      message: '--confirm names "shp", but the app is shop',
    });
    expect(await shown(shell.berth(...args, '--dry-run'))).toContain('- remove service web');
    expect(await state(shell)).toEqual(before);
    expect(await done(shell.berth(...args, '-y'))).toBe('shop\n');
  });

  test.skipIf(!hasPty)('destroy on a terminal asks for the name', async () => {
    const shell = await openShop();
    const answer = async (typed: string): Promise<{ readonly exitCode: number | null; readonly stdout: string }> => {
      const child = shell.startPty('berth apps destroy');
      const ended = outcome(child);
      await printed(child, /Type its name to go on: /);
      child.stdin?.write(`${typed}\n`);
      return ended;
    };
    const wrong = await answer('yes');
    expect(wrong.exitCode).toBe(130);
    expect(wrong.stdout).toContain('nothing was changed: not confirmed');
    expect(await shown(shell.berth('apps', 'ls', '--format', 'name'))).toBe('shop\n');
    expect((await answer('shop')).exitCode).toBe(0);
    expect(await shown(shell.berth('apps', 'ls', '--json'))).toBe('[]\n');
  });

  test('without --app the directory names it, and an error says so', async () => {
    const shell = openShell();
    const message = 'no app "work"';
    const hint = /^The name is that of the directory .*work\. Name the app with --app/;
    await refused(shell, ['apps', 'info'], { exitCode: 4, code: 'not_found', message, hint });
    await refused(shell, ['ps', 'ls', '-a', 'nope'], { exitCode: 4, code: 'not_found', message: 'no app "nope"' });
    expect(await done(shell.berth('apps', 'create', 'work'))).toBe('work\n');
    expect(await shown(shell.berth('apps', 'info', '--format', 'name'))).toBe('work\n');
    const named = await shell.berthWith({ COMPOSE_PROJECT_NAME: 'other' }, 'apps', 'info');
    expect(named).toMatchObject({ exitCode: 4, stderr: expect.stringContaining('that of COMPOSE_PROJECT_NAME.') });
  });
});

describe('ps', () => {
  test('ls: by type, those that were replaced too', async () => {
    const shell = await openShop();
    expect(await shown(shell.berth('ps', 'ls', '--columns', 'type,name,status'))).toBe(
      [
        'TYPE     NAME       STATUS',
        'web      web-1      Running',
        'web      web-2      Running',
        'worker   worker-1   Running',
        '',
      ].join('\n'),
    );
    await done(shell.berth('ps', 'scale', 'web=1', '-q'));
    const names = async (...args: string[]): Promise<number> =>
      (await json<readonly Named[]>(shell.berth('ps', 'ls', '--json', ...args))).length;
    expect(await names()).toBe(2);
    expect(await names('--all')).toBe(3);
  });

  test('restart: all, a type, one of it; nothing for a wrong name', async () => {
    const shell = await openShop();
    const started = async (): Promise<Readonly<Record<string, string>>> => {
      const rows = await json<readonly (Named & { readonly startedAt: string })[]>(shell.berth('ps', 'ls', '--json'));
      return Object.fromEntries(rows.map(({ name, startedAt }) => [name, startedAt]));
    };
    const first = await started();
    expect(await done(shell.berth('ps', 'restart', 'web.2'))).toBe('web-2.shop\n');
    const second = await started();
    expect(second).toMatchObject({ 'web-1': first['web-1'], 'worker-1': first['worker-1'] });
    expect(second['web-2']).not.toBe(first['web-2']);
    expect(await done(shell.berth('ps', 'restart', 'web', '--no-wait'))).toBe('web-1.shop\nweb-2.shop\n');
    const all: unknown = JSON.parse(await done(shell.berth('ps', 'restart', '--json', '--lock-timeout', '30s')));
    expect(all).toMatchObject([
      { subject: { name: 'web-1' } },
      { subject: { name: 'web-2' } },
      { subject: { name: 'worker-1' } },
    ]);
    const before = await state(shell);
    expect(await shown(shell.berth('ps', 'restart', 'worker', '--dry-run'))).toContain('~ restart container worker-1');
    const message = 'no process "wbe.1"';
    await refused(shell, ['ps', 'restart', 'wbe.1'], { exitCode: 4, code: 'not_found', message, hint: /mean web\?/ });
    expect(await state(shell)).toEqual(before);
  });
});

describe('limits', () => {
  test('set, ls, unset', async () => {
    const shell = await openShop();
    const told = await shell.berth('limits', 'set', 'web=512M', 'worker=1G');
    expect(told).toMatchObject({ exitCode: 0, stdout: '' });
    await done(shell.berth('limits', 'set', '--cpu', 'web=500m', 'worker=512'));
    expect(await shown(shell.berth('limits', 'ls'))).toBe(
      [
        'TYPE     MEMORY   CPUS   CPU SHARES',
        'web        512M    0.5            -',
        'worker       1G      -          512',
        '',
      ].join('\n'),
    );
    await done(shell.berth('limits', 'unset', 'web'));
    await done(shell.berth('limits', 'unset', '-c', 'web', 'worker'));
    expect(await json(shell.berth('limits', 'ls', '--json'))).toMatchObject([
      { service: 'worker', memoryBytes: 1024 ** 3, cpus: null, cpuShares: null },
    ]);
  });

  test('bad input changes nothing', async () => {
    const shell = await openShop();
    const before = await state(shell);
    const usage = { exitCode: 2, code: 'usage' };
    await refused(shell, ['limits', 'set', 'web=1G', 'worker=512'], {
      ...usage,
      message: '"worker=512": this is no limit of memory',
      hint: /with a unit/,
    });
    await refused(shell, ['limits', 'set', '-m', '-c', 'web=1'], {
      ...usage,
      message: '--cpu and --memory exclude each other',
    });
    expect((await shell.berth('limits', 'set', 'web=1G', 'nope=1G')).exitCode).toBe(4);
    expect((await shell.berth('limits', 'unset')).exitCode).toBe(2);
    expect(await state(shell)).toEqual(before);
  });
});

describe('tags', () => {
  const nodes = { BERTH_SANDBOX_NODES: 'fast:disk=ssd;slow' };

  test('set, ls, unset: processes move to nodes that have the labels', async () => {
    const shell = await openShop(nodes);
    expect(await shell.berth('tags', 'ls')).toMatchObject({ stdout: '', stderr: 'No tags: every node may run it.\n' });
    expect(await done(shell.berth('tags', 'set', 'disk=ssd'))).toBe('');
    expect(await shown(shell.berth('tags', 'ls'))).toBe('KEY    VALUE\ndisk   ssd\n');
    expect(await shown(shell.berth('ps', 'ls', '--format', '{{.node}}'))).toBe('fast\nfast\nfast\n');
    await done(shell.berth('tags', 'unset', 'disk'));
    expect(await json(shell.berth('tags', 'ls', '--json'))).toEqual([]);
  });

  test('that no node has cannot be placed', async () => {
    const shell = await openShop(nodes);
    const { exitCode, stdout, stderr } = await shell.berth('tags', 'set', 'disk=tape');
    expect({ exitCode, stdout }).toEqual({ exitCode: 13, stdout: '' });
    expect(stderr).toContain('node.labels.disk==tape');
  });

  test.each([
    [['set', 'disk=ssd=fast'], '"disk=ssd=fast" has more than one ='],
    [['set', 'disk'], '"disk" is not KEY=VALUE'],
    [['set', 'a/b=c'], '"a/b" is no key of a label'],
    [['set', 'disk=s s'], '"s s" is no value of a label'],
    [['unset', 'a=b'], '"a=b" is no key of a label'],
  ])('%j is refused before anything is opened', async (args, message) => {
    const shell = openShell();
    await refused(shell, ['tags', ...args], { exitCode: 2, code: 'usage', message });
    expectNothingKept(shell);
  });
});
