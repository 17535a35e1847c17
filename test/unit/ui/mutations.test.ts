import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Action, Mutation } from '../../../src/lib/port/actions.js';
import type { PlannedStep } from '../../../src/lib/port/plan.js';
import { mutations, plan, readOutputFlags, type View } from '../../../src/lib/ui/result.js';
import { Sink } from '../../../src/lib/ui/sink.js';

interface Thing {
  readonly id: string;
  readonly name: string;
}

const view = mutations<Thing>({ subjects: (thing) => [thing] });

function action(id: string, name: string): Action {
  return {
    id: `${id}-aaaa-bbbb`,
    name: 'Stack Stop',
    state: 'Success',
    object: { kind: 'stack', id: `${name}-id`, name },
    user: 'ann',
    startedAt: '2026-03-01T12:00:00.000Z',
    endedAt: '2026-03-01T12:00:01.000Z',
    reason: null,
    canBeCanceled: false,
    canBeRetried: true,
  };
}

function step(operation: PlannedStep['operation'], name: string): PlannedStep {
  return { id: `${operation} service ${name}`, operation, kind: 'service', name, reasons: [] };
}

const web: Mutation<Thing> = {
  subject: { id: 'web-id', name: 'web' },
  action: action('11111111', 'web'),
  plan: [step('stop', 'web')],
};
const gone: Mutation<Thing> = { subject: null, action: action('22222222', 'db'), plan: [] };
const nothing: Mutation<Thing> = { subject: { id: 'api-id', name: 'api' }, action: null, plan: [] };
const dry = (name: string): Mutation<Thing> => ({ subject: null, action: null, plan: [step('stop', name)] });

describe('mutations', () => {
  it('a name each; on stderr what did it, and for whom where there are several', async () => {
    expect(await shown(view, [web, gone, nothing])).toEqual({
      stdout: 'web\ndb\napi\n',
      stderr:
        'web: Done by action 11111111. Its log: berth action logs 11111111\n' +
        'db: Done by action 22222222. Its log: berth action logs 22222222\n' +
        'Nothing to do: it is as asked already.\n',
    });
    expect(await shown(view, [web])).toEqual({
      stdout: 'web\n',
      stderr: 'Done by action 11111111. Its log: berth action logs 11111111\n',
    });
  });

  it('-q: an id each, and nothing else; name: a name each', async () => {
    expect(await shown(view, [web, gone], { quiet: true })).toEqual({ stdout: 'web-id\ndb-id\n', stderr: '' });
    expect(await shown(view, [web, gone], { format: 'name' })).toEqual({ stdout: 'web\ndb\n', stderr: '' });
  });

  it.each([['json'], ['jsonl'], ['yaml']])('%s: always a list', async (format) => {
    const { stdout, stderr } = await shown(view, [web], { format });
    expect(stderr).toBe('');
    if (format === 'json') expect(JSON.parse(stdout)).toEqual([web]);
    if (format === 'jsonl') expect(stdout).toBe(`${JSON.stringify(web)}\n`);
    if (format === 'yaml') expect(stdout).toMatch(/^- subject:\n/);
  });

  it('a template: a line each; a wrong field is told after the work', async () => {
    expect(await shown(view, [web, nothing], { format: '{{.subject.name}}={{.action.nope}}' })).toEqual({
      stdout: 'web=\napi=\n',
      stderr: expect.stringMatching(/^warning: the template names an unknown field \.action\.nope\. /),
    });
    expect(() => {
      view.check(readOutputFlags({ format: '{{.nope}}' }));
    }).toThrow(expect.objectContaining({ code: 'usage' }));
  });

  it('a dry run: the plans, one after the other', async () => {
    expect(await shown(view, [dry('a'), dry('b')])).toEqual({
      stdout: '- stop service a\n- stop service b\n',
      stderr: '',
    });
    expect(await shown(view, [{ ...dry('a'), plan: [] }])).toEqual({ stdout: 'No changes.\n', stderr: '' });
    expect(await shown(view, [dry('a')], { format: 'name' })).toEqual({ stdout: '', stderr: '' });
  });

  it('names from a platform are stripped of control sequences', async () => {
    const evil = { ...nothing, subject: { id: 'x', name: 'a\u001b[31mb' } };
    expect((await shown(view, [evil])).stdout).toBe('ab\n');
  });
});

describe('plan', () => {
  it('a line a step; as JSON a list of steps', async () => {
    const steps = [step('create', 'web'), step('remove', 'db')];
    expect((await shown(plan, steps)).stdout).toBe('+ create service web\n- remove service db\n');
    expect(JSON.parse((await shown(plan, steps, { json: true })).stdout)).toEqual(steps);
    expect((await shown(plan, [])).stdout).toBe('No changes.\n');
    expect((await shown(plan, [], { json: true })).stdout).toBe('[]\n');
  });
});

async function shown<T>(
  how: View<T>,
  what: T,
  flags: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const read = readOutputFlags(flags);
  how.check(read);
  await how.show(what, {
    flags: read,
    stdout: new Sink(stdout),
    stderr: new Sink(stderr),
    terminal: { isTTY: false, columns: 80, colour: false },
    now: 0,
    signal: new AbortController().signal,
  });
  return { stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}
