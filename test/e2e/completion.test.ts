import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import Libsql from 'libsql';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { hasPty, launcher, openShell, outcome, printed, type Shell, votingApp } from './support/berth.js';
import { newestAction } from './support/shown.js';

/** What bash would offer at the end of the line: its own completion, run for real. */
async function offered(shell: Shell, line: string, env: Readonly<Record<string, string>> = {}) {
  const { stdout, stderr, exitCode } = await shell.bash(
    `source <(berth completion bash)
     COMP_LINE=$LINE COMP_POINT=\${#LINE}; _berth berth "\${LINE##*[ =]}" && printf '%s\\n' "\${COMPREPLY[@]}"`,
    { LINE: line, ...env },
  );
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 0 });
  return stdout.split('\n').filter((word) => word !== '');
}

/** The same as soon as the names are there: reading them may take longer than a TAB may. */
async function named(shell: Shell, line: string, expected: readonly string[]): Promise<void> {
  await vi.waitFor(async () => expect(await offered(shell, line)).toEqual(expected), { timeout: 20_000 });
}

/** Nobody reads names any more: they would be written while the folder is removed. */
async function settled(shell: Shell): Promise<void> {
  const folder = path.join(shell.home, 'completion');
  await vi.waitFor(
    () => {
      const files = fs.existsSync(folder) ? fs.readdirSync(folder) : [];
      expect(files.filter((name) => !name.endsWith('.json'))).toEqual([]);
    },
    { timeout: 20_000 },
  );
}

async function deployed(): Promise<Shell> {
  const shell = openShell();
  expect(await shell.berth('up', '-f', votingApp, '-q')).toMatchObject({ exitCode: 0 });
  return shell;
}

/** A directory with `berth` in it, for shells that are no bash. */
function programFolder(shell: Shell): string {
  const file = shell.write('bin/berth', `#!/bin/sh\nexec '${process.execPath}' '${launcher}' "$@"\n`);
  fs.chmodSync(file, 0o755);
  return path.dirname(file);
}

describe('bash', () => {
  test('nouns, verbs, flags and their values', async () => {
    const shell = openShell();
    expect(await offered(shell, 'berth st')).toEqual(['stack']);
    expect(await offered(shell, 'berth stack ins')).toEqual(['inspect']);
    expect(await offered(shell, 'berth stack:ins')).toEqual(['inspect']);
    expect(await offered(shell, 'berth stack list --no-h')).toEqual(['--no-header']);
    expect(await offered(shell, 'berth service scale --no-w')).toEqual(['--no-wait']);
    expect(await offered(shell, 'berth service scale --wait --no-w')).toEqual([]);
    expect(await offered(shell, 'berth stack ls --format=js')).toEqual(['json', 'jsonl']);
    expect(await offered(shell, 'berth container ps --status St')).toEqual(['Starting', 'Stopping', 'Stopped']);
    expect(await offered(shell, 'berth help prog')).toEqual(['progress']);
    expect(await offered(shell, 'berth --backend ')).toEqual(['engine']);
    expect(await offered(shell, 'berth config unset '), 'no flags in place of a key').toEqual([]);
    expect(await offered(shell, 'berth completion ')).toEqual(['bash', 'zsh', 'fish', 'powershell']);
    expect(await offered(shell, 'berth completion wo'), 'hidden').toEqual([]);
  });

  test('files and folders are those of the shell', async () => {
    const shell = openShell();
    shell.write('compose.yaml', '');
    shell.write('folder/x', '');
    expect(await offered(shell, 'berth up -f com')).toEqual(['compose.yaml']);
    expect(await offered(shell, 'berth up --file=com')).toEqual(['compose.yaml']);
    expect(await offered(shell, 'berth up --project-directory ')).toEqual(['folder']);
  });

  test('words alone are enough where there is no line', async () => {
    const shell = openShell();
    const { stdout } = await shell.bash(
      `source <(berth completion bash); COMP_WORDS=(berth stack ins) COMP_CWORD=2; _berth; echo "$COMPREPLY"`,
    );
    expect(stdout).toBe('inspect\n');
  });

  test('names of what there is', async () => {
    const shell = await deployed();
    await named(shell, 'berth stack inspect ', ['voting-app']);
    await named(shell, 'berth service logs w', ['worker']);
    await named(shell, 'berth service logs worker.', ['worker.voting-app']);
    await named(shell, 'berth service scale wor', ['worker=']);
    await named(shell, 'berth stack logs voting-app vote w', ['worker']);
    await named(shell, 'berth container inspect db', ['db-1']);
    await named(shell, 'berth releases info -a voting-app ', ['v1']);
    await named(shell, 'berth apps scale --app voting-app vo', ['vote=']);
    const action = await newestAction(shell);
    await named(shell, 'berth action logs ', [action.slice(0, 8)]);
    expect(await offered(shell, 'berth service logs --backend ')).toEqual(['engine']);
    await shell.berth('config', 'set', '-a', 'voting-app', 'LOG_LEVEL=debug', '--no-redeploy', '-q');
    await named(shell, 'berth config unset -a voting-app LOG', ['LOG_LEVEL']);
    await settled(shell);
  });

  test.skipIf(!hasPty)('at a TAB, in an interactive shell (skipped without util-linux script(1))', async () => {
    const shell = openShell();
    const folder = programFolder(shell);
    const rc = shell.write('rc', `PS1='ready> '; PATH='${folder}':$PATH; eval "$(berth completion bash)"\n`);
    const line = `exec bash --noprofile --rcfile ${rc} -i`;
    const child = shell.startPty(line, { env: { INPUTRC: '/dev/null' } });
    await printed(child, /ready> /);
    for (const [typed, completed] of [
      ['berth stack:ins\t', /stack:inspect /],
      ['; TZ=UTC berth stack ls --form\t', /--format /],
      ['\u0015berth up --file=rc\t', /--file=rc /],
    ] as const) {
      child.stdin?.write(typed);
      await printed(child, completed);
    }
  });
});

