import fs from 'node:fs';
import path from 'node:path';
import { Config } from '@oclif/core';
import { describe, expect, test } from 'vitest';
import { exitCodeFor } from '../../src/lib/cli/exit-codes.js';
import { commandHelp, nounHelp, rootHelp } from '../../src/lib/cli/help.js';
import { topics } from '../../src/lib/cli/help-topics.js';
import { resolveRequest } from '../../src/lib/cli/resolve.js';
import { BerthError, type ErrorCode } from '../../src/lib/port/errors.js';
import { shellWords } from '../contract/support/command-classes.js';
import { hasPty, openShell, root } from './support/berth.js';
import { refused } from './support/refused.js';

/** Every code there is: the record has no other keys, and lacks none. */
const codes: Readonly<Record<ErrorCode, null>> = {
  internal: null,
  usage: null,
  input: null,
  settings: null,
  store: null,
  refused: null,
  conflict: null,
  not_found: null,
  ambiguous: null,
  authentication: null,
  unsupported: null,
  timeout: null,
  unreachable: null,
  rollout_failed: null,
  rolled_back: null,
  paused: null,
  unplaceable: null,
  interrupted: null,
};

interface Manifest {
  readonly commands: Readonly<Record<string, { readonly flags: object }>>;
}

const manifest: Manifest = JSON.parse(fs.readFileSync(path.join(root, 'oclif.manifest.json'), 'utf8'));
const ids = new Set(Object.keys(manifest.commands));

function errorCodes(): readonly ErrorCode[] {
  const isCode = (text: string): text is ErrorCode => Object.hasOwn(codes, text);
  return Object.keys(codes).filter(isCode);
}

