import { describe, expect, test } from 'vitest';
import type { Event } from '../../../src/lib/port/events.js';
import { call, collect, need, openBackend, sharedBackend } from '../harness.js';
import { noun, nouns } from '../nouns.js';
import { pair, single } from '../projects.js';
import type { Subject } from '../subject.js';

/** What happened. */
export function eventsContract(subject: Subject): void {
  describe('events', () => {
    readingContract(subject);
    followContract(subject);
  });
}

function readingContract(subject: Subject): void {
  describe('of some changes', () => {
    const shared = sharedBackend(subject, async ({ facets: { stacks, services } }) => {
      await stacks?.up?.({ project: await pair('duo', subject.images.steady) }, {}, call());
      await services?.scale?.({ replicas: [{ service: 'app', replicas: 2 }] }, {}, call());
      await services?.run?.({ name: 'cache', definition: { image: subject.images.steady } }, {}, call());
      await stacks?.up?.({ project: await single('bad', subject.images.crashing) }, {}, call()).catch(() => undefined);
    });

    test('list gives what happened to services, containers and actions, oldest first', async (context) => {
      const list = need(context, shared(), 'events', 'list');
      const events = await nouns('event', list({}, {}, call()));
      const times = events.map(({ at }) => Date.parse(at));
      expect(times).toEqual([...times].sort((a, b) => a - b));
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      const about = (name: string): Event[] => events.filter(({ object }) => object.name === name);
      expect(about('app-1.duo').map(({ verb }) => verb)).toEqual(expect.arrayContaining(['create', 'start']));
      expect(about('app-2.duo')[0]?.parents).toContainEqual(expect.objectContaining({ kind: 'stack', name: 'duo' }));
      expect(about('cache-1').map(({ verb }) => verb)).toContain('start');
      expect(about('cache-1')[0]?.parents.map(({ kind }) => kind)).not.toContain('stack');
      expect(about('app-1.bad').map(({ verb }) => verb)).toContain('die');
      expect(about('app.duo').map(({ object }) => object.kind)).toContain('service');
      expect(
        about('bad')
          .flatMap(({ state }) => (state === null ? [] : [state]))
          .at(-1),
      ).toBe('Failed');
    });

    test('list filters by kind, and by how bad it was', async (context) => {
      const list = need(context, shared(), 'events', 'list', { kind: 'container', severity: 'error' });
      const all = await collect(list({}, {}, call()));
      const ids = async (options: Parameters<typeof list>[1]): Promise<string[]> =>
        (await nouns('event', list({}, options, call()))).map(({ id }) => id);
      const containers = all.filter(({ object }) => object.kind === 'container').map(({ id }) => id);
      expect(containers).not.toEqual([]);
      expect(await ids({ kind: 'container' })).toEqual(containers);
      const actions = await nouns('event', list({}, { kind: 'action' }, call()));
      expect(actions.map(({ state }) => state)).toEqual(expect.arrayContaining(['Pending', 'Success', 'Failed']));
      const bad = all.filter(({ severity }) => severity === 'error' || severity === 'critical').map(({ id }) => id);
      expect(bad.length).toBeGreaterThanOrEqual(2);
      expect(await ids({ severity: 'error' })).toEqual(bad);
      expect(await ids({ severity: 'cleared' })).toEqual(all.map(({ id }) => id));
      expect(await ids({ kind: 'action', severity: 'critical' })).toEqual([]);
    });

    test('list takes those of a time, and the last N', async (context) => {
      const list = need(context, shared(), 'events', 'list', { since: '', until: '', tail: 1 });
      const all = await collect(list({}, {}, call()));
      const middle = all[Math.floor(all.length / 2)]?.at ?? '';
      const early = await collect(list({}, { until: middle }, call()));
      const late = await collect(list({}, { since: middle }, call()));
      expect([...early, ...late]).toEqual(all);
      expect(late[0]?.at).toBe(middle);
      expect(await collect(list({}, { tail: 3 }, call()))).toEqual(all.slice(-3));
      expect(await collect(list({}, { tail: 0 }, call()))).toEqual([]);
      await expect(collect(list({}, { tail: -1 }, call()))).rejects.toMatchObject({ code: 'usage' });
    });
  });
}

function followContract(subject: Subject): void {
  test('follow goes on with what happens until it is aborted, and loses and repeats nothing', async (context) => {
    const backend = await openBackend(context, subject);
    const list = need(context, backend, 'events', 'list', { follow: true });
    const up = need(context, backend, 'stacks', 'up');
    await up({ project: await single('first', subject.images.steady) }, {}, call());
    const stop = new AbortController();
    const seen: Event[] = [];
    let done: Promise<unknown> | undefined;
    for await (const event of list({}, { follow: true }, { signal: stop.signal })) {
      seen.push(noun('event', event));
      done ??= up({ project: await single('second', subject.images.steady) }, {}, call());
      if (event.object.name === 'second' && event.state === 'Success') stop.abort();
    }
    await done;
    expect(stop.signal.aborted).toBe(true);
    const all = await collect(list({}, {}, call()));
    const ids = seen.map(({ id }) => id);
    expect(new Set(ids).size).toBe(ids.length);
    // An engine keeps so many events, and may have dropped the oldest since.
    const first = all.find(({ id }) => ids.includes(id) && id.startsWith('engine-'))?.at ?? '';
    const last = seen.at(-1)?.at ?? '';
    // Whose a network or volume is, an engine may have to find out by its name, and may learn that late.
    const isTold = ({ object, at }: Event): boolean => object.kind !== 'other' && at >= first;
    const kept = seen.filter(isTold).map(({ id }) => id);
    const told = all.flatMap((event) =>
      isTold(event) && (event.at < last || ids.includes(event.id)) ? [event.id] : [],
    );
    expect(kept.length).toBeGreaterThan(5);
    expect(kept.sort()).toEqual(told.sort());
  });
}
