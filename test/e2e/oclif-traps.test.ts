import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import vitestConfig from '../../vitest.config.js';
import { errorOn, openShell, root, votingApp } from './support/berth.js';

// The traps of reference/cli/STYLE.md section 5, by its numbers.

interface Manifest {
  readonly version: string;
  readonly files?: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
  readonly oclif: Readonly<Record<string, unknown>> & { readonly commands: { readonly strategy: string } };
}

const manifest: Manifest = JSON.parse(read('package.json'));

function read(file: string): string {
  return fs.readFileSync(path.join(root, file), 'utf8');
}

function sources(folder: string): readonly (readonly [file: string, text: string])[] {
  return fs
    .readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(ts|cjs)$/.test(entry.name))
    .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)))
    .map((file) => [file, read(file)] as const);
}

describe('1, 2: exit codes under --json', () => {
  test.each([
    ['an unknown flag', ['stack', 'ls', '--nope'], {}, 2, 'usage'],
    ['a missing argument', ['stack', 'inspect'], {}, 2, 'usage'],
    ['a value that a flag does not take', ['service', 'ps', '-s', 'Flying'], {}, 2, 'usage'],
    ['a file that is not there', ['up', '-f', 'nope.yaml'], {}, 2, 'input'],
    ['a stack that is not there', ['stack', 'inspect', 'nope'], {}, 4, 'not_found'],
    ['no credentials', ['stack', 'ls'], { DEIS_PROFILE: 'prod' }, 5, 'authentication'],
    ['an engine without a driver', ['stack', 'ls'], { BERTH_ENGINE: 'swarm' }, 6, 'unsupported'],
  ])('%s', async (_what, args, env, exitCode, code) => {
    const shell = openShell();
    const text = await shell.berthWith(env, ...args);
    const json = await shell.berthWith(env, ...args, '--json');
    const error = errorOn(json.stdout);
    expect([text.exitCode, json.exitCode, error.exitCode, error.code]).toEqual([exitCode, exitCode, exitCode, code]);
    expect(text.stdout).toBe('');
    expect(json.stderr).toBe(text.stderr);
    expect(json.stdout + json.stderr).not.toMatch(/EEXIT|node:internal|\.c?js:\d+/);
  });

  test('no command and no base class uses the helpers of oclif that break them', () => {
    const found = [...sources('src/commands'), ...sources('src/lib/cli')].filter(([, text]) =>
      /\bthis\.(exit|error|warn|logJson|log)\(|\benableJsonFlag\b/.test(text),
    );
    expect(found.map(([file]) => file)).toEqual([]);
  });
});

describe('3: parse errors', () => {
  test.each([
    ['an unknown flag', ['stack', 'ls', '--apikey', 'hunter2hunter2']],
    ['an unknown flag with =', ['stack', 'ls', '--password=hunter2hunter2']],
    ['another flag of the same line', ['stack', 'ls', '--token=hunter2hunter2', '--nope']],
    ['a value before a missing argument', ['stack', 'inspect', '--format', '{{.hunter2hunter2}}']],
  ])('%s: nothing of the argv but what is wrong with it is told', async (_what, args) => {
    const shell = openShell();
    const { stdout, stderr, exitCode } = await shell.berth(...args, '--json');
    expect(exitCode).toBe(2);
    expect(Object.keys(errorOn(stdout)).sort()).toEqual(['code', 'exitCode', 'hint', 'message']);
    expect(stdout + stderr).not.toContain('hunter2hunter2');
    expect(stdout).not.toMatch(/argv|parse|oclif/);
  });
});

test('4: warnings are told under --json too, and the document is whole', async () => {
  const shell = openShell();
  shell.write('compose.yaml', 'services:\n  web:\n    image: nginx:${TAG}\n');
  const config = await shell.berth('compose', 'config', '--json');
  const up = await shell.berth('up', '--json', '--dry-run');
  for (const { stdout, stderr, exitCode } of [config, up]) {
    expect(exitCode).toBe(0);
    expect(stderr).toMatch(/^warning: The "TAG" variable is not set/);
    expect(JSON.parse(stdout)).toBeTypeOf('object');
  }
});

test('5: there is always a document: an empty list is [], and a change that changed nothing an object', async () => {
  const shell = openShell();
  for (const args of [
    ['stack', 'ls'],
    ['service', 'ps'],
    ['container', 'ps'],
    ['action', 'ls'],
  ]) {
    const { stdout, stderr, exitCode } = await shell.berth(...args, '--json');
    expect({ stdout, stderr, exitCode }).toEqual({ stdout: '[]\n', stderr: '', exitCode: 0 });
  }
  const first = await shell.berth('up', '-f', votingApp, '-q');
  const again = await shell.berth('up', '-f', votingApp, '--json');
  expect(JSON.parse(again.stdout)).toMatchObject({ subject: { id: first.stdout.trim() }, action: null, plan: [] });
});

describe('6: output arrives whole', () => {
  const length = 400_000;

  test('of an error, through a slow pipe', async () => {
    const shell = openShell();
    // Linux takes no argument over 128 KiB. The sleep is the slow reader; nothing is timed by it.
    const { stdout, exitCode } = await shell.bash(
      `long() { head -c ${length / 4} /dev/zero | tr '\\0' "$1"; }
      set -o pipefail
      berth stack ls --json "--$(long a)" "--$(long b)" "--$(long c)" "--$(long d)" 2>/dev/null | { sleep 0.5; dd bs=4096 status=none; }`,
    );
    expect(exitCode).toBe(2);
    const { message } = errorOn(stdout);
    expect(message.length).toBeGreaterThan(length);
    expect(message).toMatch(/^unknown flags: --a+, --b+, --c+, --d+$/);
  });

  test('of a result, through a slow pipe', async () => {
    const shell = openShell();
    shell.write('compose.yaml', `services:\n  web:\n    image: nginx\n    command: ["${'x'.repeat(length)}", "end"]\n`);
    const { stdout, exitCode } = await shell.bash(
      'set -o pipefail; berth compose config --json | { sleep 0.5; dd bs=4096 status=none; }',
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ services: { web: { command: ['x'.repeat(length), 'end'] } } });
  });
});

