import type {
  Engine,
  EngineEvent,
  Fence,
  ObservedService,
  Task,
  TaskFilter,
  TaskRef,
  Unheeded,
} from '../../../src/lib/control/engines/engine.js';
import type {
  ContainerCommand,
  EngineResource,
  ResourceRef,
  ServiceResource,
} from '../../../src/lib/plan/resources.js';
import type { LogLine, LogOptions } from '../../../src/lib/port/logs.js';
import type { CallContext } from '../../../src/lib/port/verb.js';

/** How a replica looks; `look` counts from 1 the looks at its service since it was last applied. */
export type Behaviour = (look: number, slot: number) => Partial<Task>;

const runs: Behaviour = (look) => (look < 2 ? { state: 'Starting' } : running);
export const hangs: Behaviour = () => ({ state: 'Starting', startedAt: null });
export const completes: Behaviour = (look) =>
  look < 3 ? running : { state: 'Stopped', exitCode: 0, stoppedAt: '2026-01-01T00:00:09.000Z' };
export const crashes: Behaviour = (look) => ({ state: 'Starting', exitCode: 7, restarts: look });
export const unplaceable: Behaviour = () => ({
  state: 'Init',
  unplaceable: true,
  startedAt: null,
  message: 'no suitable node',
});

const stops: Behaviour = () => ({ state: 'Stopped', exitCode: 0, stoppedAt: '2026-01-01T00:00:09.000Z' });
const running: Partial<Task> = { state: 'Running', startedAt: '2026-01-01T00:00:01.000Z' };

/** An engine in memory whose replicas do what the test says. */
export class FakeEngine implements Engine {
  readonly kind = 'sandbox';
  readonly identity = 'fake';
  /** Every change asked for: `apply service web`, `remove network default`. */
  readonly calls: string[] = [];
  readonly behaviour = new Map<string, Behaviour>();
  readonly logLines: LogLine[] = [];
  readonly happened: EngineEvent[] = [];
  /** What `check` finds. */
  readonly unheeded: Unheeded[] = [];
  /** Epochs of all changes, in order. */
  readonly epochs: number[] = [];
  /** Its clock, in milliseconds since 1970. */
  now: () => number = Date.now;
  /** Called before every change. */
  onChange: (call: string) => void = () => undefined;
  readonly #resources = new Map<string, EngineResource>();
  readonly #looks = new Map<string, number>();

  async check(): Promise<readonly Unheeded[]> {
    return this.unheeded;
  }

  async close(): Promise<void> {
    // Nothing is open.
  }

  async command({ id }: TaskRef, command: ContainerCommand, { epoch }: Fence): Promise<void> {
    const call = `${command.do} ${id}`;
    this.onChange(call);
    this.epochs.push(epoch);
    this.calls.push(call);
  }

  async apply(resource: EngineResource, { epoch }: Fence): Promise<void> {
    const stopped = resource.kind === 'service' && resource.stopped === true ? ' (stopped)' : '';
    const call = `apply ${resource.kind} ${resource.name}${stopped}`;
    this.onChange(call);
    this.epochs.push(epoch);
    this.calls.push(call);
    this.#resources.set(keyOf(resource), resource);
    this.#looks.delete(keyOf(resource));
  }

  async remove(ref: ResourceRef, { epoch }: Fence): Promise<void> {
    const call = `remove ${ref.kind} ${ref.name}`;
    this.onChange(call);
    this.epochs.push(epoch);
    this.calls.push(call);
    this.#resources.delete(keyOf(ref));
  }

  async observe({ namespace, stack }: { namespace: string; stack: string }) {
    const own = [...this.#resources.values()].filter((item) => item.namespace === namespace && item.stack === stack);
    const services = own.filter((item): item is ServiceResource => item.kind === 'service');
    return {
      at: new Date(this.now()).toISOString(),
      services: services.map((service): ObservedService => ({ ...service, updating: false })),
      resources: own.map(({ kind, name }) => ({ namespace, stack, kind, name })),
    };
  }

  async tasks(filter: TaskFilter, { signal }: CallContext): Promise<readonly Task[]> {
    signal.throwIfAborted();
    const services = [...this.#resources.values()].filter(
      (item): item is ServiceResource =>
        item.kind === 'service' &&
        item.namespace === filter.namespace &&
        (filter.stack === undefined || item.stack === filter.stack) &&
        (filter.service === undefined || item.name === filter.service),
    );
    return services.flatMap((service) => this.#tasksOf(service)).sort((one, other) => (one.id < other.id ? -1 : 1));
  }

  async *logs(filter: TaskFilter & { readonly container?: string }, _options: LogOptions): AsyncIterable<LogLine> {
    for (const line of this.logLines) {
      if (filter.service === undefined || filter.service === line.service) yield line;
    }
  }

  async *events(after: string | null, _options: { readonly follow: boolean }): AsyncIterable<EngineEvent> {
    yield* this.happened.slice(1 + this.happened.findIndex(({ cursor }) => cursor === after));
  }

  async nodes() {
    return [];
  }

  #tasksOf(service: ServiceResource): Task[] {
    const look = (this.#looks.get(keyOf(service)) ?? 0) + 1;
    this.#looks.set(keyOf(service), look);
    const behaviour = service.stopped === true ? stops : (this.behaviour.get(service.name) ?? runs);
    return Array.from({ length: service.replicas }, (_, index) => ({
      ...task({ service: service.name, stack: service.stack, namespace: service.namespace, slot: index + 1 }),
      ...behaviour(look, index + 1),
      hash: service.hash,
      generation: service.generation,
    }));
  }
}

/** A replica that runs, but for what is given. */
export function task(given: Partial<Task> = {}): Task {
  const { service = 'web', stack = 'shop', slot = 1 } = given;
  return {
    id: `${stack ?? ''}-${service}-${slot}-id`,
    name: `${service}-${slot}`,
    service,
    stack,
    namespace: 'ann',
    state: 'Running',
    health: null,
    image: 'web:1',
    command: null,
    exitCode: null,
    message: null,
    restarts: 0,
    node: 'node-1',
    ports: [],
    createdAt: '2026-01-01T00:00:00.000Z',
    startedAt: '2026-01-01T00:00:01.000Z',
    stoppedAt: null,
    slot,
    hash: 'hash',
    generation: 1,
    desired: true,
    held: false,
    unplaceable: false,
    ...given,
  };
}

function keyOf({ namespace, stack, kind, name }: ResourceRef): string {
  return [namespace, stack, kind, name].join(' ');
}
