import { Readable } from 'node:stream';
import { describe, expect, test } from 'vitest';
import ContainerKill from '../../../src/commands/container/kill.js';
import StackRedeploy from '../../../src/commands/stack/redeploy.js';
import StackStop from '../../../src/commands/stack/stop.js';
import StackTerminate from '../../../src/commands/stack/terminate.js';
import type { Mutation } from '../../../src/lib/port/actions.js';
import type { Facets } from '../../../src/lib/port/backend.js';
import { ConflictError, NotFoundError } from '../../../src/lib/port/errors.js';
import type { Stack, StackDetail, StackRef, StackTerminateOptions } from '../../../src/lib/port/stacks.js';
import { verb } from '../../../src/lib/port/verb.js';
import { runCommand, Screen } from './run-command.js';

function stackNamed(name: string): StackDetail {
  return {
    id: `${name}-id`,
    name,
    namespace: 'default',
    state: 'Running',
    synchronized: true,
    services: name === 'web' ? ['a', 'b'] : ['a'],
    engine: 'sandbox',
    createdAt: '2026-03-01T12:00:00.000Z',
    deployedAt: null,
    definition: { name, services: {} },
  };
}

/** Stacks `web`, `db` and `api`; each verb is noted, and fails for `api`. */
function stacks() {
  const done: unknown[] = [];
  const noting =
    (what: string) =>
    async ({ stack }: StackRef, options: StackTerminateOptions): Promise<Mutation<Stack>> => {
      if (stack === 'api-id') throw new ConflictError('somebody else is changing api');
      done.push([what, stack, options]);
      return { subject: stackNamed(stack.replace(/-id$/, '')), action: null, plan: [] };
    };
  const facets: Facets = {
    stacks: {
      get: verb([], async ({ stack }) => {
        const name = stack.replace(/-id$/, '');
        if (!['web', 'db', 'api'].includes(name)) throw new NotFoundError(`no stack ${JSON.stringify(stack)}`);
        return stackNamed(name);
      }),
      stop: verb(['wait', 'dryRun'], noting('stop')),
      redeploy: verb(['wait'], noting('redeploy')),
      terminate: verb(['wait', 'dryRun', 'volumes'], noting('terminate')),
    },
  };
  return { facets, done };
}

describe('a verb over names', () => {
  test('in the order given, by id; a name each', async () => {
    const { facets, done } = stacks();
    const run = await runCommand(StackStop, ['web', 'db', '--no-wait'], facets);
    expect(run).toMatchObject({ stdout: 'web\ndb\n', status: 0 });
    expect(done).toEqual([
      ['stop', 'web-id', { wait: false }],
      ['stop', 'db-id', { wait: false }],
    ]);
  });

  test('--json: an array, also of one', async () => {
    const { stdout } = await runCommand(StackStop, ['db', '--json'], stacks().facets);
    expect(JSON.parse(stdout)).toMatchObject([{ subject: { name: 'db' }, action: null, plan: [] }]);
  });

  test.each([
    ['a name that there is not', ['web', 'nope'], 'not_found', 'no stack "nope"'],
    ['one named twice', ['web', 'db', 'web'], 'usage', '"web" is named twice'],
    ['one named by name and id', ['web', 'web-id'], 'usage', '"web" and "web-id" are the same stack'],
    ['none', [], 'usage', 'the argument STACK is missing'],
    ['a flag that it has not', ['web', '--volumes'], 'usage', 'unknown flag: --volumes'],
  ])('%s: nothing is changed', async (_what, argv, code, message) => {
    const { facets, done } = stacks();
    const run = await runCommand(StackStop, argv, facets);
    expect(run).toMatchObject({ stdout: '', stderr: '', error: { code, message } });
    expect(done).toEqual([]);
  });

  test('the first failure ends it; what was done before is told', async () => {
    const { facets, done } = stacks();
    const run = await runCommand(StackStop, ['web', 'api', 'db'], facets);
    expect(run).toMatchObject({
      stdout: '',
      stderr: 'warning: api failed; done before it: web; not begun: db\n',
      error: { code: 'conflict' },
    });
    expect(done).toHaveLength(1);
  });

  test('an option that the backend has not, a verb that it has not: nothing is changed', async () => {
    const { facets, done } = stacks();
    const option = await runCommand(StackRedeploy, ['web', '--not-reuse-volumes'], facets);
    expect(option.error).toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('--not-reuse-volumes'),
    });
    const verbless = await runCommand(ContainerKill, ['web-1'], { containers: {} });
    expect(verbless.error).toMatchObject({ code: 'unsupported' });
    expect(done).toEqual([]);
  });
});

describe('terminate', () => {
  const terminal = (answer: string) => ({
    stdin: Object.assign(Readable.from([answer]), { isTTY: true }),
    stderr: new Screen(true),
    env: { TERM: 'dumb' },
  });

  test.each([
    [['web'], 'Terminate the stack web (2 services)? [y/N] '],
    [['web', 'db'], 'Terminate 2 stacks: web (2 services), db (1 service)? [y/N] '],
  ])('%j: asks once, and does nothing on a no', async (names, question) => {
    const { facets, done } = stacks();
    const no = terminal('n\n');
    const refused = await runCommand(StackTerminate, names, facets, no);
    expect(refused.error).toMatchObject({ code: 'interrupted' });
    expect(no.stderr.text).toContain(question);
    expect(done).toEqual([]);
    const yes = await runCommand(StackTerminate, names, facets, terminal('y\n'));
    expect(yes.status).toBe(0);
    expect(done).toHaveLength(names.length);
  });

  test('--yes, --dry-run: nobody is asked; without a terminal there is nobody to ask', async () => {
    const { facets, done } = stacks();
    expect(await runCommand(StackTerminate, ['web', '--volumes', '-y'], facets)).toMatchObject({ status: 0 });
    expect(await runCommand(StackTerminate, ['web', '--dry-run'], facets)).toMatchObject({ status: 0 });
    expect(done).toEqual([
      ['terminate', 'web-id', { volumes: true }],
      ['terminate', 'web-id', { dryRun: true }],
    ]);
    const run = await runCommand(StackTerminate, ['web'], facets);
    expect(run.error).toMatchObject({ code: 'usage', hint: 'Confirm with --yes.' });
    expect(done).toHaveLength(2);
  });
});
