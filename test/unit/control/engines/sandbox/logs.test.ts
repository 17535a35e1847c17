import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openSandbox } from '../../../../../src/lib/control/engines/sandbox/sandbox.js';
import { parseSandboxConfig } from '../../../../../src/lib/control/engines/sandbox/config.js';
import type { LogLine, LogOptions } from '../../../../../src/lib/port/logs.js';
import { collect, lab, type Lab, shop, startMs } from './lab.js';

function read(
  { engine, context }: Lab,
  options: LogOptions = {},
  filter: { service?: string; container?: string; all?: boolean } = {},
): Promise<LogLine[]> {
  return collect(engine.logs({ ...shop, ...filter }, options, context));
}

const texts = (lines: readonly LogLine[]): string[] => lines.map(({ text }) => text);
const lineKey = ({ at, container, text }: LogLine): string => `${at ?? ''} ${container ?? ''} ${text}`;
const iso = (seconds: number): string => new Date(startMs + seconds * 1000).toISOString();

/** Follows in the same time as `steps` pass, a step at every pause, and aborts when they are used up. */
async function follow(
  it: Lab,
  steps: readonly (() => void | Promise<void>)[],
  options: LogOptions = {},
): Promise<LogLine[]> {
  const controller = new AbortController();
  const left = [...steps];
  const engine = openSandbox({
    journal: it.journal,
    now: () => it.clock.nowMs,
    config: parseSandboxConfig({}),
    sleep: async () => {
      const step = left.shift();
      if (step === undefined) controller.abort();
      else await step();
    },
  });
  return collect(engine.logs(shop, { ...options, follow: true }, { signal: controller.signal }));
}

