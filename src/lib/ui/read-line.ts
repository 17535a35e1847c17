import { createInterface } from 'node:readline';
import { InterruptedError } from '../port/errors.js';
import type { PromptOptions } from './prompt.js';

/**
 * Asks for a line of text: what was typed, without blanks around it; '' for the end of the input. The caller makes sure
 * that there is somebody to ask. The line of the question is ended in every case.
 *
 * @throws InterruptedError when the signal aborts.
 */
export async function readLine(question: string, { stdin, sink, signal }: PromptOptions): Promise<string> {
  if (signal.aborted) throw new InterruptedError();
  await sink.write(`${question} `);
  // Without `terminal` the line discipline of the TTY echoes and edits, and Ctrl-C stays a signal.
  const reader = createInterface({ input: stdin, terminal: false });
  const release = new AbortController();
  const answer = new Promise<string | undefined>((resolve, reject) => {
    const stop = (): void => {
      reject(new InterruptedError());
    };
    signal.addEventListener('abort', stop, { signal: release.signal });
    // It may have come while the question was written.
    if (signal.aborted) stop();
    reader.once('line', resolve);
    reader.once('close', () => {
      resolve(undefined);
    });
  });
  let entered = false;
  try {
    const typed = await answer;
    // Text before the end of the input is a line too, but nobody pressed Enter.
    entered = typed !== undefined && !stdin.readableEnded;
    return typed?.trim() ?? '';
  } finally {
    release.abort();
    reader.close();
    if (!entered) await sink.write('\n');
  }
}
