import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import ContainerExec from '../../../src/commands/container/exec.js';
import Exec from '../../../src/commands/exec.js';
import { separatePassedWords } from '../../../src/lib/cli/passed-words.js';
import type { Facets } from '../../../src/lib/port/backend.js';
import type { ExecOptions } from '../../../src/lib/port/containers.js';
import { verb } from '../../../src/lib/port/verb.js';
import { type CommandRun, runCommand, Screen } from './run-command.js';

const all: readonly (keyof ExecOptions)[] = ['interactive', 'tty', 'user', 'workingDir', 'env'];

/** Containers in which every command prints its words and what it reads, and exits with the code given. */
function containers(exitCode: number | null = 0, options: readonly (keyof ExecOptions)[] = all) {
  const calls: unknown[] = [];
  const facets: Facets = {
    containers: {
      exec: verb(options, async ({ container, command }, given) => {
        calls.push({ container, command, ...given });
        let input = '';
        let end: () => void = () => undefined;
        const ended = new Promise<void>((resolve) => (end = resolve));
        if (given.interactive !== true) end();
        return {
          output: (async function* () {
            yield { stream: 'stdout' as const, data: Buffer.from(command.join(' ')) };
            await ended;
            yield { stream: 'stderr' as const, data: Buffer.from(input) };
          })(),
          write: async (data: Uint8Array) => {
            input += Buffer.from(data).toString();
          },
          end: async () => {
            end();
          },
          exitCode: Promise.resolve(exitCode),
        };
      }),
    },
  };
  return { facets, calls };
}

/** As it is typed behind the command's name. */
function exec(
  facets: Facets,
  words: readonly string[],
  host: Parameters<typeof runCommand>[3] = {},
): Promise<CommandRun> {
  return runCommand(Exec, separatePassedWords(['exec', ...words]).slice(1), facets, host);
}

describe('exec', () => {
  test('all words behind the name, in their order, whatever they begin with', async () => {
    const { facets, calls } = containers();
    const words = ['sh', '-c', 'echo a', '--', '--json', 'sh', '-c', '--help', ''];
    const run = await exec(facets, ['-u', 'root', 'web-1', ...words]);
    expect(run).toMatchObject({ stdout: words.join(' '), stderr: '', status: 0 });
    expect(calls).toEqual([{ container: 'web-1', command: words, user: 'root', interactive: false, tty: false }]);
  });

  test('sh by default; the same as container exec', async () => {
    const { facets, calls } = containers();
    await exec(facets, ['web-1']);
    await runCommand(ContainerExec, ['web-1'], facets);
    expect(calls).toMatchObject([
      { container: 'web-1', command: ['sh'] },
      { container: 'web-1', command: ['sh'] },
    ]);
  });

  test.each([
    [0, 0],
    [7, 7],
    [255, 255],
    [3_221_225_786, 255],
    [-1, 255],
  ])('exits with what the command exits with: %i', async (code, status) => {
    expect(await exec(containers(code).facets, ['web-1', 'x'])).toMatchObject({ status, stderr: '' });
  });

  test('0 and a warning where the platform does not tell', async () => {
    expect(await exec(containers(null).facets, ['web-1', 'x'])).toMatchObject({
      stdout: 'x',
      stderr: 'warning: the platform does not tell what the command exited with\n',
      status: 0,
    });
  });

  test('-i: standard input to its end', async () => {
    const { facets } = containers();
    const run = await exec(facets, ['-i', 'web-1', 'cat'], { stdin: Readable.from(['one\n', 'two\n']) });
    expect(run).toMatchObject({ stdout: 'cat', stderr: 'one\ntwo\n' });
  });

  test('on a terminal: interactive and with a terminal, unless told otherwise, or another program reads', async () => {
    const terminal = () => ({
      stdin: Object.assign(Readable.from([]), { isTTY: true }),
      stdout: new Screen(true),
      stderr: new Screen(true),
    });
    const given = async (words: readonly string[], host = terminal()): Promise<unknown> => {
      const { facets, calls } = containers();
      await exec(facets, words, host);
      return calls[0];
    };
    expect(await given(['web-1'])).toMatchObject({ interactive: true, tty: true });
    expect(await given(['web-1', '--no-tty'])).toMatchObject({ interactive: true, tty: false });
    expect(await given(['web-1', '--no-interactive', '-t'])).toMatchObject({ interactive: false, tty: true });
    expect(await given(['web-1', '--json'])).toMatchObject({ interactive: true, tty: false });
    expect(await given(['web-1'], { ...terminal(), stdout: new Screen() })).toMatchObject({
      interactive: true,
      tty: false,
    });
  });

  test('what nobody asked for is left out where the backend has it not; what was asked for is refused', async () => {
    const { facets, calls } = containers(0, ['env']);
    await exec(facets, ['web-1', '-e', 'A=b=c', 'env'], {
      stdin: Object.assign(Readable.from([]), { isTTY: true }),
      stdout: new Screen(true),
    });
    expect(calls).toEqual([{ container: 'web-1', command: ['env'], env: { A: 'b=c' } }]);
    for (const flag of ['--tty', '--no-interactive', '--user=x', '--workdir=/']) {
      expect((await exec(facets, [flag, 'web-1'])).error).toMatchObject({ code: 'unsupported' });
    }
    expect(calls).toHaveLength(1);
  });

  test('-e KEY takes the value it has here; bad ones are refused without telling values', async () => {
    const { facets, calls } = containers();
    await exec(facets, ['-e', 'TOKEN', '-e', 'EMPTY', 'web-1'], { env: { TOKEN: 'secret', EMPTY: '' } });
    expect(calls).toMatchObject([{ env: { TOKEN: 'secret', EMPTY: '' } }]);
    const missing = await exec(facets, ['-e', 'NOPE', 'web-1']);
    expect(missing.error).toMatchObject({ code: 'usage', message: '--env NOPE: there is no such variable here' });
    const blank = await exec(facets, ['-e', '=secret', 'web-1']);
    expect(blank.error).toMatchObject({ code: 'usage', message: '--env takes KEY=VALUE, or KEY' });
    expect(calls).toHaveLength(1);
  });

  test('--json: an object a line, the exit code last', async () => {
    const { stdout, status } = await exec(containers(2).facets, ['web-1', '--json', 'echo']);
    expect(stdout).toBe('{"stream":"stdout","text":"echo"}\n{"exitCode":2}\n');
    expect(status).toBe(2);
  });

  test('no name', async () => {
    expect((await exec(containers().facets, [])).error).toMatchObject({
      code: 'usage',
      message: 'the argument CONTAINER is missing',
    });
  });
});
