import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { UnreachableError } from '../../../src/lib/port/errors.js';
import type { LogLine, LogOptions } from '../../../src/lib/port/logs.js';
import type { EngineEvent, TaskFilter } from '../../../src/lib/control/engines/engine.js';
import { FakeEngine } from './fake-engine.js';
import { openBench } from './open-backend.js';

const project = { name: 'shop', services: { web: { image: 'web:1' } } };

function line(second: number, text: string): LogLine {
  const at = `2026-01-01T00:00:0${second}.000Z`;
  return { at, stack: 'shop', service: 'web', container: 'web-1', stream: 'stdout', text };
}

function event(cursor: string, verb: string, stack = 'shop', namespace = 'ann'): EngineEvent {
  const at = `2026-01-01T00:00:0${cursor}.000Z`;
  return { cursor, at, namespace, stack, kind: 'service', name: 'web', verb, message: null };
}

/** An engine whose connection is lost after so many items, once. */
class LossyEngine extends FakeEngine {
  readonly asked: (string | undefined | null)[] = [];
  lossAfter = 2;

  override async *logs(_filter: TaskFilter, { since, tail }: LogOptions): AsyncIterable<LogLine> {
    this.asked.push(since);
    const all = this.logLines.filter(({ at }) => since === undefined || (at ?? '') >= since);
    yield* this.#lossy(tail === undefined ? all : all.slice(-tail));
  }

  override async *events(after: string | null, options: { readonly follow: boolean }): AsyncIterable<EngineEvent> {
    if (!options.follow) return;
    this.asked.push(after);
    yield* this.#lossy(this.happened.filter(({ cursor }) => after === null || cursor > after));
    await setTimeout(60_000, undefined, { ref: false });
  }

  async *#lossy<T>(items: readonly T[]): AsyncGenerator<T> {
    for (const [index, item] of items.entries()) {
      if (this.asked.length === 1 && index === this.lossAfter) throw new UnreachableError('the engine hung up');
      yield item;
    }
  }
}

async function take<T>(items: AsyncIterable<T>, count: number, stop: AbortController): Promise<T[]> {
  const taken: T[] = [];
  for await (const item of items) {
    taken.push(item);
    if (taken.length === count) stop.abort();
  }
  return taken;
}

test('a log that is followed over a lost connection has every line once', async () => {
  const engine = new LossyEngine();
  const bench = await openBench({ engine });
  await bench.verb('stacks', 'up')({ project }, {}, bench.context);
  engine.logLines.push(
    line(1, 'gone'),
    line(2, 'one'),
    line(3, 'same'),
    line(3, 'same'),
    line(3, 'two'),
    line(4, 'end'),
  );
  const stop = new AbortController();
  const read = bench.verb('logs', 'read');
  const lines = read({ service: 'web' }, { follow: true, tail: 5 }, { ...bench.context, signal: stop.signal });
  expect((await take(lines, 5, stop)).map(({ text }) => text)).toEqual(['one', 'same', 'same', 'two', 'end']);
  expect(engine.asked).toEqual([undefined, '2026-01-01T00:00:03.000Z']);
  expect(bench.progress.at(-1)).toMatchObject({
    phase: 'note',
    status: expect.stringMatching(/hung up; trying again/),
  });
});

test('events that are followed over a lost connection come once, those of others not at all', async () => {
  const engine = new LossyEngine();
  const bench = await openBench({ engine });
  engine.happened.push(
    event('1', 'create'),
    event('2', 'hidden', 'x', 'bob'),
    event('3', 'update'),
    event('4', 'remove'),
  );
  const stop = new AbortController();
  const list = bench.verb('events', 'list');
  const events = list({}, { follow: true, tail: 0 }, { ...bench.context, signal: stop.signal });
  expect((await take(events, 3, stop)).map(({ verb }) => verb)).toEqual(['create', 'update', 'remove']);
  expect(engine.asked).toEqual([null, '2']);
});

test('events tell of actions and of what the engine did, by time; filters leave others out', async () => {
  const bench = await openBench();
  bench.engine.happened.push(event('1', 'create'), { ...event('2', 'die'), kind: 'container', message: 'exit code 1' });
  await bench.verb('stacks', 'up')({ project }, {}, bench.context);
  const list = bench.verb('events', 'list');
  const told = async (options: object): Promise<string[]> => {
    const found: string[] = [];
    for await (const { verb, object, state } of list({}, options, bench.context)) {
      found.push(`${verb} ${object.kind} ${object.name}${state === null ? '' : `: ${state}`}`);
    }
    return found;
  };
  const actions = ['create stack shop: Pending', 'update stack shop: In progress', 'update stack shop: Success'];
  expect(await told({})).toEqual(['create service web.shop', 'die container web.shop', ...actions]);
  expect(await told({ kind: 'action' })).toEqual(actions);
  expect(await told({ severity: 'error' })).toEqual(['die container web.shop']);
  expect(await told({ tail: 1 })).toEqual(actions.slice(-1));
  expect(await told({ until: '2026-01-01T00:00:02.000Z' })).toEqual(['create service web.shop']);
  await expect(told({ tail: -1 })).rejects.toMatchObject({ code: 'usage' });
});
