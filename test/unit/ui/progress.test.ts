import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Action } from '../../../src/lib/port/actions.js';
import type { ProgressEvent } from '../../../src/lib/port/verb.js';
import { checkProgress, createProgress } from '../../../src/lib/ui/progress.js';
import { Sink } from '../../../src/lib/ui/sink.js';

const pipe = { isTTY: false, columns: 80, colour: false };
const tty = { isTTY: true, columns: 40, colour: false };
const now = () => Date.parse('2026-01-01T00:00:00.000Z');

/** An event about `service web` and the like. */
function event(subject: string, status: string, phase: ProgressEvent['phase'] = 'working'): ProgressEvent {
  const name = subject.split(' ')[1] ?? '';
  return { kind: subject.startsWith('network') ? 'network' : 'service', name, phase, status };
}

const action: Action = {
  id: 'action-1',
  name: 'Stack Up',
  state: 'Pending',
  object: { kind: 'stack', id: 'stack-1', name: 'shop' },
  user: 'ann',
  startedAt: '2026-01-01T00:00:00.000Z',
  endedAt: null,
  reason: null,
  canBeCanceled: true,
  canBeRetried: false,
};

/** What a spinner needs of a terminal. */
class FakeTty extends PassThrough {
  readonly isTTY = true;
  text = '';

  constructor(readonly columns = 40) {
    super();
    this.on('data', (chunk: Buffer) => (this.text += chunk.toString()));
  }

  cursorTo(): boolean {
    return this.write('\r');
  }
  moveCursor(): boolean {
    return this.write('\u001b[1A');
  }
  clearLine(): boolean {
    return this.write('\u001b[K');
  }

  async until(expected: string): Promise<void> {
    while (!this.text.includes(expected)) await once(this, 'data');
  }
}

describe('progress off a TTY', () => {
  it('is a line a change, and nothing after it was stopped', async () => {
    const stream = new PassThrough();
    const progress = createProgress({ sink: new Sink(stream), terminal: pipe, mode: 'auto', now });
    progress.report(event('service web', 'starting 1/2'));
    progress.report(event('service db', 'starting 1/1'));
    progress.report(event('service web', 'starting 1/2'));
    progress.report(event('service web', 'left alone\u001b[2J', 'note'));
    progress.report(event('service web', 'running', 'done'));
    await progress.stop();
    progress.report(event('service db', 'running', 'done'));
    stream.end();
    expect((await stream.setEncoding('utf8').toArray()).join('')).toBe(
      'service web: starting 1/2\nservice db: starting 1/1\nservice web: left alone\nservice web: running\n',
    );
  });

  it('is nothing when quiet', async () => {
    const stream = new PassThrough();
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, mode: 'quiet', now });
    progress.report(event('service web', 'starting'));
    progress.report(event('service web', 'left alone', 'note'));
    await progress.stop('failed');
    expect(stream.read()).toBeNull();
  });

  it('is plain lines on a terminal too where they are asked for', async () => {
    const stream = new FakeTty();
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, mode: 'plain', now });
    progress.planned([]);
    progress.report(event('service web', 'exited with code 1', 'failed'));
    await progress.stop('failed');
    expect(stream.text).toBe('service web: exited with code 1\n');
  });

  it('refuses to draw where there is no terminal, or none with a size', () => {
    for (const [stream, terminal] of [
      [new PassThrough(), pipe],
      [new FakeTty(0), tty],
    ] as const) {
      const options = { sink: new Sink(stream), terminal, mode: 'tty' as const, now };
      expect(() => checkProgress(options)).toThrow(expect.objectContaining({ code: 'usage' }));
      expect(() => createProgress(options)).toThrow(expect.objectContaining({ code: 'usage' }));
    }
  });

  it('does not stop work when nobody reads', async () => {
    const stream = new PassThrough();
    const sink = new Sink(stream);
    stream.destroy(new Error('broken'));
    await new Promise<void>((resolve) => {
      sink.onClose(resolve);
    });
    const progress = createProgress({ sink, terminal: pipe, mode: 'auto', now });
    progress.report(event('service web', 'left alone', 'note'));
    await progress.stop();
    expect(sink.closed).toBe(true);
  });
});

