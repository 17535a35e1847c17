import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { mergeByTime, type MergeOptions, type MergeSource } from '../../../../src/lib/control/streams/merge.js';
import { UnreachableError } from '../../../../src/lib/port/errors.js';
import type { LogLine } from '../../../../src/lib/port/logs.js';
import { collect, line, lines, nanoseconds } from './lines.js';

const startMs = Date.parse('2026-01-01T00:00:00.000Z');

/** A source that says what the test tells it to, when it tells it to. */
class Pushed implements AsyncIterable<LogLine> {
  /** Lines asked for. */
  reads = 0;
  closed = false;
  readonly #ready: (() => IteratorResult<LogLine, undefined>)[] = [];
  #waiting: (() => void) | undefined;

  push(...given: readonly LogLine[]): void {
    for (const value of given) this.#add(() => ({ done: false, value }));
  }

  end(): void {
    this.#add(() => ({ done: true, value: undefined }));
  }

  fail(error: Error): void {
    this.#add(() => {
      throw error;
    });
  }

  [Symbol.asyncIterator](): AsyncIterator<LogLine, undefined> {
    return {
      next: async () => {
        this.reads++;
        if (this.#ready.length === 0) await new Promise<void>((resolve) => (this.#waiting = resolve));
        const next = this.#ready.shift();
        return next === undefined ? { done: true, value: undefined } : next();
      },
      return: async () => {
        this.closed = true;
        this.#waiting?.();
        return { done: true, value: undefined };
      },
    };
  }

  #add(next: () => IteratorResult<LogLine, undefined>): void {
    this.#ready.push(next);
    this.#waiting?.();
  }
}

/** Reads a merge on its own, and keeps what it gives. */
function reading(sources: readonly MergeSource[], options: MergeOptions) {
  const controller = new AbortController();
  const texts: string[] = [];
  const ended = (async () => {
    for await (const { text } of mergeByTime(sources, options, controller.signal)) texts.push(text);
  })();
  return { texts, ended, controller };
}

async function* slowly(given: readonly LogLine[], turns: readonly number[]): AsyncGenerator<LogLine> {
  for (const [index, one] of given.entries()) {
    for (let turn = turns[index % turns.length] ?? 0; turn > 0; turn--) await Promise.resolve();
    yield one;
  }
}

