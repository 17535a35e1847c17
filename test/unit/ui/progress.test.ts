import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { createProgress } from '../../../src/lib/ui/progress.js';
import { Sink } from '../../../src/lib/ui/sink.js';

const pipe = { isTTY: false, columns: 80, colour: false };
const tty = { isTTY: true, columns: 40, colour: false };

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
    const progress = createProgress({ sink: new Sink(stream), terminal: pipe, quiet: false });
    progress.report({ subject: 'service web', status: 'starting 1/2', done: false });
    progress.report({ subject: 'service db', status: 'starting 1/1', done: false });
    progress.report({ subject: 'service web', status: 'starting 1/2', done: false });
    progress.note('using the sandbox\u001b[2J');
    progress.report({ subject: 'service web', status: 'running', done: true });
    await progress.stop();
    progress.report({ subject: 'service db', status: 'running', done: true });
    stream.end();
    expect((await stream.setEncoding('utf8').toArray()).join('')).toBe(
      'service web: starting 1/2\nservice db: starting 1/1\nusing the sandbox\nservice web: running\n',
    );
  });

  it('is nothing when quiet', async () => {
    const stream = new PassThrough();
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, quiet: true });
    progress.report({ subject: 'service web', status: 'starting', done: false });
    progress.note('note');
    await progress.stop('failed');
    expect(stream.read()).toBeNull();
  });

  it('does not stop work when nobody reads', async () => {
    const stream = new PassThrough();
    const sink = new Sink(stream);
    stream.destroy(new Error('broken'));
    await new Promise<void>((resolve) => {
      sink.onClose(resolve);
    });
    const progress = createProgress({ sink, terminal: pipe, quiet: false });
    progress.note('note');
    await progress.stop();
    expect(sink.closed).toBe(true);
  });
});

describe('progress on a TTY', () => {
  it('shows the last status of each subject, keeps finished ones, and gives the cursor back', async () => {
    const stream = new FakeTty();
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, quiet: false, delayMs: 0 });
    progress.report({ subject: 'network front', status: 'created', done: true });
    progress.report({ subject: 'service web', status: 'starting 0/2', done: false });
    await stream.until('starting 0/2');
    expect(stream.text).toContain('✔ network front: created\n');
    expect(stream.text).toContain('\u001b[?25l');
    progress.report({ subject: 'service db', status: 'starting', done: false });
    progress.report({ subject: 'service web', status: 'starting 1/2', done: false });
    await stream.until('service web: starting 1/2\n  service db: starting');
    progress.note('one more thing');
    progress.report({ subject: 'service web', status: 'running', done: true });
    await progress.stop('failed');
    await progress.stop();
    const lines = stripVTControlCharacters(stream.text).split(/[\r\n]/);
    expect(lines).toContain('one more thing');
    expect(lines).toContain('✔ service web: running');
    expect(lines).toContain('✖ service db: starting');
    expect(stream.text.lastIndexOf('\u001b[?25h')).toBeGreaterThan(stream.text.lastIndexOf('\u001b[?25l'));
  });

  it('cuts lines to the terminal and shows no more than a few subjects', async () => {
    const stream = new FakeTty();
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, quiet: false, delayMs: 0 });
    for (let index = 1; index <= 10; index++) {
      progress.report({ subject: `service ${index}`, status: 'x'.repeat(100), done: false });
    }
    await stream.until('and 2 more');
    expect(stream.text).toContain(`service 1: ${'x'.repeat(25)}…`);
    expect(stream.text).not.toContain('service 9');
    await progress.stop();
  });

  it('writes plain lines to a terminal without a size', async () => {
    const stream = new FakeTty(0);
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, quiet: false, delayMs: 0 });
    progress.report({ subject: 'service web', status: 'starting', done: false });
    await stream.until('service web: starting\n');
    await progress.stop();
    expect(stream.text).toBe('service web: starting\n');
  });

  it('shows nothing for work that is over before the delay', async () => {
    const stream = new FakeTty();
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, quiet: false });
    progress.report({ subject: 'service web', status: 'running', done: true });
    await progress.stop();
    expect(stream.text).toBe('');
  });

  it('does not start a spinner that was stopped while it was being loaded', async () => {
    const stream = new FakeTty();
    const progress = createProgress({ sink: new Sink(stream), terminal: tty, quiet: false, delayMs: 0 });
    progress.report({ subject: 'service web', status: 'starting', done: false });
    await new Promise((resolve) => setTimeout(resolve, 1));
    await progress.stop();
    await import('../../../src/lib/ui/spinner.js');
    await new Promise((resolve) => setImmediate(resolve));
    expect(stream.text).not.toMatch(/\u001b\[\?25l(?![^]*\u001b\[\?25h)/);
  });
});
