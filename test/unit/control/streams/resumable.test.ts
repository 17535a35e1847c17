import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ReconnectOptions } from '../../../../src/lib/control/streams/reconnect.js';
import { resumable, resumableFrom } from '../../../../src/lib/control/streams/resumable.js';
import { RefusedError, UnreachableError } from '../../../../src/lib/port/errors.js';
import type { LogLine } from '../../../../src/lib/port/logs.js';
import { collect, line, lines, nanoseconds } from './lines.js';

const never = new AbortController().signal;

interface Clock {
  readonly waits: number[];
  nowMs: number;
}

/** Time that passes only while the stream waits. */
function clock(more: Partial<ReconnectOptions> = {}): ReconnectOptions & Clock {
  const time: Clock = { waits: [], nowMs: 0 };
  return Object.assign(time, {
    signal: never,
    now: () => time.nowMs,
    random: () => 0,
    sleep: async (ms: number) => {
      time.waits.push(ms);
      time.nowMs += ms;
    },
    ...more,
  });
}

async function* cutAfter<T>(items: readonly T[], count: number | undefined): AsyncGenerator<T> {
  for (const [index, item] of items.entries()) {
    if (index === count) throw new UnreachableError('connection reset');
    yield item;
  }
  if (count !== undefined && count >= items.length) throw new UnreachableError('connection reset');
}

/** A server of lines whose connections are cut after so many lines each, until the cuts are used up. */
function server(all: readonly LogLine[], cuts: readonly number[], roundsDown: boolean) {
  const left = [...cuts];
  const asked: (string | undefined)[] = [];
  const open = (since: string | undefined): AsyncIterable<LogLine> => {
    asked.push(since);
    const exactly = since === undefined ? 0 : nanoseconds(since);
    const from = roundsDown ? Math.floor(exactly / 1e9) * 1e9 : exactly;
    const served = all.filter(({ at }) => nanoseconds(at ?? '') >= from);
    return cutAfter(served, left.shift());
  };
  return { open, asked };
}

describe('following lines over lost connections', () => {
  it('gives every line once, wherever it is cut', async () => {
    await fc.assert(
      fc.asyncProperty(lines, fc.array(fc.nat(45), { maxLength: 12 }), fc.boolean(), async (all, cuts, roundsDown) => {
        const { open } = server(all, cuts, roundsDown);
        // Connections that bring nothing new are not the matter here.
        const options = clock({ retry: { giveUpMs: 1e9 } });
        expect(await collect(resumable(open, options))).toEqual(all);
        expect(options.waits).toHaveLength(cuts.length);
      }),
      { numRuns: 500 },
    );
  });

  it('asks again from the last line on', async () => {
    const all = [line(0, 'a'), line(1_000, 'b'), line(1_000, 'b'), line(1_000, 'c'), line(2_000, 'd')];
    const { open, asked } = server(all, [0, 3], false);
    expect(await collect(resumable(open, clock()))).toEqual(all);
    expect(asked).toEqual([undefined, undefined, all[1]?.at]);
  });

  it('tells apart what other containers and streams say at the same time', async () => {
    const all = [line(0, 'a', 'web-1'), line(0, 'a', 'web-2'), { ...line(0, 'a', 'web-2'), stream: 'stderr' as const }];
    for (const cut of [1, 2, 3]) {
      expect(await collect(resumable(server(all, [cut], false).open, clock()))).toEqual(all);
    }
  });

  it('bears another order of what was said at the same time', async () => {
    const [a, b, c] = [line(0, 'a'), line(0, 'b'), line(0, 'c')];
    const orders = [cutAfter([a, b], 2), cutAfter([b, c, a], undefined)];
    const seen = await collect(resumable(() => orders.shift() ?? cutAfter([], undefined), clock()));
    expect(seen).toEqual([a, b, c]);
  });

  it('cannot go on after a line without a time', async () => {
    const { open, asked } = server([line(null, 'a'), line(null, 'b')], [], false);
    const cut = (since: string | undefined) => {
      void open(since);
      return cutAfter([line(null, 'a'), line(null, 'b')], 1);
    };
    await expect(collect(resumable(cut, clock()))).rejects.toMatchObject({ code: 'unreachable' });
    expect(asked).toEqual([undefined]);
  });
});