describe('7: the short flags, and words after a noun', () => {
  test('-h is --help, of the root, a noun and a verb', async () => {
    const shell = openShell();
    for (const words of [[], ['stack'], ['stack', 'up'], ['up']]) {
      const short = await shell.berth(...words, '-h');
      const long = await shell.berth(...words, '--help');
      expect(short.exitCode).toBe(0);
      expect(short.stdout).toContain('USAGE');
      expect(short).toEqual(long);
    }
  });

  test('-v is --version', async () => {
    const shell = openShell();
    const short = await shell.berth('-v');
    expect(short.stdout).toContain(`berth/${manifest.version} `);
    expect(short).toEqual(await shell.berth('--version'));
  });

  test('an unknown word after a noun is refused, with the verb it is near to', async () => {
    const shell = openShell();
    const near = await shell.berth('stack', 'inspct', 'voting-app');
    expect(near.stderr).toBe('Error: berth stack has no verb "inspct"\nHint: Did you mean `berth stack inspect`?\n');
    const far = await shell.berth('stack', 'frobnicate');
    expect(far.stderr).toMatch(/^Error: berth stack has no verb "frobnicate"\nHint: It has: adopt, .*, update\.\n$/);
    for (const { stdout, exitCode } of [near, far]) expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
  });
});

describe('8: unknown commands', () => {
  test.each([
    ['stak', ['stak', 'ls'], 'Did you mean `berth stack`?'],
    ['down', ['down'], 'Did you mean `berth stack terminate`?'],
    ['xyzzy', ['xyzzy'], 'Run `berth --help` for the commands.'],
  ])('%s: a suggestion and exit 2', async (word, args, hint) => {
    const shell = openShell();
    const text = await shell.berth(...args);
    expect(text).toMatchObject({ stdout: '', exitCode: 2 });
    expect(text.stderr).toBe(`Error: unknown command "${word}"\nHint: ${hint}\n`);
    const json = await shell.berth(...args, '--json');
    expect(json.exitCode).toBe(2);
    expect(errorOn(json.stdout)).toEqual({ code: 'usage', message: `unknown command "${word}"`, hint, exitCode: 2 });
  });

  test('what is suggested is never run', async () => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const { exitCode } = await shell.berth('stack', 'terminat', 'voting-app', '--yes');
    expect(exitCode).toBe(2);
    const { stdout } = await shell.berth('stack', 'ls', '--format', '{{.name}} {{.state}}');
    expect(stdout).toBe('voting-app Running\n');
  });
});

