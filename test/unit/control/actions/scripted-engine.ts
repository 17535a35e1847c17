import type {
  Engine,
  ObservedService,
  ObservedStack,
  Task,
  TaskFilter,
} from '../../../../src/lib/control/engines/engine.js';
import type { LogLine } from '../../../../src/lib/port/logs.js';

/** What there is to see at one look. */
export interface Scene {
  readonly tasks: readonly Task[];
  /** What differs from services that are as applied, by name. */
  readonly observed?: Readonly<Record<string, Partial<ObservedService>>>;
  /** What is there meanwhile, for who asks for nothing older; the same where it is absent. */
  readonly fresh?: readonly Task[];
}

/**
 * An engine that only shows: one scene after the other, the last one for ever, with a clock that goes on by so much from
 * look to look.
 */
export class ScriptedEngine implements Engine {
  readonly kind = 'sandbox';
  readonly identity = 'scripted';
  /** What was asked of the logs. */
  readonly asked: string[] = [];
  logLines: readonly string[] = [];
  failLogs = false;
  looks = 0;
  readonly #scenes: readonly Scene[];
  readonly #clock: { readonly startMs: number; readonly stepMs: number };

  constructor(scenes: readonly Scene[], clock: { readonly startMs: number; readonly stepMs: number }) {
    this.#scenes = scenes;
    this.#clock = clock;
  }

  get #scene(): Scene {
    return this.#scenes[Math.min(this.looks, this.#scenes.length) - 1] ?? { tasks: [] };
  }

  async observe({ namespace, stack }: { namespace: string; stack: string }): Promise<ObservedStack> {
    this.looks += 1;
    const { tasks, observed = {} } = this.#scene;
    const names = new Set([...tasks.map(({ service }) => service), ...Object.keys(observed)]);
    return {
      at: new Date(this.#clock.startMs + (this.looks - 1) * this.#clock.stepMs).toISOString(),
      services: [...names].map((name) => ({
        ...({ kind: 'service', namespace, stack, name, definition: { image: 'web:1' }, replicas: 1 } as const),
        ...{ hash: 'hash', generation: 1, updating: false },
        ...observed[name],
      })),
      resources: [],
    };
  }

  async tasks({ service, fresh = false }: TaskFilter): Promise<readonly Task[]> {
    // Nobody looks at the services before `gone`.
    if (service !== undefined) this.looks += 1;
    const { tasks, fresh: asked = tasks } = this.#scene;
    return (fresh ? asked : tasks).filter((task) => service === undefined || task.service === service);
  }

  async *logs({ container }: TaskFilter & { readonly container?: string }): AsyncIterable<LogLine> {
    this.asked.push(container ?? '');
    if (this.failLogs) throw new Error('no logs today');
    for (const text of this.logLines) {
      const where = { container: 'web-1', service: 'web', stack: 'shop', at: null };
      yield { ...where, stream: 'stdout', text };
    }
  }

  async check() {
    return [];
  }
  async apply(): Promise<void> {
    throw new Error('nothing can be changed here');
  }
  async remove(): Promise<void> {
    throw new Error('nothing can be changed here');
  }
  async *events(): AsyncIterable<never> {
    yield* [];
  }
  async nodes() {
    return [];
  }
  async close(): Promise<void> {
    // Nothing is open.
  }
}
