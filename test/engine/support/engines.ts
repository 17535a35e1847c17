import { inject, type TestContext } from 'vitest';
import * as v from 'valibot';
import { type Daemon, dockerOn } from './daemon.js';
import { borrow } from './pool.js';

declare module 'vitest' {
  export interface ProvidedContext {
    readonly engines: {
      /** Null, or why tests are skipped. */
      readonly skip: string | null;
      /** Null, or why there is no Docker. */
      readonly failure: string | null;
      readonly pool: string;
    };
  }
}

/** A Docker that nobody else uses meanwhile: empty but for the images of `engineImages`. */
export type BorrowedEngine = Omit<Daemon, 'stop' | 'log'> & {
  /** Gives it back. What is on it then is removed. */
  readonly release: () => void;
};

const loan = v.object({ host: v.string(), address: v.string(), hostAddress: v.string() });

/** Null, or why there is no Docker to test on: for `skip`. Null also where there has to be one: then `borrowEngine` throws. */
export function engineReason(): string | null {
  return inject('engines').skip;
}

/** Waits for a Docker; who borrows it releases it. Throws where there is none: ask `engineReason` first. */
export async function borrowEngine(): Promise<BorrowedEngine> {
  const { failure, pool } = inject('engines');
  if (failure !== null) throw new Error(failure);
  const { item, release } = await borrow(pool);
  const { host, address, hostAddress } = v.parse(loan, item);
  return { host, address, hostAddress, docker: dockerOn(host), release };
}

/** A Docker for one test, which is skipped where there is none. */
export async function engineOf(context: TestContext): Promise<BorrowedEngine> {
  const reason = engineReason();
  if (reason !== null) context.skip(reason);
  const engine = await borrowEngine();
  context.onTestFinished(engine.release);
  return engine;
}
