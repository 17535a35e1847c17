import { setTimeout } from 'node:timers/promises';
import type { StackScope } from '../../plan/resources.js';
import type { GateCondition } from '../../plan/steps.js';
import type { ServiceVerdict, Verdict } from '../../port/verdict.js';
import type { CallContext } from '../../port/verb.js';
import type { Engine, Fence, ObservedService, ObservedStack, Task } from '../engines/engine.js';
import { lastWords } from './last-words.js';
import { isHopeless, worstOf } from './outcomes.js';
import { rolloutError } from './rollout-error.js';
import { isSettled, type Judgement, type Wanted, Watch } from './verdict.js';

/** Thrown when the caller's time is up while a wait goes on. Caught by the executor, which lets the work go on. */
export class DeadlineReached extends Error {
  constructor(
    /** What is not there yet, in words. */
    readonly status: string,
    /** What is not there yet is `timed_out` in it. */
    readonly verdict: Verdict,
  ) {
    super(status);
    this.name = 'DeadlineReached';
  }
}

export interface WaiterOptions {
  readonly engine: Engine;
  readonly scope: StackScope;
  readonly fence: Fence;
  readonly context: CallContext;
  /** Milliseconds since 1970, by the clock of this host: for the deadline. Services are judged by the engine's clock. */
  readonly now: () => number;
  readonly pollMs: number;
  /** Milliseconds since 1970; null is no end. */
  readonly deadlineMs: number | null;
  /** Appends a line to the action's log. */
  readonly log: (text: string) => Promise<void>;
}

/** Looks at an engine again and again until something is as it should be, and tells what it sees on the way. */
export class Waiter {
  readonly #options: WaiterOptions;
  /** By the clock of this host. */
  readonly #startedMs: number;
  readonly #told = new Map<string, string>();
  #watch: Watch | undefined;

  constructor(options: WaiterOptions) {
    this.#options = options;
    this.#startedMs = options.now();
  }

  /**
   * Waits until every service is as wanted, and has been for `monitorMs`.
   *
   * @throws RolloutError when one never will be, with the verdict of all; DeadlineReached when the time is up; the reason
   *   of the context's signal when it aborts.
   */
  async converge(services: readonly Wanted[], monitorMs: number): Promise<Verdict> {
    return this.#until(() => this.#look(services, (watch, ...seen) => watch.judge(...seen, monitorMs)));
  }

  /** Waits until a dependency is as its dependents need it. Throws like `converge`. */
  async gate(wanted: Wanted, condition: GateCondition): Promise<void> {
    await this.#until(() => this.#look([wanted], (watch, ...seen) => watch.gate(condition, ...seen)));
  }

