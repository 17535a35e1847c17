import type { StackScope } from '../../../plan/resources.js';
import { isDaemonError } from '../engine-api/daemon-error.js';
import type { EngineApi } from '../engine-api/api.js';
import { berthLabels, composeLabels, projectOf } from './labels.js';
import { Informer } from './snapshot-informer.js';
import { type ContainerFacts, type ListedContainer, readContainer, readList } from './snapshot-wire.js';
import { foreignOf, type Snapshot } from './view.js';

export interface SnapshotScope {
  readonly namespace: string;
  /** All stacks of the namespace where it is absent. */
  readonly stack?: string;
}

/** Requests under way at once: each needs a connection, which costs more than the wait for one that is there. */
const parallel = 6;

/**
 * Looks at the containers of a daemon. Every look asks about every container, but for stacks that are being informed of:
 * there only what has changed is asked about again.
 */
export class Snapshots {
  readonly #api: EngineApi;
  readonly #informers = new Map<string, Informer>();

  constructor(api: EngineApi) {
    this.#api = api;
  }

  /**
   * What there is now.
   *
   * @param adopted ids of containers that were taken over: nothing on them tells.
   * @param brief what the list tells is enough of those that simply run.
   * @throws DaemonError, UnreachableError and the signal's reason, as all calls of the API.
   */
  async take(scope: SnapshotScope, adopted: readonly string[], signal: AbortSignal, brief = false): Promise<Snapshot> {
    const known = new Set(adopted);
    const informer = scope.stack === undefined ? undefined : this.#informers.get(keyOf(scope.namespace, scope.stack));
    const isOurs = (one: ListedContainer): boolean => isOf(one, scope) || known.has(one.id);
    if (informer !== undefined) return informer.take(isOurs, signal);
    const listed = await listContainers(this.#api, scope, signal);
    const own = listed.filter(isOurs);
    const asked = own.filter(({ running }) => !brief || running === null).map(({ id }) => id);
    const inspected = new Map((await inspectAll(this.#api, asked, signal)).map((facts) => [facts.id, facts]));
    const containers = own.flatMap(({ id, running }) => inspected.get(id) ?? (brief ? (running ?? []) : []));
    return { containers, foreign: foreignOf(listed, isOurs) };
  }

  /** One container, asked about now; null when it is gone. */
  find(id: string, signal: AbortSignal): Promise<ContainerFacts | null> {
    return inspect(this.#api, id, signal);
  }

  /**
   * From now on the daemon's events tell what of the stack is to be looked at again: for whoever looks again and again.
   * Costs a connection, until `close`. Does nothing where that is so already.
   */
  inform(scope: StackScope): void {
    const key = keyOf(scope.namespace, scope.stack);
    if (this.#informers.has(key)) return;
    this.#informers.set(
      key,
      new Informer(this.#api, {
        project: projectOf(scope),
        list: (signal) => listContainers(this.#api, scope, signal),
        inspect: (ids, signal) => inspectAll(this.#api, ids, signal),
      }),
    );
  }

  /** The next look asks about this container again: something was done to it, and the event may come later. */
  touch(id: string): void {
    for (const informer of this.#informers.values()) informer.touch(id);
  }

  /** The next look lists again, and asks about every container (of the stack). */
  touchAll(scope?: StackScope): void {
    const only = scope === undefined ? undefined : this.#informers.get(keyOf(scope.namespace, scope.stack));
    for (const informer of scope === undefined ? this.#informers.values() : [only]) informer?.touchAll();
  }

  /** Ends all streams. Idempotent. */
  async close(): Promise<void> {
    const informers = [...this.#informers.values()];
    this.#informers.clear();
    await Promise.all(informers.map((informer) => informer.close()));
  }
}

/** Every container of berth has docker compose's label for its project, and so have those of docker compose itself. */
async function listContainers(
  api: EngineApi,
  { namespace, stack }: SnapshotScope,
  signal: AbortSignal,
): Promise<ListedContainer[]> {
  const label =
    stack === undefined ? composeLabels.project : `${composeLabels.project}=${projectOf({ namespace, stack })}`;
  const query = { all: true, filters: { label: [label] } };
  const { body } = await api.call({ method: 'GET', path: '/containers/json', query }, signal);
  return readList(body);
}

function isOf({ labels }: ListedContainer, { namespace, stack }: SnapshotScope): boolean {
  if (labels[berthLabels.namespace] !== namespace) return false;
  return stack === undefined || labels[berthLabels.stack] === stack;
}

/** Those that are still there, in the order of the ids. */
async function inspectAll(api: EngineApi, ids: readonly string[], signal: AbortSignal): Promise<ContainerFacts[]> {
  const found = new Map<string, ContainerFacts>();
  const rest = ids[Symbol.iterator]();
  const worker = async (): Promise<void> => {
    for (const id of rest) {
      const facts = await inspect(api, id, signal);
      if (facts !== null) found.set(id, facts);
    }
  };
  await Promise.all(Array.from({ length: Math.min(parallel, ids.length) }, worker));
  return ids.flatMap((id) => found.get(id) ?? []);
}

async function inspect(api: EngineApi, id: string, signal: AbortSignal): Promise<ContainerFacts | null> {
  try {
    const { body } = await api.call({ method: 'GET', path: `/containers/${encodeURIComponent(id)}/json` }, signal);
    return readContainer(body);
  } catch (error) {
    if (isDaemonError(error, 404)) return null;
    throw error;
  }
}

function keyOf(namespace: string, stack: string): string {
  return `${namespace}/${stack}`;
}
