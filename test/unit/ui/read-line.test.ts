import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readLine } from '../../../src/lib/ui/read-line.js';
import { Sink } from '../../../src/lib/ui/sink.js';

/** Somebody who is asked, and what is on their screen. */
function open() {
  const stdin = new PassThrough();
  const stderr = new PassThrough();
  const stop = new AbortController();
  const asked = readLine('Name:', { stdin, sink: new Sink(stderr), signal: stop.signal });
  return { stdin, stop, asked, screen: () => String(stderr.read() ?? '') };
}

describe('a line that is asked for', () => {
  test.each([
    ['shop', 'shop'],
    ['  shop\t', 'shop'],
    ['', ''],
    ['shop\nblog', 'shop'],
  ])('%j', async (typed, line) => {
    const { stdin, asked, screen } = open();
    stdin.write(`${typed}\n`);
    expect(await asked).toBe(line);
    expect(screen()).toBe('Name: ');
  });

  test.each([
    ['', ''],
    ['shop', 'shop'],
  ])('%j and then Ctrl-D: the line is ended', async (typed, line) => {
    const { stdin, asked, screen } = open();
    stdin.end(typed);
    expect(await asked).toBe(line);
    expect(screen()).toBe('Name: \n');
  });

  test('Ctrl-C: the line is ended, and the command interrupted', async () => {
    const { stop, asked, screen } = open();
    await new Promise((resolve) => setImmediate(resolve));
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
    expect(screen()).toBe('Name: \n');
  });

  test('Ctrl-C while the question is written', async () => {
    const { stop, asked } = open();
    stop.abort();
    await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
  });

  test('asks nothing when the command was interrupted before', async () => {
    const stderr = new PassThrough();
    const asked = readLine('Name:', { stdin: new PassThrough(), sink: new Sink(stderr), signal: AbortSignal.abort() });
    await expect(asked).rejects.toMatchObject({ code: 'interrupted' });
    expect(stderr.read()).toBeNull();
  });
});
