import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { hasPty, openShell, outcome, printed } from './support/berth.js';
import { expectNothingKept, refused, state } from './support/refused.js';
import { done, openShop } from './support/shop.js';
import { json, shown } from './support/shown.js';

describe('config', () => {
  test('set, ls, get, unset: a release each, kept over an up of the same file', async () => {
    const shell = await openShop();
    expect(await shown(shell.berth('config', 'ls'))).toBe('KEY      VALUE\nSHARED   a\n');
    expect(await done(shell.berth('config', 'set', 'DEBUG=1', 'GREETING=hello $USER', 'EMPTY='))).toBe('v2\n');
    expect(await shown(shell.berth('config', 'ls', '--oneline'))).toBe(
      "DEBUG=1 EMPTY= GREETING='hello $USER' SHARED=a\n",
    );
    expect(await shown(shell.berth('config', 'get', 'GREETING'))).toBe('hello $USER\n');
    expect(await json(shell.berth('config', 'get', 'DEBUG', '--json'))).toEqual({
      key: 'DEBUG',
      value: '1',
      origin: 'set',
    });
    expect((await shell.berth('up', '-q')).exitCode).toBe(0);
    expect(await shown(shell.berth('config', 'ls', '-q'))).toBe('DEBUG\nEMPTY\nGREETING\nSHARED\n');
    expect(await done(shell.berth('config', 'unset', 'SHARED', 'DEBUG'))).toBe('v3\n');
    expect(await json(shell.berth('config', 'ls', '--service', 'web', '--json'))).toEqual([
      { key: 'EMPTY', value: '', origin: 'set' },
      { key: 'GREETING', value: 'hello $USER', origin: 'set' },
      { key: 'MODE', value: 'test', origin: 'definition' },
    ]);
  });

  test('set: containers are replaced, but with --no-redeploy', async () => {
    const shell = await openShop();
    const containers = (): Promise<string> => shown(shell.berth('ps', 'ls', '-q'));
    const before = await containers();
    expect(await done(shell.berth('config', 'set', 'A=1', '--no-redeploy'))).toBe('v2\n');
    expect(await containers()).toBe(before);
    expect(await shown(shell.berth('apps', 'ls', '--format', '{{.synchronized}}'))).toBe('false\n');
    const again = await shell.berth('config', 'set', 'A=1', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ subject: { release: 2 }, verdict: { outcome: 'converged' } });
    expect(await containers()).not.toBe(before);
    const nothing = await shell.berth('config', 'set', 'A=1');
    expect(nothing).toMatchObject({ stdout: 'v2\n', stderr: 'Nothing to do: it is as asked already.\n', exitCode: 0 });
    const plan = await shown(shell.berth('config', 'set', 'A=2', '--dry-run'));
    expect(plan).toContain('~ update service web');
    expect(await shown(shell.berth('config', 'get', 'A'))).toBe('1\n');
  });

  test('set: words win over standard input, and that over files', async () => {
    const shell = await openShop();
    shell.write('one.env', 'A=file\nB=file\nC=file\n');
    shell.write('two.env', 'export C="second"\n');
    const line = "printf 'B=stdin\\nD=stdin' | berth config set --env-file one.env --env-file two.env - D=word";
    expect(await shell.bash(line)).toMatchObject({ stdout: 'v2\n', exitCode: 0 });
    expect(await shown(shell.berth('config', 'ls', '--oneline'))).toBe('A=file B=stdin C=second D=word SHARED=a\n');
  });

  test('push and pull: what is pulled is pushed back as it was', async () => {
    const shell = await openShop();
    shell.write(
      'in.env',
      '# comment\n\nexport QUOTED="it\'s\\n\\"$5\\""\nPLAIN=a=b # why\nEMPTY=\nLAST=\'no line end\'',
    );
    expect(await done(shell.berth('config', 'push', '--path', 'in.env'))).toBe('v2\n');
    const variables = { QUOTED: 'it\'s\n"$5"', PLAIN: 'a=b', EMPTY: '', LAST: 'no line end', SHARED: 'a' };
    const { stderr } = await shell.berth('config', 'pull', '-p', 'out.env');
    const file = path.join(fs.realpathSync(shell.cwd), 'out.env');
    expect(stderr).toBe(`Written to ${file}.\n`);
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
    expect(await shown(shell.berth('config', 'pull'))).toBe(fs.readFileSync(file, 'utf8'));
    expect(await json(shell.berth('config', 'pull', '-p', '-', '--json'))).toEqual({ file: null, variables });
    expect(fs.readdirSync(shell.cwd).sort()).toEqual(['compose.yaml', 'in.env', 'out.env']);
    expect(await done(shell.berth('config', 'push', '-p', 'out.env'))).toBe('v3\n');
    const again = await shell.berth('config', 'push', '-p', 'out.env', '--json');
    expect(JSON.parse(again.stdout)).toMatchObject({ plan: [], action: null });
    expect(await json(shell.berth('config', 'pull', '--json'))).toEqual({ file: null, variables });
  });

  test('pull: a file that is there is left alone, but with --overwrite', async () => {
    const shell = await openShop();
    const file = shell.write('.env', 'MINE=1\n');
    const hint = /--overwrite/;
    const args = ['config', 'pull', '-p', '.env'];
    await refused(shell, args, { exitCode: 2, code: 'usage', message: 'there is a file .env already', hint });
    const interactive = { exitCode: 2, code: 'usage', message: 'there is no terminal to ask on', hint };
    await refused(shell, ['config', 'pull', '--interactive'], interactive);
    expect(fs.readFileSync(file, 'utf8')).toBe('MINE=1\n');
    fs.chmodSync(file, 0o644);
    expect(await done(shell.berth('config', 'pull', '-o'))).toBe('');
    expect(fs.readFileSync(file, 'utf8')).toBe('SHARED=a\n');
    expect(fs.statSync(file).mode & 0o777).toBe(0o600);
  });

  test.skipIf(!hasPty)('pull on a terminal writes .env, and asks about what differs', async () => {
    const shell = await openShop();
    expect(await shell.pty('berth config pull')).toMatchObject({ exitCode: 0 });
    const file = path.join(shell.cwd, '.env');
    expect(fs.readFileSync(file, 'utf8')).toBe('SHARED=a\n');
    await done(shell.berth('config', 'set', 'SHARED=b', 'OTHER=x', '-q'));
    fs.writeFileSync(file, "SHARED=a\nOTHER='y z'\nMINE=1\n");
    const child = shell.startPty('berth config pull -i');
    const ended = outcome(child);
    const first = await printed(child, /\[y\/N\] /);
    expect(first).toContain('OTHER: replace "y z" with "x"? [y/N] ');
    const second = printed(child, /SHARED: replace "a" with "b"\? \[y\/N\] /);
    child.stdin?.write('n\n');
    await second;
    child.stdin?.write('y\n');
    expect(await ended).toMatchObject({ exitCode: 0 });
    expect(fs.readFileSync(file, 'utf8')).toBe("SHARED=b\nOTHER='y z'\nMINE=1\n");
  });

  test.each([
    [['set', 'DEBUG'], '"DEBUG" is not KEY=VALUE'],
    [['set', 'A=1', 'MY-KEY=hunter2'], '"MY-KEY" is no name of a variable'],
    [['set', 'A=1', 'A=hunter2'], 'A is named twice'],
    [['set'], 'no variables were given'],
    [['unset', '1A'], '"1A" is no name of a variable'],
    [['get', 'A B'], '"A B" is no name of a variable'],
    [['pull', '-p', '-', '-o'], 'standard output cannot be overwritten'],
  ])('%j is refused before anything is opened', async (args, message) => {
    const shell = openShell();
    const stderr = await refused(shell, ['config', ...args], { exitCode: 2, code: 'usage', message });
    expect(stderr).not.toContain('hunter2');
    expectNothingKept(shell);
  });

  test.each([
    [['push'], 'cannot read .env: no such file'],
    [['push', '-p', '.'], 'cannot read .: it is a directory'],
    [['push', '-p', 'bad.env'], 'bad.env: a quote is not closed'],
    [['set', '--env-file', 'key.env'], 'key.env: "MY-KEY" is no name of a variable'],
    [['set', '--env-file', 'latin.env'], 'latin.env is not valid UTF-8'],
  ])('%j: a file that is wrong changes nothing, and is not shown', async (args, message) => {
    const shell = openShell();
    shell.write('bad.env', 'A=1\nB="hunter2\n');
    shell.write('key.env', 'MY-KEY=hunter2\n');
    fs.writeFileSync(path.join(shell.cwd, 'latin.env'), Buffer.from('A=hunter2\xe9\n', 'latin1'));
    const stderr = await refused(shell, ['config', ...args], { exitCode: 2, code: 'input', message });
    expect(stderr).not.toContain('hunter2');
    expectNothingKept(shell);
  });

  test('an app or variable that is not there: nothing is changed', async () => {
    const shell = await openShop();
    const before = await state(shell);
    const app = { exitCode: 4, code: 'not_found', message: 'no app "shpo"', hint: /Did you mean shop\?/ };
    await refused(shell, ['config', 'set', '-a', 'shpo', 'A=1'], app);
    const variable = { exitCode: 4, code: 'not_found', message: 'no variable "SHRED"', hint: /Did you mean SHARED\?/ };
    await refused(shell, ['config', 'get', 'SHRED'], variable);
    expect((await shell.berth('config', 'ls', '--service', 'nope')).exitCode).toBe(4);
    expect(await state(shell)).toEqual(before);
  });
});
