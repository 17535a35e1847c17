import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { confirm } from '../../../src/lib/ui/prompt.js';
import { Sink } from '../../../src/lib/ui/sink.js';

/** Somebody who is asked, and what is on their screen. */
function open() {
  const stdin = new PassThrough();
  const stderr = new PassThrough();
  const stop = new AbortController();
  const asked = confirm('Sure?', { stdin, sink: new Sink(stderr), signal: stop.signal });
  return { stdin, stop, asked, screen: () => String(stderr.read() ?? '') };
}

describe('confirm', () => {
  it.each([
    ['y', true],
    ['Yes', true],
    [' YES ', true],
    [' yes \nno', true],
    ['n', false],
    ['', false],
    ['yesterday', false],
  ])('%j', async (answer, agreed) => {
    const { stdin, asked, screen } = open();
    stdin.write(`${answer}\n`);
    expect(await asked).toBe(agreed);
    // The line end is the one that was typed.
    expect(screen()).toBe('Sure? [y/N] ');
  });

  it.each([
    ['', false],
    ['y', true],
  ])('%j and then Ctrl-D: the line is ended', async (typed, agreed) => {
    const { stdin, asked, screen } = open();
    stdin.end(typed);
    expect(await asked).toBe(agreed);
    expect(screen()).toBe('Sure? [y/N] \n');
  });

  it('Ctrl-C: the line is ended, and the command interrupted', async () => {
    const { stop, asked, screen } = open();
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
    expect(screen()).toBe('Sure? [y/N] \n');
  });

  it('asks nothing when the command was interrupted before', async () => {
    const stderr = new PassThrough();
    const asked = confirm('Sure?', { stdin: new PassThrough(), sink: new Sink(stderr), signal: AbortSignal.abort() });
    await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
    expect(stderr.read()).toBeNull();
  });
});
