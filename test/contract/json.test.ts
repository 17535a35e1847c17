import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openControl } from '../../src/lib/control/open.js';
import { openShell, type Run, type Shell, votingApp } from '../e2e/support/berth.js';
import { call } from './harness.js';
import { dotenv, failures, groups, lateFile, nodes, smallFile, unsupported } from './json-lines.js';
import { single } from './projects.js';
import { commandClasses } from './support/command-classes.js';
import { faultsBy, schemaFiles } from './support/schemas.js';

const streams = new Set([
  'action:logs',
  'apps:logs',
  'apps:run',
  'container:exec',
  'container:logs',
  'event',
  'exec',
  'service:logs',
  'stack:logs',
]);
const commands = await commandClasses();
const ids = commands.map(({ id }) => id).sort();

describe('JSON', () => {
  test('has a schema for every command', () => {
    expect(schemaFiles()).toEqual([...ids.map(schemaOf), 'error.json', 'nouns.json'].sort());
  });

  test('has a line for every command', () => {
    const run = new Set(groups.flat().map((line) => idOf(line.split(' '))));
    const missing = ids.filter((id) => !run.has(id) && id !== 'action:run');
    expect(missing).toEqual(Object.keys(unsupported).sort());
  });

  test('of every command is as its schema says; of a stream, every line', { timeout: 120_000 }, async () => {
    const shells = groups.map(() => openFiledShell());
    const runner = openShell();
    await Promise.all([
      ...groups.map(async (lines, index) => {
        const shell = shells[index];
        for (const line of lines) if (shell !== undefined) await runLine(shell, line);
      }),
      runPending(runner).then((run) => {
        check('action run', 'action:run', run);
      }),
    ]);
  });

  test.each(failures)('of `%s` is an error document with status %i', async (line, status, code) => {
    const shell = openFiledShell();
    shell.write('broken.yaml', 'services:\n  web: [\n');
    shell.write('unknown.yaml', 'services:\n  web:\n    imagee: a\n');
    shell.write('unheeded.yaml', 'services:\n  web: { image: a, x-berth: { autodestroy: always } }\n');
    const run = await shell.berth(...withJson(wordsOf(line, '')));
    const document: unknown = JSON.parse(run.stdout);
    expect(faultsBy('error.json', document)).toEqual([]);
    expect(document).toMatchObject({ error: { code, exitCode: status } });
    expect(run.exitCode).toBe(status);
    expect(run.stderr).toMatch(/^(Error|error): /m);
  });
});

function openFiledShell(): Shell {
  const shell = openShell({ BERTH_SANDBOX_NODES: nodes });
  shell.write('small.yaml', smallFile('1.4'));
  shell.write('changed.yaml', smallFile('1.5'));
  shell.write('late.yaml', lateFile);
  shell.write('.env', dotenv);
  return shell;
}

async function runLine(shell: Shell, line: string): Promise<void> {
  const words = wordsOf(line, line.includes('ACTION') ? await newestAction(shell) : '');
  check(line, idOf(words), await shell.berth(...withJson(words)));
}

function check(line: string, id: string, { exitCode, stdout, stderr }: Run): void {
  expect({ line, exitCode, faults: faultsOf(id, stdout), stderr }).toMatchObject({ line, exitCode: 0, faults: [] });
  if (streams.has(id)) expect(stdout.trimEnd().split('\n').length, line).toBeGreaterThan(1);
}

/** The flag stands before words that are a command line of their own. */
function withJson(words: readonly string[]): readonly string[] {
  const id = idOf(words);
  const own = id === '' ? words.length : id.split(':').length;
  return [...words.slice(0, own), '--json', ...words.slice(own)];
}

function wordsOf(line: string, action: string): string[] {
  const files: Readonly<Record<string, string>> = {
    FILE: votingApp,
    SMALL: 'small.yaml',
    CHANGED: 'changed.yaml',
    LATE: 'late.yaml',
    ACTION: action,
  };
  return line.split(' ').map((word) => files[word] ?? word);
}

/** The command that the words begin with: the longest there is. */
function idOf(words: readonly string[]): string {
  const candidates = [3, 2, 1].map((count) => words.slice(0, count).join(':'));
  return candidates.find((id) => ids.includes(id)) ?? '';
}

function schemaOf(id: string): string {
  return `${id.replaceAll(':', '-')}.json`;
}

function faultsOf(id: string, stdout: string): readonly string[] {
  if (!streams.has(id)) return faultsBy(schemaOf(id), JSON.parse(stdout));
  return stdout
    .trimEnd()
    .split('\n')
    .flatMap((line) => faultsBy(schemaOf(id), JSON.parse(line)));
}

async function newestAction(shell: Shell): Promise<string> {
  const { stdout } = await shell.berth('action', 'ls', '--last', '1', '--quiet');
  return stdout.trim();
}

/** `action run` is what `--no-wait` starts: here the detached process is one whose output can be read. */
async function runPending(shell: Shell): Promise<Run> {
  const runs: Promise<Run>[] = [];
  const backend = await openControl({
    home: shell.home,
    env: { BERTH_ENGINE: 'sandbox', BERTH_SANDBOX_SPEED: '100' },
    principal: { user: 'tester', namespace: 'default', admin: true },
    now: Date.now,
    detach: async ({ id }) => {
      runs.push(shell.berth('action', 'run', id, '--json'));
    },
  });
  const project = await single(`solo-${randomUUID()}`, 'example/app:1');
  await backend.facets.stacks?.up?.({ project }, { wait: false }, call());
  const [run] = await Promise.all(runs);
  await backend.close();
  if (run === undefined) throw new Error('nothing was handed to a runner');
  return run;
}