describe('logs', () => {
  it('say first that they are pretended, then what such an image would', async () => {
    const it = lab();
    await it.up('redis', { image: 'docker.io/library/redis:7-alpine' });
    it.pass(60);
    const lines = await read(it);
    expect(lines[0]).toMatchObject({
      stack: 'shop',
      service: 'redis',
      container: 'redis-1',
      stream: 'stdout',
      text: '[sandbox] pretending to run docker.io/library/redis:7-alpine on sandbox-1',
    });
    expect(lines[3]?.text).toContain('listening on port 6379');
    expect(lines.length).toBeGreaterThan(8);
    expect(lines[0]?.at).toBe((await it.tasks())[0]?.startedAt);
  });

  it.each([
    ['postgres:16', {}, 'stderr', 'LOG:  ready for connections'],
    ['nginx', {}, 'stdout', 'HTTP/1.1"'],
    ['shop/api', { ports: [{ target: 80 }] }, 'stdout', 'HTTP/1.1"'],
    ['shop/worker', {}, 'stdout', 'processed item'],
  ])('of %s sound like it', async (image, more, stream, text) => {
    const it = lab();
    await it.up('x', { image, ...more });
    it.pass(60);
    expect(await read(it)).toContainEqual(expect.objectContaining({ stream, text: expect.stringContaining(text) }));
  });

  it('are the same at every reading, in order of time, and other with another seed', async () => {
    const sample = async (seed: string): Promise<string[]> => {
      const it = lab({ BERTH_SANDBOX_SEED: seed });
      await it.up('web', { image: 'nginx' }, { replicas: 3 });
      it.pass(300);
      const lines = await read(it);
      expect(await read(it)).toEqual(lines);
      const times = lines.map(({ at }) => at ?? '');
      expect(times).toEqual([...times].sort());
      expect(new Set(lines.map(({ container }) => container)).size).toBe(3);
      return lines.map(lineKey);
    };
    const first = await sample('one');
    expect(await sample('one')).toEqual(first);
    expect(await sample('two')).not.toEqual(first);
  });

  it('keep the lines of a moment as time goes on', async () => {
    const it = lab();
    await it.up('web', { image: 'nginx' });
    it.pass(100);
    const early = await read(it);
    it.pass(10_000);
    expect((await read(it)).slice(0, early.length)).toEqual(early);
  });

  it('tell of a crash and the start after it', async () => {
    const it = lab({ BERTH_SANDBOX_FAULTS: 'web:crash,exit=3,times=1' });
    await it.up('web', { image: 'nginx', restart: 'always' });
    it.pass(20);
    const all = texts(await read(it));
    const crash = all.indexOf('[sandbox] fault: exit code 3');
    expect(all[crash - 1]).toContain('fatal:');
    expect(all[crash + 1]).toBe('[sandbox] restart 1: pretending to run nginx on sandbox-1');
  });

  it.each([
    ['is stopped', '', {}, 'bye'],
    ['is killed', 'web:hang', {}, '[sandbox] ignored SIGTERM: killed'],
    ['completes', 'web:exit=0,after=20s', {}, 'work done, exiting'],
  ])('tell the end of a container that %s', async (_, faults, more, last) => {
    const it = lab({ BERTH_SANDBOX_FAULTS: faults });
    await it.up('web', { image: 'shop/worker', ...more });
    it.pass(10);
    await it.down('web');
    it.pass(30);
    expect(await read(it)).toEqual([]);
    const lines = texts(await read(it, {}, { all: true }));
    expect(faults === 'web:exit=0,after=20s' ? ['work done, exiting', 'bye'] : [last]).toContain(lines.at(-1));
  });

  it('are those of one service, or of one container by id or name', async () => {
    const it = lab();
    await it.up('web', { image: 'nginx' }, { replicas: 2 });
    await it.up('db', { image: 'postgres' });
    it.pass(30);
    const of = (lines: readonly LogLine[]): unknown => [...new Set(lines.map(({ container }) => container))].sort();
    expect(of(await read(it))).toEqual(['db-1', 'web-1', 'web-2']);
    expect(of(await read(it, {}, { service: 'web' }))).toEqual(['web-1', 'web-2']);
    expect(of(await read(it, {}, { container: 'web-2' }))).toEqual(['web-2']);
    const id = (await it.tasks({ service: 'db' }))[0]?.id ?? '';
    expect(of(await read(it, {}, { container: id }))).toEqual(['db-1']);
  });

  it('are cut by since (included), until (left out) and tail (of each container)', async () => {
    const it = lab({ BERTH_SANDBOX_FAULTS: 'web:crash,after=7s,times=2' });
    await it.up('web', { image: 'nginx', restart: 'always' }, { replicas: 2 });
    it.pass(200);
    const all = await read(it);
    expect(all.length).toBeGreaterThan(50);
    await fc.assert(
      fc.asyncProperty(fc.nat(all.length - 1), fc.nat(all.length - 1), fc.nat(12), async (from, to, tail) => {
        const since = all[from]?.at ?? '';
        const until = all[to]?.at ?? '';
        const between = all.filter(({ at }) => (at ?? '') >= since && (at ?? '') < until);
        expect(await read(it, { since, until })).toEqual(between);
        const last = (name: string): LogLine[] => {
          const own = between.filter(({ container }) => container === name);
          return tail === 0 ? [] : own.slice(-tail);
        };
        const tailed = await read(it, { since, until, tail });
        for (const name of ['web-1', 'web-2']) {
          expect(tailed.filter(({ container }) => container === name)).toEqual(last(name));
        }
      }),
    );
  });

  it('refuse a time that is none', async () => {
    const it = lab();
    await expect(read(it, { since: 'yesterday' })).rejects.toMatchObject({ code: 'usage' });
    await expect(read(it, { until: '' })).rejects.toMatchObject({ code: 'usage' });
  });

  it('come near to the end of a long run without reading all of it', async () => {
    const it = lab();
    await it.up('web', { image: 'nginx' });
    it.pass(86_400 * 365);
    const lines = await read(it, { tail: 3 });
    expect(lines).toHaveLength(3);
    expect(Date.parse(lines[2]?.at ?? '')).toBeGreaterThan(it.clock.nowMs - 60_000);
  });
});