test('9: package.json has files, and the manifest is of its version and knows every command', () => {
  expect(manifest.files).toEqual(expect.arrayContaining(['oclif.manifest.json', 'dist/**/*.cjs']));
  const built: { version: string; commands: Record<string, unknown> } = JSON.parse(read('oclif.manifest.json'));
  expect(built.version).toBe(manifest.version);
  const ids = sources('src/commands').map(([file]) =>
    file.replace(/^src.commands.|\.ts$/g, '').replaceAll(path.sep, ':'),
  );
  expect(Object.keys(built.commands)).toEqual(ids.sort());
});

test('10: development mode runs the sources, and oclif transpiles nothing', async () => {
  const shell = openShell();
  const tsx = path.join(root, 'node_modules', 'tsx', 'dist', 'loader.mjs');
  const dev = `node --import ${JSON.stringify(tsx)} ${JSON.stringify(path.join(root, 'bin', 'dev.js'))}`;
  const { stdout, stderr, exitCode } = await shell.bash(`${dev} stack inspect nope --json`);
  expect(errorOn(stdout)).toMatchObject({ code: 'not_found', message: 'no stack "nope"' });
  expect(stderr).toMatch(/^Error: no stack "nope"\n/);
  expect(exitCode).toBe(4);
});

test('11: the TypeScript compiler is not in the build', () => {
  for (const [file, text] of sources('dist')) {
    expect(text.length, file).toBeLessThan(1.5 * 1024 * 1024);
    expect(text, file).not.toMatch(/getPreEmitDiagnostics|createTypeChecker/);
  }
});

describe('12: a run loads its own command and no other', () => {
  test.each([
    [['stack', 'ls'], ['stack/ls.cjs']],
    [['action', 'ls', '--json'], ['action/ls.cjs']],
    [['backend', 'show'], ['backend/show.cjs']],
    [['--help'], []],
    [['stack'], []],
    [['nope'], []],
  ])('%j', async (args, commands) => {
    const shell = openShell();
    const loaded = path.join(shell.cwd, 'loaded.json');
    const hook = shell.write(
      'hook.cjs',
      `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(loaded)}, JSON.stringify(Object.keys(require.cache))));`,
    );
    await shell.berthWith({ NODE_OPTIONS: `--require ${hook}` }, ...args);
    const files: readonly string[] = JSON.parse(fs.readFileSync(loaded, 'utf8'));
    expect(files).toContain(path.join(root, 'dist', 'core.cjs'));
    const folder = path.join(root, 'dist', 'commands') + path.sep;
    expect(files.filter((file) => file.startsWith(folder)).map((file) => file.slice(folder.length))).toEqual(commands);
  });

  test('by the pattern strategy', () => {
    expect(manifest.oclif.commands.strategy).toBe('pattern');
  });
});

test('13, 14: no hooks and no plugins', () => {
  expect(Object.keys(manifest.oclif)).not.toEqual(expect.arrayContaining(['hooks']));
  expect(Object.keys(manifest.oclif).filter((key) => /plugin|hook/i.test(key))).toEqual([]);
  expect(Object.keys(manifest.dependencies).filter((name) => name.startsWith('@oclif/plugin'))).toEqual([]);
});

describe('and one more: arguments that are missing are not taken from standard input', () => {
  test('an optional one', async () => {
    const shell = openShell();
    shell.write('compose.yaml', 'services:\n  web:\n    image: nginx\n');
    const { stdout, exitCode } = await shell.bash('echo nope | berth compose config --services');
    expect({ stdout, exitCode }).toEqual({ stdout: 'web\n', exitCode: 0 });
  });

  test('a required one', async () => {
    const shell = openShell();
    await shell.berth('up', '-f', votingApp, '-q');
    const { stdout, stderr, exitCode } = await shell.bash('echo voting-app | berth stack terminate --yes');
    expect({ stdout, exitCode }).toEqual({ stdout: '', exitCode: 2 });
    expect(stderr).toMatch(/^Error: the argument STACK is missing\n/);
    expect((await shell.berth('stack', 'ls', '--format', 'name')).stdout).toBe('voting-app\n');
  });

  test('so that a loop keeps its words', async () => {
    const shell = openShell();
    const { stdout } = await shell.bash(
      'printf "one\\ntwo\\n" | while read -r word; do berth backend ls -q; echo "$word"; done',
    );
    expect(stdout).toBe('engine\none\nengine\ntwo\n');
  });
});

test('15: vitest does not intercept the console', () => {
  expect(vitestConfig).toMatchObject({ test: { disableConsoleIntercept: true } });
});
