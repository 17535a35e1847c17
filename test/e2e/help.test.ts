import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitCodeFor } from '../../src/lib/cli/exit-codes.js';
import { topics } from '../../src/lib/cli/help-topics.js';
import { resolveRequest } from '../../src/lib/cli/resolve.js';
import { BerthError, type ErrorCode } from '../../src/lib/port/errors.js';
import { shellWords } from '../contract/support/command-classes.js';
import { openShell, root } from './support/berth.js';
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

  test('what only scripts call is not listed', async () => {
    const shell = openShell();
    expect((await shell.berth('--help')).stdout).toMatch(/\n {2}completion {2,}Print a script/);
    expect((await shell.berth('--help')).stdout).not.toContain('Answer a completion script');
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