  /** Waits until no replica of the service is left. Throws DeadlineReached, or the reason of the signal. */
  async gone(service: string): Promise<void> {
    const { engine, scope, context } = this.#options;
    await this.#until(async () => {
      const tasks = await engine.tasks({ ...scope, service }, context);
      const left = tasks.filter((task) => task.state !== 'Terminated' && task.state !== 'Stopped').length;
      const none = { ready: 0, desired: 0, task: undefined };
      const judgement: Judgement =
        left === 0
          ? { ...none, outcome: 'stopped', status: 'gone' }
          : { ...none, outcome: 'waiting', status: `stopping (${left} left)` };
      return [{ name: service, judgement }];
    });
  }

  async #look(services: readonly Wanted[], judge: Judge): Promise<Judged[]> {
    const { engine, scope, fence, context } = this.#options;
    // Nothing goes on by itself on an engine that has this.
    const names = services.map(({ name }) => name);
    await engine.reconcile?.(scope, names, fence, context);
    const observed = await engine.observe(scope, context, 'services');
    const seen = await engine.tasks({ ...scope, all: true }, context);
    const judged = this.#judged(services, judge, observed, seen);
    if (!judged.every(({ judgement }) => isSettled(judgement.outcome))) return judged;
    // What was seen may be older than `observed.at`: a replica that has ended meanwhile must not count as one that stays up.
    const fresh = await engine.tasks({ ...scope, all: true, fresh: true }, context);
    return this.#judged(services, judge, observed, fresh);
  }

  #judged(services: readonly Wanted[], judge: Judge, observed: ObservedStack, tasks: readonly Task[]): Judged[] {
    const nowMs = Date.parse(observed.at);
    const watch = this.#watchAt(nowMs);
    watch.note(tasks, nowMs);
    return services.map((wanted) => {
      const service = observed.services.find(({ name }) => name === wanted.name);
      const own = tasks.filter((task) => task.service === wanted.name);
      return { name: wanted.name, judgement: judge(watch, wanted, service, own, nowMs) };
    });
  }

  /** The watch began with the waiter: what this host's clock says has passed since is taken off the engine's. */
  #watchAt(engineNowMs: number): Watch {
    this.#watch ??= new Watch(engineNowMs - (this.#options.now() - this.#startedMs));
    return this.#watch;
  }

  async #until(look: () => Promise<readonly Judged[]>): Promise<Verdict> {
    const { context, pollMs } = this.#options;
    try {
      for (;;) {
        context.signal.throwIfAborted();
        const verdict = await this.#settle(await look());
        if (verdict !== undefined) return verdict;
        await setTimeout(pollMs, undefined, { signal: context.signal });
      }
    } catch (error) {
      context.signal.throwIfAborted();
      throw error;
    }
  }

  /** The verdict when all is as wanted; undefined while there is something to wait for. */
  async #settle(judged: readonly Judged[]): Promise<Verdict | undefined> {
    const { now, deadlineMs } = this.#options;
    for (const one of judged) await this.#tell(one);
    if (judged.some(({ judgement }) => isHopeless(judgement.outcome))) throw rolloutError(await this.#verdict(judged));
    const waiting = judged.filter(({ judgement }) => !isSettled(judgement.outcome));
    if (waiting.length === 0) return this.#verdict(judged);
    if (deadlineMs === null || now() < deadlineMs) return undefined;
    const status = waiting.map(({ name, judgement }) => `${name}: ${judgement.status}`).join('; ');
    throw new DeadlineReached(status, await this.#verdict(judged, 'timed_out'));
  }

  async #tell({ name, judgement }: Judged): Promise<void> {
    const { context, log } = this.#options;
    const { outcome, status, ready, desired } = judgement;
    const known = [outcome, status, ready, desired].join(' ');
    if (this.#told.get(name) === known) return;
    this.#told.set(name, known);
    const done = isSettled(outcome);
    const phase = done ? 'done' : isHopeless(outcome) ? 'failed' : 'working';
    context.progress?.({ kind: 'service', name, phase, status, ready, desired });
    await log(done ? `${name} is ${status}` : `${name}: ${status}`);
  }

  async #verdict(judged: readonly Judged[], unsettled: 'waiting' | 'timed_out' = 'waiting'): Promise<Verdict> {
    const services = await Promise.all(judged.map((one) => this.#serviceVerdict(one, unsettled)));
    return {
      stack: this.#options.scope.stack,
      outcome: worstOf(services.map(({ outcome }) => outcome)),
      services: services.sort((one, other) => (one.service < other.service ? -1 : 1)),
    };
  }

  async #serviceVerdict(
    { name: service, judgement }: Judged,
    unsettled: 'waiting' | 'timed_out',
  ): Promise<ServiceVerdict> {
    const { engine, scope, context } = this.#options;
    const { outcome, status, ready, desired, task } = judgement;
    return {
      service,
      outcome: outcome === 'waiting' ? unsettled : outcome,
      status,
      ready,
      desired,
      task: task === undefined ? null : await lastWords(engine, scope, task, context),
    };
  }
}

type Judge = (
  watch: Watch,
  wanted: Wanted,
  observed: ObservedService | undefined,
  tasks: readonly Task[],
  nowMs: number,
) => Judgement;

interface Judged {
  readonly name: string;
  readonly judgement: Judgement;
}
