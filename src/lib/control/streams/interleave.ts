/** What opens a stream; its signal aborts as soon as nobody reads any more. */
export type Opener<T> = (signal: AbortSignal) => AsyncIterable<T>;

/**
 * Gives what several streams give, as it comes. One item of each is read ahead, and no more until it has been given on.
 * Ends when all have ended, or the signal aborts.
 *
 * @throws what a stream throws.
 */
export async function* interleave<T>(openers: readonly Opener<T>[], signal: AbortSignal): AsyncGenerator<T> {
  const ended = new AbortController();
  const both = AbortSignal.any([signal, ended.signal]);
  const streams = openers.map((open) => open(both)[Symbol.asyncIterator]());
  const state: State<T> = { ready: [], open: streams.length, failure: undefined, wake: () => undefined };
  const stop = (): void => {
    state.wake();
  };
  signal.addEventListener('abort', stop);
  try {
    for (const stream of streams) read(stream, state);
    for (;;) {
      if (signal.aborted) return;
      const next = state.ready.shift();
      if (next !== undefined) {
        yield next.value;
        read(next.stream, state);
      } else if (state.failure !== undefined) {
        throw state.failure.error;
      } else if (state.open === 0) {
        return;
      } else {
        await new Promise<void>((resolve) => {
          state.wake = resolve;
        });
      }
    }
  } finally {
    signal.removeEventListener('abort', stop);
    ended.abort();
    // Not awaited: one that waits for something answers only when it wakes up.
    for (const stream of streams) stream.return?.().catch(() => undefined);
  }
}

interface State<T> {
  readonly ready: { readonly stream: AsyncIterator<T>; readonly value: T }[];
  /** Streams that have not ended. */
  open: number;
  failure: { readonly error: unknown } | undefined;
  wake: () => void;
}

function read<T>(stream: AsyncIterator<T>, state: State<T>): void {
  stream.next().then(
    (result) => {
      if (result.done === true) state.open -= 1;
      else state.ready.push({ stream, value: result.value });
      state.wake();
    },
    (error: unknown) => {
      state.failure ??= { error };
      state.wake();
    },
  );
}
