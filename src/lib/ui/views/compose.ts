import type { View } from '../result.js';
import { stripControlLines } from '../terminal.js';

/** What `compose config` found, and the text that was asked for. */
export interface ComposeConfig {
  readonly text: string;
  readonly warnings: readonly string[];
}

export const composeConfigView: View<ComposeConfig> = {
  // The command has a --format of its own, whose values the parser checks.
  check: () => undefined,
  async show(config, { flags, stdout, terminal }) {
    if (flags.quiet) return;
    // A file is not trusted with a terminal; a pipe gets what it says.
    await stdout.write(terminal.isTTY ? stripControlLines(config.text) : config.text);
  },
};
