import type { Readable } from 'node:stream';
import type { Sink } from './sink.js';

export interface PromptOptions {
  readonly stdin: Readable;
  /** Where the question goes: stderr. */
  readonly sink: Sink;
  readonly signal: AbortSignal;
}

/**
 * Asks a question and waits for a line: true for `y` and `yes` in any case, false for anything else and for the end of
 * the input. The caller makes sure that there is somebody to ask. The line of the question is ended in every case.
 *
 * @throws InterruptedError when the signal aborts.
 */
export async function confirm(question: string, options: PromptOptions): Promise<boolean> {
  const { readLine } = await import('./read-line.js');
  return /^y(es)?$/i.test(await readLine(`${question} [y/N]`, options));
}