describe('reconnecting', () => {
  const refusing = (): AsyncIterable<LogLine> => cutAfter([], 0);

  it('waits longer after each failure, up to a limit, and gives up in time', async () => {
    const retry = { firstMs: 100, longestMs: 1_000, giveUpMs: 5_000 };
    const options = clock({ retry });
    await expect(collect(resumable(refusing, options))).rejects.toMatchObject({
      code: 'unreachable',
      message: 'connection reset',
    });
    expect(options.waits).toEqual([100, 200, 400, 800, 1_000, 1_000, 1_000, 500]);
    expect(options.nowMs).toBe(5_000);
  });

  it('shortens every wait by chance, by half at most', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), async (chance) => {
        const options = clock({ random: () => chance, retry: { firstMs: 1_000, longestMs: 1_000, giveUpMs: 10_000 } });
        await expect(collect(resumable(refusing, options))).rejects.toMatchObject({ code: 'unreachable' });
        expect(options.waits.slice(0, -1).every((ms) => ms > 500 - 1e-6 && ms <= 1_000)).toBe(true);
        expect(options.nowMs).toBeCloseTo(10_000);
      }),
    );
  });

  it('starts afresh when something new has come, and not when old lines come again', async () => {
    const all = [line(0, 'a'), line(1_000, 'b')];
    const options = clock({ retry: { firstMs: 100, longestMs: 10_000, giveUpMs: 2_000 } });
    expect(await collect(resumable(server(all, [1, 1, 1, 2, 1], false).open, options))).toEqual(all);
    expect(options.waits).toEqual([100, 200, 400, 100, 200]);
    const repeating = clock({ retry: { firstMs: 100, longestMs: 10_000, giveUpMs: 2_000 } });
    const stuck = server(all, Array<number>(50).fill(1), false);
    await expect(collect(resumable(stuck.open, repeating))).rejects.toMatchObject({ code: 'unreachable' });
    expect(repeating.nowMs).toBe(2_000);
  });

  it('starts afresh after a connection that held for long, though nothing came', async () => {
    const options = clock({ retry: { firstMs: 100, giveUpMs: 300, steadyMs: 1_000 } });
    let opened = 0;
    const quiet = async function* (): AsyncGenerator<LogLine> {
      opened++;
      options.nowMs += opened < 20 ? 1_000 : 0;
      yield* cutAfter([], 0);
    };
    await expect(collect(resumable(quiet, options))).rejects.toMatchObject({ code: 'unreachable' });
    expect(options.waits.slice(0, 19)).toEqual(Array(19).fill(100));
    expect(opened).toBeLessThan(25);
  });

  it('tells of every lost connection', async () => {
    const told: string[] = [];
    const onLost = ({ message }: Error, waitMs: number) => told.push(`${message}: ${waitMs} ms`);
    await collect(resumable(server([line(0)], [0, 1], false).open, { ...clock(), onLost }));
    expect(told).toEqual(['connection reset: 250 ms', 'connection reset: 250 ms']);
  });

  it('passes on every other error at once', async () => {
    const options = clock();
    const refused = async function* (): AsyncGenerator<LogLine> {
      yield line(0);
      throw new RefusedError('no');
    };
    await expect(collect(resumable(refused, options))).rejects.toMatchObject({ code: 'refused' });
    expect(options.waits).toEqual([]);
  });

  it('ends without an error when the signal aborts: while it waits, reads, or fails for it', async () => {
    const controller = new AbortController();
    const waiting = collect(resumable(refusing, { signal: controller.signal, retry: { firstMs: 60_000 } }));
    controller.abort();
    expect(await waiting).toEqual([]);

    const second = new AbortController();
    const seen: LogLine[] = [];
    for await (const one of resumable(() => cutAfter([line(0), line(1)], 2), { signal: second.signal })) {
      seen.push(one);
      second.abort();
    }
    expect(seen).toEqual([line(0)]);
    expect(await collect(resumable(refusing, { signal: AbortSignal.abort() }))).toEqual([]);
  });
});

describe('following what has a cursor', () => {
  it('gives everything once, wherever it is cut', async () => {
    const cursorOf = ({ cursor }: { readonly cursor: string }): string => cursor;
    await fc.assert(
      fc.asyncProperty(fc.nat(30), fc.array(fc.nat(35), { maxLength: 10 }), async (count, cuts) => {
        const all = Array.from({ length: count }, (_, index) => ({ cursor: `c${index}`, verb: 'start' }));
        const left = [...cuts];
        const open = (after: string | null) => {
          const from = after === null ? 0 : all.findIndex(({ cursor }) => cursor === after) + 1;
          return cutAfter(all.slice(from), left.shift());
        };
        expect(await collect(resumableFrom(cursorOf, open, clock({ retry: { giveUpMs: 1e9 } })))).toEqual(all);
      }),
    );
  });
});
