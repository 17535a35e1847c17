import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { ActionDetail } from '../../../src/lib/port/actions.js';
import type { Container } from '../../../src/lib/port/containers.js';
import type { LogLine } from '../../../src/lib/port/logs.js';
import type { Service } from '../../../src/lib/port/services.js';
import type { Stack, StackDetail } from '../../../src/lib/port/stacks.js';
import { readOutputFlags, type View } from '../../../src/lib/ui/result.js';
import { Sink } from '../../../src/lib/ui/sink.js';
import type { Terminal } from '../../../src/lib/ui/terminal.js';
import { actionDetail, actionList, actionsChanged } from '../../../src/lib/ui/views/actions.js';
import { processList } from '../../../src/lib/ui/views/apps.js';
import { containerList, executed } from '../../../src/lib/ui/views/containers.js';
import { logLines } from '../../../src/lib/ui/views/logs.js';
import { serviceList } from '../../../src/lib/ui/views/services.js';
import { stackDetail, stackExport, stackList } from '../../../src/lib/ui/views/stacks.js';
import { displayWidth } from '../../../src/lib/ui/width.js';

const pipe: Terminal = { isTTY: false, columns: 80, colour: false };
const at = '2026-03-01T12:00:00.000Z';
const id = '0f8b8d6c-aaaa-4bbb-8ccc-000000000001';

const stack: Stack = {
  id,
  name: '投票アプリケーション-voting-application',
  namespace: 'default',
  state: 'Partly running',
  synchronized: true,
  services: ['a', 'b'],
  engine: 'sandbox',
  createdAt: at,
  deployedAt: at,
};
const service: Service = {
  id,
  name: '投票',
  stack: stack.name,
  namespace: 'default',
  state: 'Running',
  synchronized: false,
  image: 'registry.example.com/some/where/deep/投票:1.2.3-alpine',
  replicas: { desired: 12, running: 9 },
  ports: [{ target: 80, published: 8080, hostIp: null, protocol: 'tcp' }],
  createdAt: at,
  deployedAt: at,
};
const container: Container = {
  id,
  name: '投票-1',
  service: '投票',
  stack: stack.name,
  namespace: 'default',
  state: 'Running',
  health: 'healthy',
  image: service.image,
  command: null,
  exitCode: null,
  message: null,
  restarts: 0,
  node: 'node-投票-with-a-long-name.example.com',
  ports: service.ports,
  createdAt: at,
  startedAt: at,
  stoppedAt: null,
};
const action: ActionDetail = {
  id,
  name: 'Stack Up',
  state: 'Failed',
  object: { kind: 'stack', id, name: stack.name },
  user: 'ann',
  startedAt: at,
  endedAt: at,
  reason: 'web keeps exiting (with code 1)',
  canBeCanceled: false,
  canBeRetried: true,
  steps: [
    { id: 'create service web', operation: 'create', kind: 'service', name: 'web', reasons: ['new'], state: 'failed' },
    { id: 'undo: web', operation: 'remove', kind: 'service', name: 'web', reasons: ['undo'], state: 'done' },
  ],
};