describe('progress as JSON', () => {
  it('is an object a line, with what is known', async () => {
    const stream = new PassThrough();
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, mode: 'json', now });
    const step = {
      id: 'create service web',
      operation: 'create',
      kind: 'service',
      name: 'web',
      reasons: ['new'],
    } as const;
    progress.planned([step]);
    progress.accepted(action);
    progress.report({ ...event('service web', 'starting'), ready: 0, desired: 2 });
    progress.report(event('network front', 'created\nnow', 'done'));
    await progress.stop();
    progress.report(event('service web', 'running', 'done'));
    stream.end();
    const lines = (await stream.setEncoding('utf8').toArray()).join('').trimEnd().split('\n');
    const at = '2026-01-01T00:00:00.000Z';
    const progressOf = { at, event: 'progress' };
    expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
      { at, event: 'plan', steps: [step] },
      { at, event: 'action', ...action },
      { ...progressOf, kind: 'service', name: 'web', phase: 'working', status: 'starting', ready: 0, desired: 2 },
      { ...progressOf, kind: 'network', name: 'front', phase: 'done', status: 'created\nnow' },
    ]);
  });
});

describe('progress on a TTY', () => {
  it('shows the last status of each subject, keeps finished ones, and gives the cursor back', async () => {
    const stream = new FakeTty();
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, mode: 'auto', now, delayMs: 0 });
    progress.report(event('network front', 'created', 'done'));
    progress.report(event('service web', 'starting 0/2'));
    await stream.until('starting 0/2');
    expect(stream.text).toContain('✔ network front: created\n');
    expect(stream.text).toContain('\u001b[?25l');
    progress.report(event('service db', 'starting'));
    progress.report(event('service web', 'starting 1/2'));
    await stream.until('service web: starting 1/2\n  service db: starting');
    progress.report(event('service cache', 'left alone', 'note'));
    progress.report(event('service web', 'running', 'done'));
    progress.report(event('service cache', 'exited with code 1', 'failed'));
    await progress.stop('failed');
    await progress.stop();
    const lines = stripVTControlCharacters(stream.text).split(/[\r\n]/);
    expect(lines).toContain('service cache: left alone');
    expect(lines).toContain('✔ service web: running');
    expect(lines).toContain('✖ service cache: exited with code 1');
    expect(lines).toContain('✖ service db: starting');
    expect(stream.text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stream.text.lastIndexOf('\u001b[?25l'));
  });

  it('cuts lines to the terminal and shows no more than a few subjects', async () => {
    const stream = new FakeTty();
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, mode: 'auto', now, delayMs: 0 });
    for (let index = 1; index <= 10; index++) {
      progress.report(event(`service ${index}`, 'x'.repeat(100)));
    }
    await stream.until('and 2 more');
    expect(stream.text).toContain(`service 1: ${'x'.repeat(25)}…`);
    expect(stream.text).not.toContain('service 9');
    await progress.stop();
  });

  it('writes plain lines to a terminal without a size', async () => {
    const stream = new FakeTty(0);
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, mode: 'auto', now, delayMs: 0 });
    progress.report(event('service web', 'starting'));
    await stream.until('service web: starting\n');
    await progress.stop();
    expect(stream.text).toBe('service web: starting\n');
  });

  it('shows nothing for work that is over before the delay', async () => {
    const stream = new FakeTty();
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, mode: 'auto', now });
    progress.report(event('service web', 'running', 'done'));
    await progress.stop();
    expect(stream.text).toBe('');
  });

  it('does not start a spinner that was stopped while it was being loaded', async () => {
    const stream = new FakeTty();
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, mode: 'auto', now, delayMs: 0 });
    progress.report(event('service web', 'starting'));
    await new Promise((resolve) => setTimeout(resolve, 1));
    await progress.stop();
    await import('../../../src/lib/ui/spinner.js');
    await new Promise((resolve) => setImmediate(resolve));
    expect(stream.text).not.toMatch(/\u001b\[\?25l(?![^]*\u001b\[\?25h)/);
  });
});
