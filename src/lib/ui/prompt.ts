import type { Readable } from 'node:stream';
import { InterruptedError } from '../port/errors.js';
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
export async function confirm(question: string, { stdin, sink, signal }: PromptOptions): Promise<boolean> {
  if (signal.aborted) throw new InterruptedError();
  await sink.write(`${question} [y/N] `);
  const { createInterface } = await import('node:readline');
  // Without `terminal` the line discipline of the TTY echoes and edits, and Ctrl-C stays a signal.
  const reader = createInterface({ input: stdin, terminal: false });
  let stop: (() => void) | undefined;
  // True where nobody pressed Enter, which ends the line on the screen.
  const line = { open: true };
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      stop = () => {
        reject(new InterruptedError());
      };
      if (signal.aborted) stop();
      signal.addEventListener('abort', stop);
      reader.once('line', (text) => {
        // Text before the end of the input is a line too, the last one.
        line.open = stdin.readableEnded;
        resolve(text);
      });
      reader.once('close', () => {
        resolve('');
      });
    });
    return /^\s*y(es)?\s*$/i.test(answer);
  } finally {
    if (stop !== undefined) signal.removeEventListener('abort', stop);
    reader.close();
    if (line.open) await sink.write('\n');
  }
}