describe('tables on a narrow terminal, with wide characters', () => {
  const columns = 62;
  const narrow: Terminal = { isTTY: true, columns, colour: false };
  it.each([
    ['stacks', () => shown(stackList, [stack, { ...stack, name: 'b' }], {}, narrow)],
    ['services', () => shown(serviceList, [service, { ...service, name: 'b', stack: null }], {}, narrow)],
    ['containers', () => shown(containerList, [container, { ...container, name: 'b', node: null }], {}, narrow)],
    ['actions', () => shown(actionList, [action, action], {}, narrow)],
  ])('%s: no line is wider, and the columns are below each other', async (_what, show) => {
    const lines = (await show()).stdout.trimEnd().split('\n');
    expect(lines).toHaveLength(3);
    for (const line of lines) expect(displayWidth(line), line).toBeLessThanOrEqual(columns);
    // The short id stands at the same cell in every row.
    const places = lines.slice(1).map((line) => displayWidth(line.slice(0, line.indexOf('0f8b8d6c'))));
    expect(new Set(places).size).toBe(1);
  });

  const long: Terminal = { isTTY: true, columns: 60, colour: false };
  const days = { createdAt: '2026-02-12T12:00:00Z', deployedAt: '2026-02-12T12:00:00Z' };
  const replica = {
    ...{
      ...container,
      ...days,
      name: 'notification-sender-1',
      startedAt: days.createdAt,
      health: 'unhealthy' as const,
    },
    ...{ stack: 'voting-application', node: 'sandbox-1.internal' },
  };
  it.each([
    [
      'services',
      () => shown(serviceList, [{ ...service, ...days, name: replica.name, stack: replica.stack }], {}, long),
    ],
    ['containers', () => shown(containerList, [replica], {}, long)],
    ['processes', () => shown(processList, [{ ...replica, service: 'notification-sender', release: 12 }], {}, long)],
    [
      'actions',
      () => {
        const object = { ...action.object, name: replica.name };
        const times = { startedAt: days.createdAt, endedAt: days.createdAt };
        return shown(actionList, [{ ...action, ...times, object, name: 'Container Terminate' }], {}, long);
      },
    ],
  ])('%s at 60 columns, with long names: every column, and the name can be read', async (_what, show) => {
    const [heading = '', row = '', ...more] = (await show()).stdout.trimEnd().split('\n');
    expect(more).toEqual([]);
    expect(heading.trim().split(/  +/).length).toBeGreaterThan(5);
    for (const line of [heading, row]) expect(displayWidth(line), line).toBeLessThanOrEqual(long.columns);
    expect(row).toMatch(/notificatio(…|n)/);
  });

  it.each([
    ['actions', 'Target: ', () => shown(actionList, [action, action], {}, { ...narrow, columns: 40 })],
    ['containers', 'Node:   ', () => shown(containerList, [container, container], {}, { ...narrow, columns: 40 })],
  ])('%s at 40 columns: a field a line, a blank line between', async (_what, field, show) => {
    const { stdout } = await show();
    expect(stdout.split('\n\n')).toHaveLength(2);
    expect(stdout.split('\n').filter((line) => line.startsWith(field))).toHaveLength(2);
    for (const line of stdout.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(40);
  });

  it('the tables within a stack', async () => {
    const image = `registry.example.com/some/where/${'deep/'.repeat(8)}app:1`;
    const project: StackDetail['definition'] = {
      name: 'shop',
      services: {
        web: { image, depends_on: { db: { condition: 'service_started', required: true } } },
        db: { image: 'db:1' },
      },
      volumes: { data: { name: `shop_${'data'.repeat(20)}` } },
    };
    const { stdout } = await shown(stackDetail, { ...stack, definition: project }, {}, long);
    const [, inner = ''] = stdout.split('Services:\n');
    for (const line of inner.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(60);
    expect(inner).toMatch(/^ {2}NAME +IMAGE +REPLICAS +DEPENDS ON\n {2}web +registry\.example\..*… +1 +db\n/);
    expect(inner).toMatch(/data +shop_data.*…\n$/);
  });

  it('all columns of containers with --no-trunc, whole', async () => {
    const { stdout } = await shown(containerList, [container], { 'no-trunc': true }, narrow);
    for (const text of [id, service.image, container.node ?? '', stack.name]) expect(stdout).toContain(text);
  });
});

describe('an action', () => {
  it('why it failed, its steps, and those that undid them, as they come', async () => {
    const { stdout } = await shown(actionDetail, action);
    expect(stdout).toMatch(/^Reason: +web keeps exiting \(with code 1\)$/m);
    const [, steps = ''] = stdout.split('Steps:\n');
    expect(steps).toMatch(
      /^ +STATE +STEP +REASONS\n +failed +create service web +new\n +done +remove service web +undo\n$/,
    );
  });

  it('after something was done to it: templates are checked before, and told of after', async () => {
    expect(() => {
      actionsChanged.check(readOutputFlags({ format: '{{.stat}}' }));
    }).toThrow(expect.objectContaining({ code: 'usage', hint: 'Did you mean .state?' }));
    expect(await shown(actionsChanged, [action], { format: '{{.state}} {{.object.nope}}' })).toEqual({
      stdout: 'Failed \n',
      stderr: expect.stringContaining('.object.nope'),
    });
    expect(JSON.parse((await shown(actionsChanged, [action], { json: true })).stdout)).toEqual([action]);
  });
});

describe('a command in a container', () => {
  it('prints nothing of its own, and as JSON its exit code', async () => {
    expect(await shown(executed, { exitCode: 3 })).toEqual({ stdout: '', stderr: '' });
    expect(await shown(executed, { exitCode: 3 }, { json: true })).toEqual({ stdout: '{"exitCode":3}\n', stderr: '' });
  });
});

describe('an export', () => {
  const text = 'name: a\u001b[31mb\n';
  it('text as it is to a pipe; without control sequences to a terminal', async () => {
    expect(await shown(stackExport, { text, file: null })).toEqual({ stdout: text, stderr: '' });
    const terminal = { ...pipe, isTTY: true };
    expect(await shown(stackExport, { text, file: null }, {}, terminal)).toEqual({ stdout: 'name: ab\n', stderr: '' });
  });

  it('to a file: a word on stderr, or the document that --json asked for', async () => {
    expect(await shown(stackExport, { text: '', file: '/tmp/a.yaml' })).toEqual({
      stdout: '',
      stderr: 'Written to /tmp/a.yaml.\n',
    });
    expect(await shown(stackExport, { text: '{}\n', file: '/tmp/a.yaml' })).toEqual({ stdout: '{}\n', stderr: '' });
  });
});

describe('logs', () => {
  const line = (from: string | null, serviceName: string | null, text: string): LogLine => ({
    at,
    stack: 'shop',
    service: serviceName,
    container: from,
    stream: 'stdout',
    text,
  });
  const lines = async function* (...all: LogLine[]): AsyncGenerator<LogLine> {
    yield* all;
  };
  const colourOf = (text: string): string => /^\u001b\[3\dm/.exec(text)?.[0] ?? 'none';

  it('the colour is that of the service, in every run; the name that of the container', async () => {
    const terminal = { ...pipe, colour: true };
    const run = async (...all: LogLine[]): Promise<string[]> =>
      (await shown(logLines, lines(...all), {}, terminal)).stdout.trimEnd().split('\n');
    const [one = '', two = '', db = ''] = await run(
      line('web-1', 'web', 'a'),
      line('web-2', 'web', 'b'),
      line('db-1', 'db', 'c'),
    );
    expect(colourOf(one)).not.toBe('none');
    expect(colourOf(two)).toBe(colourOf(one));
    expect(two).toContain('web-2        | ');
    const [alone = ''] = await run(line('db-7', 'db', 'c'));
    expect(colourOf(alone)).toBe(colourOf(db));
    const services = ['web', 'db', 'cache', 'queue', 'mail', 'search'];
    const colours = await run(...services.map((name) => line(`${name}-1`, name, 'x')));
    expect(new Set(colours.map(colourOf)).size).toBeGreaterThan(1);
  });

  it('a time before the text where it is asked for and known; wide names take two cells a character', async () => {
    const { stdout } = await shown(
      logLines,
      lines(line('投票-1', '投票', 'a'), line('db-1', 'db', '\u001b[1mb'), { ...line('db-1', 'db', 'c'), at: null }),
      { timestamps: true },
    );
    expect(stdout).toBe(`投票-1       | ${at} a\ndb-1         | ${at} \u001b[1mb\ndb-1         | c\n`);
  });

  it('of nobody: the text alone', async () => {
    expect((await shown(logLines, lines(line(null, null, 'a')))).stdout).toBe('a\n');
    expect((await shown(logLines, lines(line(null, 'web', 'a')))).stdout).toBe('web          | a\n');
  });
});

async function shown<T>(
  view: View<T>,
  what: T,
  flags: Readonly<Record<string, unknown>> = {},
  terminal: Terminal = pipe,
): Promise<{ readonly stdout: string; readonly stderr: string }> {
  const stdout = new PassThrough();
  const stderr = new PassThrough();
  const read = readOutputFlags(flags);
  view.check(read);
  await view.show(what, {
    flags: read,
    stdout: new Sink(stdout),
    stderr: new Sink(stderr),
    terminal,
    now: Date.parse(at) + 60_000,
    signal: new AbortController().signal,
  });
  return { stdout: String(stdout.read() ?? ''), stderr: String(stderr.read() ?? '') };
}
