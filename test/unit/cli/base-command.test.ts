import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { describe, expect, test } from 'vitest';
import { BerthCommand } from '../../../src/lib/cli/base-command.js';
import { changeFlags } from '../../../src/lib/cli/flags.js';
import { Runtime } from '../../../src/lib/cli/runtime.js';
import { text } from '../../../src/lib/ui/result.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const config = await Config.load(root);

/** Says something of every kind, and ends with the status of its work. */
class Talk extends BerthCommand<string> {
  static override flags = changeFlags;
  protected readonly view = text;

  protected override exitStatus(result: string): number {
    return result.length;
  }

  async run(): Promise<string> {
    await this.parse(Talk);
    const { progress } = this.call;
    await this.warning('mind the gap');
    await this.notice('said by the way');
    progress?.({ kind: 'service', name: 'web', phase: 'done', status: 'running' });
    return 'ok\n';
  }
}

/** Only reads. */
class Look extends BerthCommand<string> {
  protected readonly view = text;

  async run(): Promise<string> {
    await this.parse(Look);
    await this.warning('nothing to see');
    return '';
  }
}

/** Asks before it does anything. */
class Ask extends Talk {
  override async run(): Promise<string> {
    await this.parse(Ask);
    await this.confirm('Really?', { yes: false });
    return 'done\n';
  }
}

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

async function run(
  Command: new (argv: string[], config: Config) => BerthCommand<string>,
  argv: string[],
  env: Record<string, string> = {},
): Promise<Ran> {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const runtime = new Runtime({ root, argv, env, cwd: root, stdin, stdout, stderr, now: () => 0 });
  const status = await new Command(argv, config).invoke(runtime);
  stdout.end();
  stderr.end();
  const read = async (stream: PassThrough) => (await stream.setEncoding('utf8').toArray()).join('');
  return { status, stdout: await read(stdout), stderr: await read(stderr) };
}

describe('what a command says on stderr', () => {
  const plain = 'warning: mind the gap\nsaid by the way\nservice web: running\n';

  test('is lines off a terminal, and the exit status is what the command makes of its result', async () => {
    expect(await run(Talk, [])).toEqual({ status: 3, stdout: 'ok\n', stderr: plain });
    expect((await run(Talk, ['--progress', 'plain'], { BERTH_PROGRESS: 'json' })).stderr).toBe(plain);
  });

  test.each([
    [['--progress', 'json'], {}],
    [[], { BERTH_PROGRESS: 'json' }],
  ])('is one object a line as JSON: %j %j', async (argv, env) => {
    const { stdout, stderr } = await run(Talk, argv, env);
    expect(stdout).toBe('ok\n');
    const at = '1970-01-01T00:00:00.000Z';
    expect(
      stderr
        .trimEnd()
        .split('\n')
        .map((line): unknown => JSON.parse(line)),
    ).toEqual([
      { at, event: 'warning', message: 'mind the gap' },
      { at, event: 'notice', message: 'said by the way' },
      { at, event: 'progress', kind: 'service', name: 'web', phase: 'done', status: 'running' },
    ]);
  });

  test('is nothing when quiet, and of ids alone comes no progress', async () => {
    expect((await run(Talk, ['--progress', 'quiet'])).stderr).toBe('');
    expect((await run(Talk, ['-q'])).stderr).toBe('warning: mind the gap\nsaid by the way\n');
    const lines = (await run(Talk, ['-q'], { BERTH_PROGRESS: 'json' })).stderr.trimEnd().split('\n');
    expect(lines.map((line): unknown => JSON.parse(line))).toMatchObject([{ event: 'warning' }, { event: 'notice' }]);
  });

  test('can be lines of JSON where there is no --progress', async () => {
    expect((await run(Look, [])).stderr).toBe('warning: nothing to see\n');
    expect((await run(Look, [], { BERTH_PROGRESS: 'tty' })).stderr).toBe('warning: nothing to see\n');
    expect((await run(Look, [], { BERTH_PROGRESS: 'quiet' })).stderr).toBe('');
    const { stderr } = await run(Look, [], { BERTH_PROGRESS: 'json' });
    expect(JSON.parse(stderr)).toMatchObject({ event: 'warning', message: 'nothing to see' });
  });
});

describe('a command does nothing', () => {
  test.each([
    ['tty without a terminal', Talk, ['--progress', 'tty'], {}],
    ['tty by the environment', Talk, [], { BERTH_PROGRESS: 'tty' }],
    ['a way that there is not', Talk, ['--progress', 'fancy'], {}],
    ['another by the environment', Talk, [], { BERTH_PROGRESS: 'fancy' }],
    ['a question where stderr is read by a program', Ask, ['--progress', 'json'], {}],
  ] as const)('%s', async (_what, Command, argv, env) => {
    await expect(run(Command, [...argv], env)).rejects.toMatchObject({ code: 'usage' });
  });
});