function version(shell: string): string | undefined {
  const { status, stdout } = spawnSync(shell, ['--version'], { encoding: 'utf8' });
  return status === 0 ? stdout : undefined;
}

describe.skipIf(version('zsh') === undefined)('zsh (skipped where it is not installed)', () => {
  test('words are described, with colons escaped; files are those of the shell', async () => {
    const shell = openShell();
    shell.write(
      'test.zsh',
      `compdef() { print -r "compdef $*" }
       _describe() { print -rl -- "\${(P@)4}" "$5 $6" }
       _files() { print "files $*" }
       compset() { print "compset $*" }
       eval "$(berth completion zsh)"
       at() { words=(berth "$@"); CURRENT=$#words; PREFIX=$words[-1]; _berth }
       at stack ins; at stack:ins; at up --file=x; at up --project-directory ''`,
    );
    const { stdout, stderr } = await shell.bash(`PATH=${programFolder(shell)}:$PATH zsh -f test.zsh`);
    expect(stderr).toBe('');
    expect(stdout).toMatch(/^compdef _berth berth\n/);
    expect(stdout).toContain('\ninspect:Show a stack');
    expect(stdout).toContain('\nstack\\:inspect:Show a stack');
    expect(stdout).toContain('\ncompset -P *=\nfiles \nfiles -/\n');
  });
});

describe.skipIf(version('fish') === undefined)('fish (skipped where it is not installed)', () => {
  test('words are described; files are those of the shell', async () => {
    const shell = openShell();
    shell.write('compose.yaml', '');
    shell.write(
      'test.fish',
      `berth completion fish | source
       for line in 'berth stack ins' 'berth stack:ins' 'berth up --file=comp' 'berth nothing '
           echo "[$line]"; complete -C $line
       end`,
    );
    const { stdout } = await shell.bash(`PATH=${programFolder(shell)}:$PATH fish test.fish`);
    expect(stdout).toMatch(/\[berth stack ins\]\ninspect\tShow a stack.*\n\[berth stack:ins\]\nstack:inspect\t/);
    expect(stdout).toMatch(/\n--file=compose\.yaml\n\[berth nothing \]\n$/);
  });
});