beforeEach(() => {
  vi.useFakeTimers({ now: startMs });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('merging what has an end', () => {
  it('gives every line once, in order of time, and at the same time by source', async () => {
    const source = fc.tuple(lines, fc.array(fc.nat(5), { minLength: 1, maxLength: 4 }));
    await fc.assert(
      fc.asyncProperty(fc.array(source, { maxLength: 4 }), async (sources) => {
        const named = sources.map(([own, turns], index) => ({
          own: own.map((one) => ({ ...one, container: `web-${index}` })),
          turns,
        }));
        const merged = await collect(
          mergeByTime(
            named.map(({ own, turns }) => slowly(own, turns)),
            { windowMs: Infinity },
            new AbortController().signal,
          ),
        );
        const expected = named
          .flatMap(({ own }) => own)
          .map((one, index) => ({ one, index, at: nanoseconds(one.at ?? '') }))
          .sort((a, b) => a.at - b.at || a.index - b.index)
          .map(({ one }) => one);
        expect(merged).toEqual(expected);
      }),
    );
  });

  it('waits for the past of a slow source', async () => {
    const [fast, slow] = [new Pushed(), new Pushed()];
    const { texts, controller, ended } = reading([fast, slow], { windowMs: 50, historyMs: 1_000 });
    fast.push(line(-3_000, 'b'), line(-1_000, 'd'));
    await vi.advanceTimersByTimeAsync(900);
    expect(texts).toEqual([]);
    slow.push(line(-4_000, 'a'), line(-2_000, 'c'));
    await vi.advanceTimersByTimeAsync(0);
    expect(texts).toEqual(['a', 'b', 'c']);
    await vi.advanceTimersByTimeAsync(1_000);
    expect(texts).toEqual(['a', 'b', 'c', 'd']);
    controller.abort();
    await ended;
  });
});

describe('merging what goes on', () => {
  it('lets a line wait for earlier ones of others, but no longer than the window', async () => {
    const [one, other] = [new Pushed(), new Pushed()];
    const { texts, controller, ended } = reading([one, other], { windowMs: 200 });
    await vi.advanceTimersByTimeAsync(5_000);
    one.push(line(5_000, 'later'));
    await vi.advanceTimersByTimeAsync(150);
    expect(texts).toEqual([]);
    other.push(line(4_900, 'earlier'));
    await vi.advanceTimersByTimeAsync(0);
    expect(texts).toEqual(['earlier']);
    await vi.advanceTimersByTimeAsync(49);
    expect(texts).toEqual(['earlier']);
    await vi.advanceTimersByTimeAsync(1);
    expect(texts).toEqual(['earlier', 'later']);
    controller.abort();
    await ended;
  });

  it('gives a line at once when every other source has a later one', async () => {
    const [one, other] = [new Pushed(), new Pushed()];
    const { texts, controller, ended } = reading([one, other], { windowMs: 200 });
    one.push(line(10, 'a'));
    other.push(line(20, 'b'));
    await vi.advanceTimersByTimeAsync(0);
    expect(texts).toEqual(['a']);
    controller.abort();
    await ended;
  });

  it('keeps up with a source whose clock is ahead', async () => {
    const [ahead, quiet] = [new Pushed(), new Pushed()];
    const { texts, controller, ended } = reading([ahead, quiet], { windowMs: 100 });
    for (let index = 0; index < 500; index++) {
      await vi.advanceTimersByTimeAsync(1);
      ahead.push(line(60_000 + index, String(index)));
    }
    await vi.advanceTimersByTimeAsync(101);
    expect(texts).toHaveLength(500);
    controller.abort();
    await ended;
  });

  it('keeps up with a source whose clock is behind', async () => {
    const [behind, quiet] = [new Pushed(), new Pushed()];
    const { texts, controller, ended } = reading([behind, quiet], { windowMs: 100, historyMs: 300 });
    for (let index = 0; index < 500; index++) {
      await vi.advanceTimersByTimeAsync(1);
      behind.push(line(index - 60_000, String(index)));
    }
    await vi.advanceTimersByTimeAsync(0);
    expect(texts).toHaveLength(500);
    controller.abort();
    await ended;
  });

  it('does not hold back a line without a time', async () => {
    const [one, other] = [new Pushed(), new Pushed()];
    const { texts, controller, ended } = reading([one, other], { windowMs: 1_000 });
    other.push(line(10, 'timed'));
    one.push(line(null, 'untimed'), line(null, 'another'));
    await vi.advanceTimersByTimeAsync(0);
    expect(texts).toEqual(['untimed', 'another']);
    controller.abort();
    await ended;
  });

  it('ends when all sources have', async () => {
    const [one, other] = [new Pushed(), new Pushed()];
    const { texts, ended } = reading([one, other], { windowMs: 1_000 });
    one.push(line(1, 'a'));
    one.end();
    other.end();
    await ended;
    expect(texts).toEqual(['a']);
    await expect(collect(mergeByTime([], { windowMs: 1 }, new AbortController().signal))).resolves.toEqual([]);
  });
});

describe('a merge', () => {
  it('reads one line ahead of whoever reads it', async () => {
    const source = new Pushed();
    source.push(...Array.from({ length: 100 }, (_, index) => line(index)));
    const merged = mergeByTime([source], { windowMs: 0 }, new AbortController().signal);
    for (let given = 1; given <= 10; given++) {
      await merged.next();
      expect(source.reads).toBeLessThanOrEqual(given + 1);
    }
    await merged.return(undefined);
    expect(source.closed).toBe(true);
  });

  it('fails with the first source that fails, after the others were closed', async () => {
    const [failing, idle, busy] = [new Pushed(), new Pushed(), new Pushed()];
    let opened: AbortSignal | undefined;
    const opener = (signal: AbortSignal): AsyncIterable<LogLine> => {
      opened = signal;
      return idle;
    };
    const { texts, ended } = reading([failing, opener, busy], { windowMs: 10 });
    const failed = expect(ended).rejects.toMatchObject({ code: 'unreachable' });
    busy.push(line(10_000, 'never'));
    failing.push(line(null, 'first'));
    failing.fail(new UnreachableError('gone'));
    await failed;
    expect(texts).toEqual(['first']);
    expect([idle.closed, busy.closed, opened?.aborted]).toEqual([true, true, true]);
  });

  it('fails also when a source can neither be closed nor ends', async () => {
    const stubborn: AsyncIterable<LogLine> = {
      [Symbol.asyncIterator]: () => ({
        next: () => new Promise(() => undefined),
        return: () => new Promise(() => undefined),
      }),
    };
    const failing = new Pushed();
    failing.fail(new Error('broken'));
    await expect(reading([stubborn, failing], { windowMs: 10 }).ended).rejects.toThrow('broken');
  });

  it('ends without an error when the signal aborts, and closes its sources', async () => {
    const source = new Pushed();
    const { ended, controller, texts } = reading([source], { windowMs: 10 });
    source.push(line(0, 'a'));
    await vi.advanceTimersByTimeAsync(20);
    controller.abort();
    await ended;
    expect([texts, source.closed]).toEqual([['a'], true]);
    const untouched = new Pushed();
    await expect(collect(mergeByTime([untouched], { windowMs: 10 }, AbortSignal.abort()))).resolves.toEqual([]);
    expect(untouched.reads).toBe(0);
  });
});
