import type { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { InterruptedError, UsageError } from '../port/errors.js';
import type { PromptOptions } from '../ui/prompt.js';

interface Keyboard {
  readonly isRaw: boolean;
  setRawMode(mode: boolean): unknown;
}

/**
 * Asks for a line that nobody is to read along. The terminal shows nothing of it, and is given back as it was in every
 * case.
 *
 * @throws InterruptedError for Ctrl-C, Ctrl-D and the end of the input before Enter, and when the signal aborts;
 *   UsageError where what is typed cannot be kept from being shown.
 */
export async function readHidden(question: string, { stdin, sink, signal }: PromptOptions): Promise<string> {
  if (!isKeyboard(stdin)) {
    throw new UsageError('what is typed here could be read along', { hint: 'Use --password-stdin.' });
  }
  if (signal.aborted) throw new InterruptedError();
  await sink.write(`${question} `);
  const before = stdin.isRaw;
  stdin.setRawMode(true);
  try {
    return await typedLine(stdin, signal);
  } finally {
    stdin.setRawMode(before);
    stdin.pause();
    await sink.write('\n');
  }
}

const ctrlC = '\u0003';
const ctrlD = '\u0004';
const ctrlU = '\u0015';

/** In raw mode keys come as they are: the line is put together here. */
function typedLine(stdin: Readable, signal: AbortSignal): Promise<string> {
  const decoder = new StringDecoder('utf8');
  let typed: string[] = [];
  return new Promise((resolve, reject) => {
    const end = (finish: () => void): void => {
      stdin.off('data', onData);
      stdin.off('end', onEnd);
      stdin.off('error', onEnd);
      signal.removeEventListener('abort', onEnd);
      finish();
    };
    const onEnd = (): void => {
      end(() => {
        reject(new InterruptedError('nothing was changed: no password was given'));
      });
    };
    const onData = (data: Buffer | string): void => {
      for (const key of typeof data === 'string' ? data : decoder.write(data)) {
        if (key === '\r' || key === '\n') {
          end(() => {
            resolve(typed.join(''));
          });
          return;
        }
        if (key === ctrlC || key === ctrlD) {
          onEnd();
          return;
        }
        if (key === '\u007f' || key === '\b') typed.pop();
        else if (key === ctrlU) typed = [];
        else if (key >= ' ') typed.push(key);
      }
    };
    stdin.on('data', onData);
    stdin.on('end', onEnd);
    stdin.on('error', onEnd);
    signal.addEventListener('abort', onEnd);
    // Whoever read from it before may have paused it.
    stdin.resume();
    if (signal.aborted || stdin.readableEnded) onEnd();
  });
}

function isKeyboard(stream: Readable): stream is Readable & Keyboard {
  return 'setRawMode' in stream && typeof stream.setRawMode === 'function';
}