describe('whatever is wrong', () => {
  const words = ['completion', 'words', '--shell', 'fish', '--current=', '--', 'stack', 'inspect'];
  const nothing = { stdout: 'words\n', stderr: '', exitCode: 0 };

  test('completion makes no home and no store', async () => {
    const shell = openShell();
    expect(await shell.berth(...words)).toMatchObject(nothing);
    expect(await shell.berth('completion', 'refresh', 'stack')).toMatchObject({ ...nothing, stdout: '' });
    expect(fs.existsSync(shell.home)).toBe(false);
    fs.mkdirSync(shell.home);
    expect(await shell.berth(...words)).toMatchObject(nothing);
    expect(await shell.berth('completion', 'refresh', 'stack')).toMatchObject({ ...nothing, stdout: '' });
    expect([fs.readdirSync(shell.home), fs.readdirSync(shell.cwd)]).toEqual([[], []]);
    expect(fs.existsSync(shell.env.HOME ?? '')).toBe(false);
  });

  test.each<readonly [string, Readonly<Record<string, string>>, Readonly<Record<string, string>>]>([
    ['settings that are no JSON', { 'settings.json': '{' }, {}],
    ['a store that is none', { 'berth.db': 'notes\n' }, {}],
    ['an engine there is not', {}, { BERTH_ENGINE: 'nothing' }],
    ['variables of two platforms', {}, { DEIS_TOKEN: 'x', OCCS_URL: 'y' }],
  ])('%s: no names, and no error', async (_what, files, env) => {
    const shell = openShell();
    fs.mkdirSync(shell.home);
    for (const [name, content] of Object.entries(files)) fs.writeFileSync(path.join(shell.home, name), content);
    expect(await shell.berthWith(env, ...words)).toMatchObject(nothing);
    for (const [name, content] of Object.entries(files)) {
      expect(fs.readFileSync(path.join(shell.home, name), 'utf8')).toBe(content);
    }
    expect(await offered(shell, 'berth stack ins', env)).toEqual(['inspect']);
    await settled(shell);
  });

  test('while the store is locked the old names come, without waiting for it', async () => {
    const shell = await deployed();
    await named(shell, 'berth stack inspect ', ['voting-app']);
    const folder = path.join(shell.home, 'completion');
    for (const file of fs.readdirSync(folder).filter((name) => name.endsWith('.json'))) {
      const kept: object = JSON.parse(fs.readFileSync(path.join(folder, file), 'utf8'));
      fs.writeFileSync(path.join(folder, file), JSON.stringify({ ...kept, at: 1 }));
    }
    const lock = new Libsql(path.join(shell.home, 'berth.db'));
    onTestFinished(() => {
      lock.close();
    });
    lock.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE');
    const began = Date.now();
    expect(await shell.berth(...words)).toMatchObject({ stdout: 'words\nvoting-app\tRunning\n', stderr: '' });
    // Whoever waits for the store waits for 5 seconds.
    expect(Date.now() - began).toBeLessThan(4_000);
    lock.exec('ROLLBACK');
    await settled(shell);
  });
});

test('an interrupted change is left for the next command to tell', async () => {
  const shell = openShell({ BERTH_SANDBOX_SPEED: '1', BERTH_SANDBOX_FAULTS: '*:start-slow=60s' });
  const up = shell.start('up', '-f', votingApp, '--progress', 'json');
  await printed(up, /"event":"progress"/, 'stderr');
  up.kill('SIGKILL');
  await outcome(up);
  expect(await shell.berth('completion', 'refresh', 'stack')).toMatchObject({ stdout: '', stderr: '', exitCode: 0 });
  expect(await offered(shell, 'berth stack inspect ')).toEqual(['voting-app']);
  expect((await shell.berth('stack', 'ls')).stderr).toMatch(/^warning: Stack Up of voting-app .* was interrupted;/);
});

test('a shell there is no script for is a usage error that names those there are', async () => {
  const { stderr, exitCode } = await openShell().berth('completion', 'tcsh');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/tcsh[^]*bash, zsh, fish, powershell/);
});
