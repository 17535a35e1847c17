import { randomUUID } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { openControl } from '../../src/lib/control/open.js';
import { openShell, type Run, type Shell, votingApp } from '../e2e/support/berth.js';
import { call } from './harness.js';
import { single } from './projects.js';
import { commandClasses } from './support/command-classes.js';
import { faultsBy, schemaFiles } from './support/schemas.js';

/** Command lines that succeed, each run with `--json` after those before it; `ACTION` stands for the id of the newest action. */
const lines: readonly string[] = [
  'help stack up',
  'help exit-codes',
  'backend ls',
  'backend show',
  'backend capabilities',
  'backend use engine',
  'compose config -f FILE',
  'compose config -f FILE --services',
  'compose config -f FILE --images',
  'compose config -f FILE --volumes',
  'compose config -f FILE --networks',
  'compose config -f FILE --profiles',
  'compose config -f FILE --variables',
  'stack ls',
  'stack create -n later -f FILE --dry-run',
  'stack create -n later -f FILE',
  'up -f FILE --dry-run',
  'up -f FILE',
  'up -f FILE --dry-run',
  'stack up -f FILE',
  'stack up -f FILE --dry-run',
  'stack ls',
  'stack inspect voting-app',
  'stack inspect later',
  'stack ps voting-app',
  'stack logs voting-app --tail 2',
  'service ps',
  'service inspect vote.voting-app',
  'service scale worker.voting-app=3 --dry-run',
  'service scale worker.voting-app=3 vote.voting-app=0',
  'service logs worker.voting-app --tail 3',
  'container ps --all',
  'container inspect db-1.voting-app',
  'container logs db-1.voting-app',
  'action ls',
  'action inspect ACTION',
  'action logs ACTION',
  'stack terminate voting-app --volumes --yes --dry-run',
  'stack terminate voting-app --volumes --yes',
];

/** Command lines that fail, with their status. */
const failures: readonly (readonly [line: string, status: number, code: string])[] = [
  ['stack inspect nothing', 4, 'not_found'],
  ['stack inspect', 2, 'usage'],
  ['stack ls --no-such-flag', 2, 'usage'],
  ['stack lss', 2, 'usage'],
  ['nothing', 2, 'usage'],
  ['up -f nothing.yaml', 2, 'input'],
  ['up -f broken.yaml', 2, 'input'],
  ['up -f unknown.yaml', 2, 'input'],
  ['compose config -f broken.yaml', 2, 'input'],
  ['stack logs nothing', 4, 'not_found'],
  ['action logs nothing --follow', 4, 'not_found'],
  ['service scale vote=-1', 2, 'usage'],
  ['backend use deis', 6, 'unsupported'],
  ['backend capabilities --backend oracle', 5, 'authentication'],
  ['stack terminate later', 4, 'not_found'],
];

const streams = new Set(['stack:logs', 'service:logs', 'container:logs', 'action:logs']);
const commands = await commandClasses();

describe('JSON', () => {
  const ids = commands.map(({ id }) => id).sort();

  test('has a schema for every command', () => {
    expect(schemaFiles()).toEqual([...ids.map(schemaOf), 'error.json', 'nouns.json'].sort());
  });

  test('of every command is as its schema says; of a stream, every line', { timeout: 60_000 }, async () => {
    const shell = openShell();
    const seen = new Set<string>();
    const check = (line: string, id: string, run: Run): void => {
      seen.add(id);
      const { exitCode, stdout, stderr } = run;
      expect({ line, exitCode, faults: faultsOf(id, stdout), stderr }).toMatchObject({ line, exitCode: 0, faults: [] });
      if (streams.has(id)) expect(stdout.trimEnd().split('\n').length, line).toBeGreaterThan(1);
    };
    for (const line of lines) {
      const argv = line
        .replace('FILE', votingApp)
        .replace('ACTION', await newestAction(shell, line))
        .split(' ');
      check(line, idOf(argv), await shell.berth(...argv, '--json'));
    }
    check('action run', 'action:run', await runPending(shell));
    expect([...seen].sort(), 'commands that no line runs').toEqual(ids);
  });

  test.each(failures)('of `%s` is an error document with status %i', async (line, status, code) => {
    const shell = openShell();
    shell.write('broken.yaml', 'services:\n  web: [\n');
    shell.write('unknown.yaml', 'services:\n  web:\n    imagee: a\n');
    const run = await shell.berth(...line.split(' '), '--json');
    const document: unknown = JSON.parse(run.stdout);
    expect(faultsBy('error.json', document)).toEqual([]);
    expect(document).toMatchObject({ error: { code, exitCode: status } });
    expect(run.exitCode).toBe(status);
    expect(run.stderr).toMatch(/^(Error|error): /m);
  });
});

function idOf(argv: readonly string[]): string {
  const [noun = '', verb = ''] = argv;
  return noun === 'up' || noun === 'help' ? noun : `${noun}:${verb}`;
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

async function newestAction(shell: Shell, line: string): Promise<string> {
  if (!line.includes('ACTION')) return '';
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
    detach: async (action) => {
      runs.push(shell.berth('action', 'run', action, '--json'));
    },
  });
  const project = await single(`solo-${randomUUID()}`, 'example/app:1');
  await backend.facets.stacks?.up?.({ project }, { wait: false }, call());
  const [run] = await Promise.all(runs);
  await backend.close();
  if (run === undefined) throw new Error('nothing was handed to a runner');
  return run;
}
