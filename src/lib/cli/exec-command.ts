import { Flags } from '@oclif/core';
import { UsageError } from '../port/errors.js';
import type { ExecOptions, ExecSession } from '../port/containers.js';
import { declaredOptions, type VerbOf } from '../port/gate.js';
import { type Executed, executed, isExecuted } from '../ui/views/containers.js';
import { textArg } from './args.js';
import { argumentWords } from './argument-words.js';
import { BerthCommand } from './base-command.js';
import type { Environment } from './environment.js';
import { backendFlags, globalFlags } from './flags.js';

/** How a command in a container is run. */
export const execFlags = {
  interactive: Flags.boolean({
    char: 'i',
    allowNo: true,
    summary: 'Pass standard input on to the command. By default where it is a terminal.',
  }),
  tty: Flags.boolean({
    char: 't',
    allowNo: true,
    summary: 'Give the command a terminal. By default where standard input and output are terminals.',
  }),
  user: Flags.string({ char: 'u', summary: 'Run the command as this user.', helpValue: 'USER[:GROUP]' }),
  workdir: Flags.string({ char: 'w', summary: 'Run the command in this directory.', helpValue: 'DIR' }),
  env: Flags.string({
    char: 'e',
    multiple: true,
    multipleNonGreedy: true,
    summary: 'Set this variable; KEY alone takes the value it has here.',
    helpValue: 'KEY=VALUE',
  }),
};

/** Flags of `service run` that make no sense for one container that ends with the command. */
const lasting = [
  ...['target-num-containers', 'deployment-strategy', 'autorestart', 'autodestroy', 'autoredeploy', 'sequential'],
  ...['tag', 'role', 'strict', 'dry-run', 'wait', 'sync', 'timeout', 'lock-timeout', 'format', 'quiet', 'progress'],
];

/** For a service that is run like a command. */
export const attachFlags = {
  attach: Flags.boolean({
    summary: 'Stay with its one container until it ends, exit with its exit code, and leave nothing of it.',
    helpGroup: 'ATTACHING',
    exclusive: lasting,
  }),
  interactive: Flags.boolean({
    char: 'i',
    allowNo: true,
    summary: 'Pass standard input on to it. By default where it is a terminal.',
    helpGroup: 'ATTACHING',
    dependsOn: ['attach'],
  }),
  tty: Flags.boolean({
    allowNo: true,
    summary: 'Give the command a terminal. By default where standard input and output are terminals.',
    helpGroup: 'ATTACHING',
    dependsOn: ['attach'],
  }),
};

interface AttachFlags {
  readonly json?: boolean | undefined;
  readonly interactive?: boolean | undefined;
  readonly tty?: boolean | undefined;
  readonly user?: string | undefined;
  readonly workdir?: string | undefined;
  readonly env?: readonly string[] | undefined;
}

/** What runs a command in a container and may stay with it: its exit code becomes ours. */
export abstract class AttachingCommand<Result> extends BerthCommand<Result> {
  // oclif looks for them no further up than this.
  static override baseFlags = globalFlags;

  protected override exitStatus(result: Result): number {
    if (!isExecuted(result) || result.exitCode === null) return 0;
    const { exitCode } = result;
    // What does not fit would come out as something else, and perhaps as 0.
    return exitCode >= 0 && exitCode <= 255 ? exitCode : 255;
  }

  /**
   * Opens a session by a verb of the facet `containers` and connects it to our streams until the command ends.
   *
   * @param open calls the verb with the options that it takes.
   * @throws UsageError for a variable that cannot be read; UnsupportedError for an option that the backend has not.
   */
  protected async attached<V extends 'exec' | 'run'>(
    verb: V,
    flags: AttachFlags,
    open: (verb: VerbOf<'containers', V>, options: ExecOptions) => Promise<ExecSession>,
  ): Promise<Executed> {
    const asked = askedOptions(flags, this.runtime.env);
    const found = await this.verb('containers', verb, asked);
    const declared = declaredOptions(found);
    const json = flags.json === true;
    // What nobody asked for is left out where the platform has it not.
    const options: ExecOptions = {
      ...(declared.includes('interactive') && { interactive: this.runtime.host.stdin.isTTY === true }),
      ...(declared.includes('tty') && { tty: this.#onTerminal && !json }),
      ...asked,
    };
    const session = await open(found, options);
    await this.endProgress();
    const { attach } = await import('../ui/exec-session.js');
    const exitCode = await attach(session, {
      stdin: this.runtime.host.stdin,
      stdout: this.runtime.stdout,
      stderr: this.runtime.stderr,
      interactive: options.interactive === true,
      tty: options.tty === true,
      json,
      signal: this.runtime.signal,
    });
    if (exitCode === null) await this.warning('the platform does not tell what the command exited with');
    return { exitCode };
  }

  get #onTerminal(): boolean {
    const { stdin, stdout } = this.runtime.host;
    return stdin.isTTY === true && stdout.isTTY === true;
  }
}

/** What always stays with it. */
export abstract class AttachedCommand extends AttachingCommand<Executed> {
  static override strict = false;

  protected readonly view = executed;
}

/** `container exec` and its shortcut `exec`. */
export abstract class ExecCommand extends AttachedCommand {
  // oclif's parser reads what a class has itself.
  static override strict = false;
  static override args = {
    container: textArg({ required: true, description: 'name, name.stack or id.' }),
    command: textArg({ description: 'The command with its arguments; sh by default. All that follows is its own.' }),
  };
  static override flags = { ...execFlags, ...backendFlags };

  async run(): Promise<Executed> {
    const { args, flags, raw } = await this.parse(ExecCommand);
    const words = argumentWords(raw).slice(1);
    const command = words.length === 0 ? ['sh'] : words;
    return this.attached('exec', flags, (exec, options) =>
      exec({ container: args.container, command }, options, this.call),
    );
  }
}

function askedOptions(flags: AttachFlags, env: Environment): ExecOptions {
  return {
    ...(flags.interactive !== undefined && { interactive: flags.interactive }),
    ...(flags.tty !== undefined && { tty: flags.tty }),
    ...(flags.user !== undefined && { user: flags.user }),
    ...(flags.workdir !== undefined && { workingDir: flags.workdir }),
    ...(flags.env !== undefined && { env: Object.fromEntries(flags.env.map((text) => assignment(text, env))) }),
  };
}

function assignment(text: string, env: Environment): readonly [key: string, value: string] {
  const end = text.indexOf('=');
  const key = end < 0 ? text : text.slice(0, end);
  // A value may be a secret: only what stands before it is told.
  if (key === '') throw new UsageError('--env takes KEY=VALUE, or KEY', { hint: 'Write it as -e DEBUG=1.' });
  if (end >= 0) return [key, text.slice(end + 1)];
  const value = env[key];
  if (value === undefined) {
    throw new UsageError(`--env ${key}: there is no such variable here`, { hint: `Write it as -e ${key}=VALUE.` });
  }
  return [key, value];
}
