import type { View } from '../result.js';

/** What `compose config` found, and the text that was asked for. */
export interface ComposeConfig {
  readonly text: string;
  readonly warnings: readonly string[];
}

export const composeConfigView: View<ComposeConfig> = {
  async show(config, { flags, stdout }) {
    if (flags.quiet) return;
    await stdout.write(config.text);
  },
};
