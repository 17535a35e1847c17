import { describe, expect, test } from 'vitest';
import { openShell } from './support/berth.js';
import { expectNothingKept, refused, state } from './support/refused.js';
import { done, openShop } from './support/shop.js';
import { json, marked, shown } from './support/shown.js';

describe('releases', () => {
  test('ls, info, diff, rollback', async () => {
    const shell = await openShop();
    await done(shell.berth('config', 'set', 'DEBUG=hunter2', '-q'));
    expect(marked(await shown(shell.berth('releases', 'ls')))).toBe(
      [
        'VERSION   STATUS    CREATED                    USER     SUMMARY',
        'v2        current   <time>..................   tester   set DEBUG',
        'v1        -         <time>..................   tester   created with web, worker',
        '',
      ].join('\n'),
    );
    expect(await shown(shell.berth('releases', 'ls', '-l', '1', '--format', 'name'))).toBe('v2\n');
    const info = await shown(shell.berth('releases', 'info', 'v2'));
    expect(info).toMatch(/^Summary: set DEBUG$/m);
    expect(info).not.toContain('hunter2');
    expect(await shown(shell.berth('releases', 'info', '2'))).toBe(info);
    const [web, worker] = ['web', 'worker'].map((type) => `services.${type}.environment.DEBUG`);
    expect(await shown(shell.berth('releases', 'diff', 'v1', '2'))).toBe(
      `${web ?? ''}: (none) -> ***\n${worker ?? ''}: (none) -> ***\n`,
    );
    expect(await json(shell.berth('releases', 'diff', 'v1', 'v2', '--reveal', '--json'))).toEqual([
      { path: web, before: null, after: 'hunter2' },
      { path: worker, before: null, after: 'hunter2' },
    ]);
    expect(await done(shell.berth('releases', 'rollback'))).toBe('v3\n');
    expect(await shown(shell.berth('config', 'ls', '-q'))).toBe('SHARED\n');
    expect(await done(shell.berth('releases', 'rollback', 'v2', '--json'))).toContain('"version": 4');
    expect(await shown(shell.berth('config', 'get', 'DEBUG'))).toBe('hunter2\n');
  });

  test('diff --exit-code: 1 when there is a difference', async () => {
    const shell = await openShop();
    await done(shell.berth('config', 'set', 'DEBUG=1', '-q'));
    expect(await shell.berth('releases', 'diff', '1', '2', '--exit-code')).toMatchObject({ exitCode: 1, stderr: '' });
    const same = await shell.berth('releases', 'diff', '2', '2', '--exit-code');
    expect(same).toMatchObject({ exitCode: 0, stdout: 'No changes.\n' });
  });

  test('of an app that is gone can still be read', async () => {
    const shell = await openShop();
    await done(shell.berth('apps', 'destroy', '--yes', '-q'));
    expect(await shown(shell.berth('releases', 'ls', '-a', 'shop', '--format', '{{.version}} {{.current}}'))).toBe(
      '1 false\n',
    );
    expect((await shell.berth('releases', 'rollback', '-a', 'shop')).exitCode).toBe(4);
  });

  test.each([
    [['info', 'latest'], '"latest" is not the number of a release'],
    [['diff', 'v1', 'v0'], '"v0" is not the number of a release'],
    [['rollback', '-a', 'shop', '1.5'], '"1.5" is not the number of a release'],
    [['ls', '--limit', '0'], '--limit takes a whole number, 1 or more; got 0'],
  ])('%j is refused before anything is opened', async (args, message) => {
    const shell = openShell();
    await refused(shell, ['releases', ...args], { exitCode: 2, code: 'usage', message });
    expectNothingKept(shell);
  });

  test('one that is not there: nothing is changed', async () => {
    const shell = await openShop();
    const before = await state(shell);
    const message = 'shop has no release v7';
    await refused(shell, ['releases', 'info', 'v7'], { exitCode: 4, code: 'not_found', message });
    await refused(shell, ['releases', 'rollback', 'v7'], { exitCode: 4, code: 'not_found', message });
    expect((await shell.berth('releases', 'rollback')).exitCode).toBe(3);
    expect(await state(shell)).toEqual(before);
  });
});
