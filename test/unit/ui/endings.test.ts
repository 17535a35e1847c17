import { PassThrough } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { describe, expect, test } from 'vitest';
import { BerthCommand } from '../../../src/lib/cli/base-command.js';
import { changeFlags } from '../../../src/lib/cli/flags.js';
import { outputTopics } from '../../../src/lib/cli/help-topics-output.js';
import { Runtime } from '../../../src/lib/cli/runtime.js';
import type { Action, Mutation } from '../../../src/lib/port/actions.js';
import { RolloutError } from '../../../src/lib/port/errors.js';
import type { Verdict } from '../../../src/lib/port/verdict.js';
import { errorDocument } from '../../../src/lib/ui/error-report.js';
import { endingLines, eventLine } from '../../../src/lib/ui/event-lines.js';
import { mutation, mutations, type View } from '../../../src/lib/ui/result.js';
import { actionsChanged, actionSummary } from '../../../src/lib/ui/views/actions.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const config = await Config.load(root);
const at = '1970-01-01T00:00:00.000Z';

const action: Action = {
  id: '11111111-aaaa-4bbb-8ccc-000000000001',
  name: 'Stack Up',
  state: 'Success',
  object: { kind: 'stack', id: 'stack-1', name: 'shop' },
  user: 'ann',
  startedAt: at,
  endedAt: at,
  reason: null,
  canBeCanceled: false,
  canBeRetried: true,
};
const web = {
  service: 'web',
  outcome: 'converged',
  status: 'running (1 of 1)',
  ready: 1,
  desired: 1,
  task: null,
} as const;
const verdict: Verdict = { stack: 'shop', outcome: 'converged', services: [web] };

interface Thing {
  readonly id: string;
  readonly name: string;
}

const shop = { id: 'stack-1', name: 'shop' };
const done: Mutation<Thing> = { subject: shop, action, plan: [], verdict };
const nothing: Mutation<Thing> = { subject: shop, action: null, plan: [] };
const described = { subjects: (thing: Thing) => [thing] };

/** What a command with that view and result writes, stderr line by line. */
async function run<Result>(
  view: View<Result>,
  result: Result,
  argv: string[],
  env: Record<string, string> = {},
): Promise<{ readonly stdout: string; readonly events: readonly unknown[] }> {
  class Change extends BerthCommand<Result> {
    static override flags = changeFlags;
    protected readonly view = view;

    async run(): Promise<Result> {
      await this.parse(Change);
      this.call.progress?.({ kind: 'service', name: 'web', phase: 'done', status: 'running' });
      return result;
    }
  }
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const runtime = new Runtime({ root, argv, env, cwd: root, stdin, stdout, stderr, now: () => 0 });
  await new Change(argv, config).invoke(runtime);
  stdout.end();
  stderr.end();
  const read = async (stream: PassThrough) => (await stream.setEncoding('utf8').toArray()).join('');
  const lines = (await read(stderr)).split('\n').filter((line) => line !== '');
  return { stdout: await read(stdout), events: lines.map((line): unknown => JSON.parse(line)) };
}

const progress = { at, event: 'progress', kind: 'service', name: 'web', phase: 'done', status: 'running' };
const ended = { at, event: 'action', ...action };
const judged = { at, event: 'verdict', ...verdict };

describe('how a change ended, for a program that reads stderr', () => {
  test('comes after the progress and before the closing words', async () => {
    const { stdout, events } = await run(mutation(described), done, ['--progress', 'json']);
    const message = 'Done by action 11111111. Its log: berth action logs 11111111';
    expect(events).toEqual([progress, ended, judged, { at, event: 'notice', message }]);
    expect(stdout).toBe('shop\n');
  });

  test('comes with ids alone too, whoever asked for the lines', async () => {
    const flag = await run(mutation(described), done, ['-q', '--progress', 'json']);
    expect(flag).toEqual({ stdout: 'stack-1\n', events: [progress, ended, judged] });
    const variable = await run(mutation(described), done, ['-q'], { BERTH_PROGRESS: 'json' });
    expect(variable.events).toEqual([ended, judged]);
  });

  test('of several changes comes one after the other; where nothing was done there is none', async () => {
    const { events } = await run(
      mutations(described),
      [done, nothing, { ...done, action: { ...action, id: '2' } }],
      ['-q', '--progress=json'],
    );
    expect(events).toEqual([progress, ended, judged, { ...ended, id: '2' }, judged]);
    expect((await run(mutation(described), nothing, ['-q', '--progress=json'])).events).toEqual([progress]);
  });

  test('of actions that something was done to is what became of them', async () => {
    const canceled = { ...action, state: 'Canceled' } as const;
    expect((await run(actionSummary, canceled, ['--progress=json'])).events).toEqual([
      progress,
      { ...ended, state: 'Canceled' },
    ]);
    expect((await run(actionsChanged, [action, canceled], ['--progress=json'])).events).toEqual([
      progress,
      ended,
      { ...ended, state: 'Canceled' },
    ]);
  });

  test('is not told to people', async () => {
    const { stdout, events } = await run(mutation(described), done, ['-q', '--progress', 'quiet']);
    expect({ stdout, events }).toEqual({ stdout: 'stack-1\n', events: [] });
  });
});

describe('`berth help progress`', () => {
  const text = outputTopics.find(({ name }) => name === 'progress')?.text ?? '';
  /** The examples, each on one line, what is left out of them left out. */
  const examples = text
    .replaceAll(/,?\n {3}(?=")/g, ',')
    .split('\n')
    .filter((line) => line.startsWith('  {"at"'))
    .map((line): unknown =>
      JSON.parse(line.replaceAll(',...', '').replaceAll('[...]', '[]').replaceAll('{...}', '{}')),
    );

  test('shows lines of the shape that is written', () => {
    const error = new RolloutError('rollout_failed', 'no', { detail: 'd', hint: 'h', data: { verdict } });
    const written = [
      ...endingLines(0, [{ action, verdict }]).trimEnd().split('\n'),
      eventLine(
        0,
        'error',
        errorDocument(error, 10, (said) => said),
      ),
    ].map((line): unknown => JSON.parse(line));
    for (const line of written) expect(examples).toContainEqual(expect.objectContaining(shapeOf(line)));
  });

  test('names every event', () => {
    const events = examples.map((line) => (hasEvent(line) ? line.event : undefined));
    const all = ['plan', 'action', 'progress', 'action', 'verdict', 'warning', 'notice', 'error'];
    expect(events).toEqual(all);
  });
});

function hasEvent(value: unknown): value is { readonly event: unknown } {
  return typeof value === 'object' && value !== null && 'event' in value;
}

/** What a line has to have in common with its example: its event, and of an error the code within it. */
function shapeOf(line: unknown): object {
  if (!hasEvent(line)) throw new TypeError('not a line of progress');
  const { event } = line;
  if (event === 'error') return { event, error: expect.objectContaining({ code: expect.any(String), exitCode: 10 }) };
  if (event === 'verdict')
    return { event, stack: expect.any(String), outcome: 'converged', services: expect.anything() };
  return { event, id: expect.any(String), name: 'Stack Up', state: 'Success' };
}