describe('following logs', () => {
  it('never loses or repeats a line, however often it looks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: 1, max: 20_000 }), { minLength: 1, maxLength: 30 }),
        async (steps) => {
          const it = lab({ BERTH_SANDBOX_FAULTS: 'web:crash,times=3,after=9s;worker:exit=0,after=12s' });
          await it.up('web', { image: 'nginx', restart: 'always' }, { replicas: 2 });
          await it.up('worker');
          const passing = steps.map((step, index) => async () => {
            it.clock.nowMs += step;
            if (index === 5) await it.up('web', { image: 'nginx' }, { replicas: 3, generation: 2 });
            if (index === 10) await it.down('worker');
          });
          const followed = await follow(it, passing);
          const all = await read(it, {}, { all: true });
          expect(followed.map(lineKey).sort()).toEqual(all.map(lineKey).sort());
        },
      ),
      { numRuns: 100 },
    );
  });

  it('never loses, repeats or moves a line while containers are paused, stopped, killed and started', async () => {
    const words = fc.constantFrom('stop', 'start', 'restart', 'pause', 'unpause', 'kill', 'replace');
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 20_000 }), words), { minLength: 1, maxLength: 20 }),
        async (steps) => {
          const it = lab();
          await it.up('web', { image: 'nginx', restart: 'always' });
          const passing = steps.map(([step, word]) => async () => {
            it.clock.nowMs += step;
            // It may be in no state for that.
            await it.act('web-1', word).catch((error: unknown) => expect(error).toMatchObject({ code: 'refused' }));
          });
          const followed = await follow(it, passing);
          const all = await read(it, {}, { all: true });
          const times = followed.map(({ at }) => at ?? '');
          expect(followed.map(lineKey).sort()).toEqual(all.map(lineKey).sort());
          expect(times).toEqual([...times].sort());
        },
      ),
      { numRuns: 100 },
    );
  });

  it('tells the end of a run that turns out to have ended before the last look', async () => {
    const it = lab({ BERTH_SANDBOX_NODES: '1' });
    await it.up('web', { image: 'nginx' });
    it.pass(60);
    const seen = await follow(it, [
      async () => {
        // A process whose clock is behind asks for the end.
        const behind = lab({}, { journal: it.journal, clock: { nowMs: it.clock.nowMs - 30_000 } });
        await behind.down('web');
        it.pass(5);
      },
    ]);
    const all = texts(seen);
    expect(all.slice(-2)).toEqual(texts(await read(it, {}, { all: true })).slice(-2));
    expect(all.at(-1)).toContain('bye');
    expect(new Set(seen.map(lineKey)).size).toBe(seen.length);
  });

  it('shows the tail at first, and then all that comes, of new containers too', async () => {
    const it = lab({ BERTH_SANDBOX_NODES: '1' });
    await it.up('web', { image: 'nginx' });
    it.pass(100);
    const seen = await follow(it, [() => it.up('api', { image: 'nginx' }), () => it.pass(2), () => it.pass(2)], {
      tail: 0,
    });
    expect(seen.some(({ container, text }) => container === 'api-1' && text.startsWith('[sandbox]'))).toBe(true);
    expect(seen.every(({ at }) => (at ?? '') >= iso(100))).toBe(true);
  });

  it('leaves alone what had ended before, and ends at until', async () => {
    const it = lab();
    await it.up('old', { image: 'nginx' });
    it.pass(30);
    await it.down('old');
    await it.up('web', { image: 'nginx' });
    it.pass(30);
    const steps = Array.from({ length: 100 }, () => () => it.pass(10));
    const seen = await follow(it, steps, { until: iso(120) });
    expect(seen.length).toBeGreaterThan(5);
    expect(seen.every(({ at, service }) => service === 'web' && (at ?? '') < iso(120))).toBe(true);
    expect(it.clock.nowMs).toBeLessThan(startMs + 150_000);
  });

  it('ends at once when the signal aborts, while it waits and between two lines', async () => {
    const it = lab();
    await it.up('web', { image: 'nginx' });
    it.pass(60);
    for (const abortAt of ['line', 'wait']) {
      const controller = new AbortController();
      let lines = 0;
      for await (const line of it.engine.logs(shop, { follow: true }, { signal: controller.signal })) {
        expect(line.container).toBe('web-1');
        lines++;
        if (abortAt === 'line') controller.abort();
        else setImmediate(() => controller.abort());
      }
      expect(lines).toBeGreaterThan(0);
      if (abortAt === 'line') expect(lines).toBe(1);
    }
    const aborted = { signal: AbortSignal.abort() };
    expect(await collect(it.engine.logs(shop, { follow: true }, aborted))).toEqual([]);
    expect(await collect(it.engine.events(null, { follow: true }, aborted))).toEqual([]);
  });
});
