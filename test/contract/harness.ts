import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, type TestContext } from 'vitest';
import type { Backend, FacetName } from '../../src/lib/port/backend.js';
import { isBerthError } from '../../src/lib/port/errors.js';
import { gate, type VerbName, type VerbOf } from '../../src/lib/port/gate.js';
import type { CallContext } from '../../src/lib/port/verb.js';
import type { Subject, World } from './subject.js';

/** A world for one test. Tests run side by side, so that each is told by its context. */
export async function openWorld(context: TestContext, subject: Subject): Promise<World> {
  const world = await subject.open();
  context.onTestFinished(() => world.close());
  return world;
}

/** A backend in a world of its own, for one test. */
export async function openBackend(context: TestContext, subject: Subject): Promise<Backend> {
  return (await openWorld(context, subject)).backend();
}

/** A backend that the tests of a `describe` only read from, after `prepare` has put something there. */
export function sharedBackend(subject: Subject, prepare: (backend: Backend) => Promise<unknown>): () => Backend {
  let shared: { readonly world: World; readonly backend: Backend } | undefined;
  beforeAll(async () => {
    const world = await subject.open();
    shared = { world, backend: await world.backend() };
    await prepare(shared.backend);
  }, 60_000);
  afterAll(() => shared?.world.close());
  return () => {
    if (shared === undefined) throw new Error('the shared backend is there only while tests run');
    return shared.backend;
  };
}

/** The verb, by the gate that commands use; the test is skipped, with the gate's words, where the backend lacks it. */
export function need<F extends FacetName, V extends VerbName<F>>(
  context: TestContext,
  backend: Backend,
  facet: F,
  verb: V,
  options: object = {},
): VerbOf<F, V> {
  try {
    return gate(backend, facet, verb, options);
  } catch (error) {
    if (isBerthError(error) && error.code === 'unsupported') context.skip(error.message);
    throw error;
  }
}

/** A call that nobody stops or listens to. */
export function call(): CallContext {
  return { signal: new AbortController().signal };
}

export async function collect<T>(items: AsyncIterable<T>): Promise<T[]> {
  const collected: T[] = [];
  for await (const item of items) collected.push(item);
  return collected;
}

/**
 * Looks again and again until `look` gives something, for half a minute at most: less and less often, since a look may be
 * a run of the program.
 */
export async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const end = Date.now() + 30_000;
  for (let pauseMs = 50; ; pauseMs = Math.min(pauseMs * 1.5, 500)) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > end) throw new Error(`waited in vain: ${what}`);
    await setTimeout(pauseMs);
  }
}

/** Sorted copies, by what `key` gives. */
export function sortedBy<T>(items: readonly T[], key: (item: T) => string): T[] {
  return [...items].sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