/** Command lines in a text: lines of their own, and words in backquotes. */
function commandLines(text: string): readonly string[] {
  const lines = [...text.matchAll(/^ {2}(berth .+?)(?: {2,}.*| 2> .*)?$/gm), ...text.matchAll(/`(berth [^`]+)`/g)];
  return lines.map(([, line = '']) => line);
}

describe('help topics', () => {
  test('are there for everything that flags alone do not explain', () => {
    const names = ['environment', 'exit-codes', 'backends', 'releases', 'actions', 'formats', 'progress'];
    expect(topics.map(({ name }) => name)).toEqual(names);
  });

  test.each(topics)('$name fits a terminal of 120 columns', ({ text }) => {
    expect(text.split('\n').filter((line) => line.length > 120)).toEqual([]);
    expect(text).toMatch(/^[A-Z]{3}[^]*[^\n]\n$/);
  });

  test.each(topics)('$name names commands and flags that there are', ({ text }) => {
    for (const line of commandLines(text).filter((found) => found !== 'berth releases')) {
      const [, ...argv] = shellWords(line);
      const request = resolveRequest(argv, ids);
      if (request.kind !== 'command') expect.fail(`${line}: ${request.kind}`);
      const known = Object.keys(manifest.commands[request.id]?.flags ?? {});
      const flags = argv.filter((word) => word.startsWith('--')).map((word) => word.slice(2));
      for (const flag of flags) expect(known, line).toContain(flag.replace(/^no-/, '').replace(/=.*/, ''));
    }
  });

  test('name commands at all', () => {
    expect(topics.flatMap(({ text }) => commandLines(text)).length).toBeGreaterThan(15);
  });

  test('what there is no help on is not found, with the nearest topic', async () => {
    const shell = openShell();
    const expected = { exitCode: 4, code: 'not_found' };
    await refused(shell, ['help', 'format'], {
      ...expected,
      message: 'no help on "format"',
      hint: /Did you mean formats\?/,
    });
    await refused(shell, ['help', 'zzz'], {
      ...expected,
      message: 'no help on "zzz"',
      hint: /Topics: .*actions.*progress/,
    });
    for (const [words, meant] of [
      [['srevice'], 'service'],
      [['stack', 'updaet'], 'stack update'],
      [['service', 'env', 'updat'], 'service env update'],
      [['down'], 'stack terminate'],
    ] as const) {
      const message = `no help on "${words.join(' ')}"`;
      await refused(shell, ['help', ...words], {
        ...expected,
        message,
        hint: new RegExp(`^Did you mean ${meant}\\?$`),
      });
    }
  });
});

describe('help of a command', () => {
  test('completion says how each shell takes it', async () => {
    const { stdout, exitCode } = await openShell().berth('completion', '--help');
    expect(exitCode).toBe(0);
    for (const line of [
      'eval "$(berth completion bash)"',
      'eval "$(berth completion zsh)"',
      'berth completion fish > ~/.config/fish/completions/berth.fish',
      'berth completion powershell | Out-String | Invoke-Expression',
    ]) {
      expect(stdout).toContain(line);
    }
    expect(stdout).not.toContain('completion words --shell');
  });

  test('verbs of an inner noun are listed, however they are asked for', async () => {
    const shell = openShell();
    const lines = [['service', 'env'], ['service', 'env', '--help'], ['help', 'service', 'env'], ['service:env']];
    for (const line of lines) {
      const { stdout, exitCode } = await shell.berth(...line);
      expect(exitCode).toBe(0);
      const verbs = [...stdout.matchAll(/^ {2}service env (\w+) {2,}\w/gm)].map(([, verb]) => verb);
      expect(verbs, line.join(' ')).toEqual(['add', 'ls', 'rm', 'set', 'update']);
      expect(stdout).not.toMatch(/^Add variables/);
    }
  });

  test('what is a command is no noun', async () => {
    const { stdout } = await openShell().berth('--help');
    expect(stdout.match(/^ {2}event {2,}/gm)).toHaveLength(1);
    const flags = await openShell().berth('stack', 'ls', '--help');
    expect(flags.stdout).toContain('OUTPUT FLAGS\n      --format=FORMAT');
  });

  test('what only scripts call is not listed', async () => {
    const shell = openShell();
    expect((await shell.berth('--help')).stdout).toMatch(/\n {2}completion {2,}Print a script/);
    expect((await shell.berth('--help')).stdout).not.toContain('Answer a completion script');
  });
});

describe('on a narrow terminal', () => {
  const terminal = (columns: number) => ({ isTTY: true, columns, colour: false });
  const wider = (text: string, columns: number): readonly string[] =>
    text.split('\n').filter((line) => line.length > columns && /\S \S/.test(line.trim().replace(/^-\w, /, '')));

  test.each([40, 60, 100, 200])('of %i columns no line of several words is wider', async (columns) => {
    const config = await Config.load(root);
    const texts = [
      rootHelp(config, terminal(columns)),
      nounHelp(config, 'service', terminal(columns)),
      ...(await Promise.all([...ids].map((id) => commandHelp(config, id, terminal(columns))))),
    ];
    expect(texts.length).toBeGreaterThan(60);
    expect(texts.flatMap((text) => wider(text, Math.min(columns, 100)))).toEqual([]);
  });

  test('every word of the wide help is there', async () => {
    const config = await Config.load(root);
    const words = (text: string) => text.split(/[\s\\]+/);
    for (const id of ids) {
      const [narrow, wide] = await Promise.all([50, 100].map((columns) => commandHelp(config, id, terminal(columns))));
      expect(words(narrow ?? ''), id).toEqual(words(wide ?? ''));
    }
  });

  test.skipIf(!hasPty)('the width is that of the terminal (skipped without util-linux script(1))', async () => {
    const shell = openShell();
    const { stdout } = await shell.pty('berth service create --help', { columns: 60 });
    const text = stdout.replaceAll(/\u001b\[\d+m|\r/g, '');
    expect(wider(text, 60)).toEqual([]);
    expect(text).toContain('\n      --entrypoint=COMMAND\n          What the command is given to,');
  });
});

describe('docs/exit-codes.md', () => {
  const page = fs.readFileSync(path.join(root, 'docs', 'exit-codes.md'), 'utf8');
  const rows = [...page.matchAll(/^\| (\d+) +\| ([^|]*)\|/gm)].map(([, status, codes = '']) => ({
    status: Number(status),
    codes: [...codes.matchAll(/`(\w+)`/g)].map(([, code]) => code),
  }));

  test('gives each error code the status that it has', () => {
    for (const code of errorCodes()) {
      const written = rows.filter(({ codes }) => codes.includes(code)).map(({ status }) => status);
      expect(written, code).toEqual([exitCodeFor(new BerthError(code, ''))]);
    }
    expect(rows.flatMap(({ codes }) => codes)).toHaveLength(errorCodes().length);
  });
});
