import { Flags } from '@oclif/core';
import type { StackDetail } from '../port/stacks.js';
import { findApp } from './app-name.js';
import { BerthCommand } from './base-command.js';
import { globalFlags } from './flags.js';

/** Which app. */
export const appFlags = {
  app: Flags.string({
    char: 'a',
    summary: 'Name or id of the app; by default the one that is named like the current directory.',
    helpValue: 'APP',
  }),
};

/** A verb of an app: a stack, as those who think in apps see it. */
export abstract class AppCommand<Result> extends BerthCommand<Result> {
  // oclif's manifest takes statics over from parents up to the first that has none of its own.
  static override baseFlags = globalFlags;

  /** The app that `--app` names, or the directory. @throws NotFoundError or AmbiguousError. */
  protected async app(flags: { readonly app?: string | undefined }): Promise<StackDetail> {
    return findApp(flags.app, await this.verb('stacks', 'get'), this.runtime, this.call);
  }

  /** The same for what is left of an app: one that is named need not be there any more. */
  protected async history(flags: { readonly app?: string | undefined }): Promise<string> {
    return flags.app ?? (await this.app(flags)).id;
  }
}
