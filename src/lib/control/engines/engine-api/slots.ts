import { onAbort } from './on-abort.js';

/**
 * So many may do something at once; the others wait in the order in which they came. (The queue of node's own agent asks
 * for a connection for what had been aborted or closed, over and over.)
 */
export class Slots {
  #free: number;
  readonly #waiting = new Set<() => void>();

  constructor(count: number) {
    this.#free = count;
  }

  /**
   * @param signals each of them ends the waiting.
   * @returns gives the slot back; calling it again does nothing.
   * @throws the reason of the signal that aborted.
   */
  async take(signals: readonly AbortSignal[]): Promise<() => void> {
    if (this.#free > 0) this.#free--;
    else await this.#turn(signals);
    let taken = true;
    return () => {
      if (taken) this.#give();
      taken = false;
    };
  }

  #turn(signals: readonly AbortSignal[]): Promise<void> {
    return new Promise((resolve, reject) => {
      const leave = (): void => {
        this.#waiting.delete(enter);
        for (const stop of stops) stop();
      };
      const enter = (): void => {
        leave();
        resolve();
      };
      const stops = signals.map((signal) =>
        onAbort(signal, (error) => {
          leave();
          reject(error);
        }),
      );
      this.#waiting.add(enter);
    });
  }

  #give(): void {
    const [next] = this.#waiting;
    if (next === undefined) this.#free++;
    else next();
  }
}
