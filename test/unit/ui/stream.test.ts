import { once } from 'node:events';
import { PassThrough, Writable } from 'node:stream';
import { spawn } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseFormat } from '../../../src/lib/ui/format.js';
import { Sink } from '../../../src/lib/ui/sink.js';
import { renderStream, type StreamOptions } from '../../../src/lib/ui/stream.js';
import type { StreamView } from '../../../src/lib/ui/view.js';

interface Item {
  readonly from: string;
  readonly text: string;
}

const view: StreamView<Item> = {
  kind: 'stream',
  line: ({ from, text }, style) => `${style.timestamps ? '12:00 ' : ''}${style.prefix(from)}${text}`,
};

const plain: StreamOptions = {
  format: parseFormat('table'),
  terminal: { isTTY: false, columns: 80, colour: false },
  timestamps: false,
};

const items: readonly Item[] = [
  { from: 'db', text: 'ready \u001b[32mok\u001b[0m' },
  { from: 'worker', text: 'started' },
  { from: 'db', text: 'query' },
];

const never = new AbortController().signal;

/** A stream that keeps what is written, chunk by chunk. */
class Recorder extends Writable {
  readonly chunks: string[] = [];
  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.chunks.push(chunk.toString());
    done();
  }
}

async function rendered(options: StreamOptions, source: AsyncIterable<Item> = from(items)): Promise<string> {
  const recorder = new Recorder();
  await renderStream(source, view, options, new Sink(recorder), never);
  return recorder.chunks.join('');
}

async function* from<T>(values: Iterable<T>): AsyncGenerator<T> {
  yield* values;
}

/** Items as they are pushed; `closed` resolves when the consumer has let go. */
function manual(first: readonly Item[] = []) {
  let close: () => void = () => undefined;
  const closed = new Promise<void>((resolve) => (close = resolve));
  const waiting = [...first];
  const source: AsyncIterable<Item> = {
    [Symbol.asyncIterator]: () => ({
      next: () => {
        const value = waiting.shift();
        return value === undefined ? new Promise(() => undefined) : Promise.resolve({ done: false, value });
      },
      return: async () => {
        close();
        return { done: true, value: undefined };
      },
    }),
  };
  return { source, closed };
}

describe('formats', () => {
  it('writes a line an item, its text as it is', async () => {
    expect(await rendered(plain)).toBe(
      'db           | ready \u001b[32mok\u001b[0m\nworker       | started\ndb           | query\n',
    );
    expect(await rendered({ ...plain, timestamps: true }, from(items.slice(1, 2)))).toBe(
      '12:00 worker       | started\n',
    );
  });

  it('keeps the text in its place: prefixes get wider once for long names, and never narrower', async () => {
    const cells = fc
      .string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 24 })
      .filter((key) => !key.includes('|'));
    await fc.assert(
      fc.asyncProperty(fc.array(cells, { minLength: 1 }), async (keys) => {
        const text = await rendered(plain, from(keys.map((key) => ({ from: key, text: '' }))));
        const places = text
          .split('\n')
          .slice(0, -1)
          .map((line) => line.indexOf(' | '));
        expect(places).toEqual([...places].sort((one, other) => one - other));
        expect(new Set(places).size).toBeLessThanOrEqual(keys.some((key) => key.length > 12) ? 2 : 1);
      }),
    );
  });

  it('gives a key the same colour every time', async () => {
    const coloured = { ...plain, terminal: { ...plain.terminal, colour: true } };
    const [first, , third] = (await rendered(coloured)).split('\n');
    const colour = /^\u001b\[3\dm/.exec(first ?? '')?.[0];
    expect(colour).toBeDefined();
    expect(third?.startsWith(`${colour ?? ''}db `)).toBe(true);
    expect(await rendered(coloured)).toBe(await rendered(coloured));
  });

  it.each(['json', 'jsonl'])('%s is an object a line', async (format) => {
    const text = await rendered({ ...plain, format: parseFormat(format) });
    expect(text).toBe(items.map((item) => `${JSON.stringify(item)}\n`).join(''));
  });

  it('yaml is a document an item, a template a line', async () => {
    expect(await rendered({ ...plain, format: parseFormat('yaml') }, from(items.slice(1)))).toBe(
      '---\nfrom: worker\ntext: started\n---\nfrom: db\ntext: query\n',
    );
    expect(await rendered({ ...plain, format: parseFormat('{{.from}}') })).toBe('db\nworker\ndb\n');
  });

  it.each(['csv', 'name'])('refuses %s', async (format) => {
    await expect(rendered({ ...plain, format: parseFormat(format) })).rejects.toMatchObject({ code: 'usage' });
  });
});

