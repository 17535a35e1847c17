import type { Writable } from 'node:stream';
import ora from 'ora';

export interface Spinner {
  /** Replaces the text; it may have several lines. */
  update(text: string): void;
  /** Takes the spinner off the screen and shows the cursor again. */
  stop(): void;
}

/** Starts a spinner on a terminal. Loaded by `import()`, as it brings ora with it. */
export function startSpinner(stream: Writable, text: string, colour: boolean): Spinner {
  const spinner = ora({
    stream,
    text,
    color: colour ? 'cyan' : false,
    isEnabled: true,
    // It would put stdin into raw mode, where Ctrl-C is no signal.
    discardStdin: false,
  }).start();
  return {
    update: (next) => {
      spinner.text = next;
    },
    stop: () => {
      spinner.stop();
    },
  };
}
