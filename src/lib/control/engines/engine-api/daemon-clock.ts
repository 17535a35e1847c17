/**
 * The daemon's time, by the header `Date` of its answers. Each tells whole seconds, of some moment between the request and
 * the answer; together they tell within a few milliseconds how far the two clocks are apart.
 */
export class DaemonClock {
  readonly #ownMs: () => number;
  /** By how much the daemon's clock is ahead of ours, at least and at most. In milliseconds. */
  #ahead: { readonly least: number; readonly most: number } | undefined;

  /** @param ownMs milliseconds since 1970 by the clock of this host. */
  constructor(ownMs: () => number = Date.now) {
    this.#ownMs = ownMs;
  }

  /** What an answer tells that has come just now. @param sentMs when it was asked for, by our own clock. */
  note(date: string, sentMs: number): void {
    const toldMs = Date.parse(date);
    if (Number.isNaN(toldMs)) return;
    const told = { least: toldMs - this.#ownMs(), most: toldMs + 1_000 - sentMs };
    const { least, most } = this.#ahead ?? told;
    const both = { least: Math.max(least, told.least), most: Math.min(most, told.most) };
    // Where they contradict each other, somebody has set a clock in between.
    this.#ahead = both.least <= both.most ? both : told;
  }

  /** Milliseconds since 1970. Our own clock as long as nothing that the daemon said contradicts it. */
  nowMs(): number {
    const ownMs = this.#ownMs();
    if (this.#ahead === undefined) return ownMs;
    const { least, most } = this.#ahead;
    return least <= 0 && most >= 0 ? ownMs : ownMs + Math.round((least + most) / 2);
  }
}
