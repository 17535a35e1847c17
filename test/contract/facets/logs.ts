import { describe, expect, test } from 'vitest';
import type { LogLine } from '../../../src/lib/port/logs.js';
import { call, collect, eventually, need, sharedBackend, sortedBy } from '../harness.js';
import { noun, nouns } from '../nouns.js';
import { shop } from '../projects.js';
import type { Subject } from '../subject.js';

export function logsContract(subject: Subject): void {
  describe('logs', () => {
    const shared = sharedBackend(subject, async (backend) => {
      await backend.facets.stacks?.up?.({ project: await shop(subject.images) }, {}, call());
      const read = backend.facets.logs?.read;
      if (read === undefined) return;
      await eventually('some lines of every container', async () => {
        const lines = await collect(read({ stack: 'shop' }, { tail: 4 }, call()));
        return lines.length === 16 ? lines : undefined;
      });
    });

    test('read merges the lines of all containers by time', async (context) => {
      const read = need(context, shared(), 'logs', 'read');
      const lines = await nouns('logLine', read({ stack: 'shop' }, {}, call()));
      expect(lines.map(({ at }) => Date.parse(at ?? ''))).toEqual(inOrder(lines));
      expect([...new Set(lines.map(({ container }) => container))].sort()).toEqual([
        'db-1',
        'web-1',
        'web-2',
        'worker-1',
      ]);
      for (const { stack, service, container, text } of lines) {
        expect([stack, container?.startsWith(`${service ?? ''}-`), /[\r\n]/.test(text)]).toEqual(['shop', true, false]);
      }
    });

    test('tail gives the last lines of each container', async (context) => {
      const read = need(context, shared(), 'logs', 'read', { tail: 1, until: '' });
      const until = new Date().toISOString();
      const all = await collect(read({ stack: 'shop' }, { until }, call()));
      const last = await collect(read({ stack: 'shop' }, { until, tail: 2 }, call()));
      for (const name of ['db-1', 'web-1', 'web-2', 'worker-1']) {
        const of = (lines: readonly LogLine[]): LogLine[] => lines.filter(({ container }) => container === name);
        expect(of(last)).toEqual(of(all).slice(-2));
      }
      expect(last).toHaveLength(8);
      expect(await collect(read({ stack: 'shop' }, { tail: 0 }, call()))).toEqual([]);
      await expect(collect(read({ stack: 'shop' }, { tail: -1 }, call()))).rejects.toMatchObject({ code: 'usage' });
    });

    test('since takes lines from a time on, until those before it: together every line once', async (context) => {
      const read = need(context, shared(), 'logs', 'read', { since: '', until: '' });
      const until = new Date().toISOString();
      const all = await collect(read({ stack: 'shop' }, { until }, call()));
      const middle = all[Math.floor(all.length / 2)]?.at ?? '';
      const early = await collect(read({ stack: 'shop' }, { until: middle }, call()));
      const late = await collect(read({ stack: 'shop' }, { since: middle, until }, call()));
      expect([...early, ...late]).toEqual(all);
      // As text: an engine may tell more than milliseconds.
      expect(early.every(({ at }) => (at ?? '') < middle)).toBe(true);
      expect(late[0]?.at).toBe(middle);
    });

    test('a source may be some services of a stack, a service, or a container', async (context) => {
      const read = need(context, shared(), 'logs', 'read');
      const until = new Date().toISOString();
      const all = await collect(read({ stack: 'shop' }, { until }, call()));
      const of = (...services: string[]): LogLine[] => all.filter(({ service }) => services.includes(service ?? ''));
      const some = await collect(read({ stack: 'shop', services: ['web', 'db'] }, { until }, call()));
      expect(some.map(({ at }) => Date.parse(at ?? ''))).toEqual(inOrder(some));
      // Lines of the same time come in any order.
      expect(sortedBy(some, key)).toEqual(sortedBy(of('web', 'db'), key));
      expect(await collect(read({ stack: 'shop', services: ['db'] }, { until }, call()))).toEqual(of('db'));
      expect(await collect(read({ service: 'web.shop' }, { until }, call()))).toEqual(of('web'));
      const one = await collect(read({ container: 'web-2' }, { until }, call()));
      expect(one).toEqual(all.filter(({ container }) => container === 'web-2'));
      for (const wrong of [
        { stack: 'nowhere' },
        { stack: 'shop', services: ['wep'] },
        { service: 'wep' },
        { container: 'web-9' },
      ]) {
        await expect(collect(read(wrong, {}, call())), JSON.stringify(wrong)).rejects.toMatchObject({
          code: 'not_found',
        });
      }
    });

    test('follow goes on until it is aborted; two follows lose and repeat nothing', async (context) => {
      const read = need(context, shared(), 'logs', 'read', { follow: true, since: '' });
      const source = { stack: 'shop' };
      const since = new Date().toISOString();
      const first = await follow((signal) => read(source, { follow: true, since }, { signal }), 12);
      // The lines of the last millisecond may not all have come: the second follow reads them again.
      const from = first.at(-1)?.at ?? '';
      const second = await follow((signal) => read(source, { follow: true, since: from }, { signal }), 12);
      const upTo = second.at(-1)?.at ?? '';
      const whole = await collect(read(source, { since, until: upTo }, call()));
      const parts = [...first.filter(({ at }) => at !== from), ...second.filter(({ at }) => at !== upTo)];
      expect(sortedBy(parts, key)).toEqual(sortedBy(whole, key));
      expect(whole.length).toBeGreaterThan(12);
    });
  });
}

/** Follows until there are so many lines, aborts, and takes what still comes. */
async function follow(open: (signal: AbortSignal) => AsyncIterable<LogLine>, count: number): Promise<LogLine[]> {
  const stop = new AbortController();
  const lines: LogLine[] = [];
  for await (const line of open(stop.signal)) {
    lines.push(noun('logLine', line));
    if (lines.length === count) stop.abort();
  }
  expect(stop.signal.aborted).toBe(true);
  return lines;
}

function key({ at, container, text }: LogLine): string {
  return `${at ?? ''} ${container ?? ''} ${text}`;
}

function inOrder(lines: readonly LogLine[]): number[] {
  return lines.map(({ at }) => Date.parse(at ?? '')).sort((a, b) => a - b);
}