describe('flow', () => {
  it('writes an item at once when the next one is not there yet', async () => {
    const { source } = manual(items.slice(1, 2));
    const stop = new AbortController();
    const output = new PassThrough();
    const done = renderStream(source, view, plain, new Sink(output), stop.signal);
    const [chunk] = await once(output, 'data');
    expect(String(chunk)).toBe('worker       | started\n');
    stop.abort();
    await done;
  });

  it('writes lines that come together in one go', async () => {
    const recorder = new Recorder();
    const many = Array.from({ length: 1000 }, (_, index) => ({ from: 'a', text: String(index) }));
    await renderStream(from(many), view, plain, new Sink(recorder), never);
    expect(recorder.chunks.join('').split('\n')).toHaveLength(1001);
    expect(recorder.chunks.length).toBeLessThan(10);
  });

  it('holds the source while the reader is slow', async () => {
    let taken = 0;
    async function* endless(): AsyncGenerator<Item> {
      for (;;) {
        taken++;
        yield { from: 'a', text: 'x'.repeat(1000) };
      }
    }
    const output = new PassThrough();
    const stop = new AbortController();
    const done = renderStream(endless(), view, plain, new Sink(output), stop.signal);
    await once(output, 'readable');
    let before = -1;
    while (before !== taken) {
      before = taken;
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(taken).toBeLessThan(200);
    stop.abort();
    output.destroy();
    await done;
  });

  it('ends on abort although the source waits, closes it, and writes what it had', async () => {
    const { source, closed } = manual(items);
    const stop = new AbortController();
    const recorder = new Recorder();
    const done = renderStream(source, view, plain, new Sink(recorder), stop.signal);
    stop.abort();
    await Promise.all([done, closed]);
    expect(recorder.chunks.join('')).toBe('');
  });

  it('lets signals be seen by a source that never waits', async () => {
    async function* endless(): AsyncGenerator<Item> {
      for (;;) yield { from: 'a', text: 'x' };
    }
    const stop = new AbortController();
    setTimeout(() => {
      stop.abort();
    }, 1);
    await renderStream(endless(), view, plain, new Sink(new Recorder()), stop.signal);
    expect(stop.signal.aborted).toBe(true);
  });

  it('ends quietly when the reader has seen enough', async () => {
    const child = spawn('head', ['-1'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const output = child.stdout.setEncoding('utf8').toArray();
    let closed = false;
    async function* endless(): AsyncGenerator<Item> {
      try {
        for (;;) yield { from: 'a', text: 'line' };
      } finally {
        closed = true;
      }
    }
    await renderStream(endless(), view, plain, new Sink(child.stdin), never);
    expect((await output).join('')).toBe('a            | line\n');
    expect(closed).toBe(true);
  });

  it('passes an error of the source on, after what came before it', async () => {
    async function* failing(): AsyncGenerator<Item> {
      yield { from: 'a', text: 'one' };
      throw new Error('gone');
    }
    const recorder = new Recorder();
    await expect(renderStream(failing(), view, plain, new Sink(recorder), never)).rejects.toThrow('gone');
    expect(recorder.chunks.join('')).toBe('a            | one\n');
  });

  it('takes an error for the end when it comes of being stopped', async () => {
    const stop = new AbortController();
    async function* stopped(): AsyncGenerator<Item> {
      yield { from: 'a', text: 'one' };
      stop.abort();
      stop.signal.throwIfAborted();
    }
    await renderStream(stopped(), view, plain, new Sink(new Recorder()), stop.signal);
    expect(stop.signal.aborted).toBe(true);
  });

  it('tells whether there was nothing: not of a source that was left before its end', async () => {
    const to = (source: AsyncIterable<Item>, signal = never): Promise<boolean> =>
      renderStream(source, view, plain, new Sink(new Recorder()), signal);
    expect(await to(from([]))).toBe(true);
    expect(await to(from(items))).toBe(false);
    expect(await to(from([]), AbortSignal.abort())).toBe(false);
    const closed = new Sink(new PassThrough().destroy());
    await new Promise<void>((resolve) => {
      closed.onClose(resolve);
    });
    expect(await renderStream(from([]), view, plain, closed, never)).toBe(false);
  });

  it('closes the source when a line cannot be made', async () => {
    const { source, closed } = manual(items);
    const broken: StreamView<Item> = {
      kind: 'stream',
      line: () => {
        throw new Error('broken view');
      },
    };
    await expect(renderStream(source, broken, plain, new Sink(new Recorder()), never)).rejects.toThrow('broken view');
    await closed;
  });
});
