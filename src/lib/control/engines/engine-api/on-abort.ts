import { setMaxListeners } from 'node:events';
import type { Duplex } from 'node:stream';

/**
 * Calls `listener` when the signal aborts, with an error: its reason, or one around it.
 *
 * @returns stops listening.
 */
export function onAbort(signal: AbortSignal, listener: (error: Error) => void): () => void {
  const call = (): void => {
    const reason: unknown = signal.reason;
    listener(reason instanceof Error ? reason : new Error('aborted', { cause: reason }));
  };
  // One signal stops every call of a verb, which are often more than the ten that node takes for a leak.
  setMaxListeners(0, signal);
  signal.addEventListener('abort', call, { once: true });
  return () => signal.removeEventListener('abort', call);
}

/**
 * Destroys a stream when the signal aborts. Errors of the stream are taken: whoever reads it is told by the reading.
 *
 * @returns stops listening.
 */
export function destroyOnAbort(stream: Duplex, signal: AbortSignal): () => void {
  const stop = onAbort(signal, (error) => stream.destroy(error));
  stream.on('error', () => undefined);
  stream.once('close', stop);
  return stop;
}
