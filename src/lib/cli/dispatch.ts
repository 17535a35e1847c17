import type { Config } from '@oclif/core';
import type { BerthCommand } from './base-command.js';
import { commandHelp, nounHelp, rootHelp, visibleIds } from './help.js';
import { resolveRequest } from './resolve.js';
import type { Runtime } from './runtime.js';

/** Runs what the argv asks for. Gives the exit status of what went well. */
export async function dispatch(argv: readonly string[], config: Config, runtime: Runtime): Promise<number> {
  const ids = new Set(config.commandIDs);
  const request = resolveRequest(argv, ids, (noun, flag) => takesValue(config, noun, flag), visibleIds(config));
  const terminal = runtime.outputTerminal();
  switch (request.kind) {
    case 'root help':
      await runtime.stdout.write(rootHelp(config, terminal));
      return 0;
    case 'noun help':
      await runtime.stdout.write(nounHelp(config, request.noun, terminal));
      return 0;
    case 'command help':
      await runtime.stdout.write(await commandHelp(config, request.id, terminal));
      return 0;
    case 'command': {
      const loadable = config.findCommand(request.id, { must: true });
      const CommandClass: unknown = await loadable.load();
      if (!isCommandClass(CommandClass)) throw new TypeError(`${request.id} is not a berth command`);
      return new CommandClass([...request.argv], config).invoke(runtime);
    }
  }
}

/** Reads it from the flags of the noun's commands, or of all of them; undefined where they do not agree. */
function takesValue(config: Config, noun: string | undefined, flag: string): boolean | undefined {
  const prefix = noun === undefined ? '' : `${noun}:`;
  const kinds = new Set(
    config.commands
      .filter(({ id }) => id.startsWith(prefix))
      .flatMap(({ flags }) => Object.values(flags))
      .filter(({ name, char }) => flag === `--${name}` || flag === `-${char ?? ''}`)
      .map(({ type }) => type),
  );
  const [kind, ...others] = kinds;
  return kind === undefined || others.length > 0 ? undefined : kind === 'option';
}

/** By shape, not by class: run from the sources, commands and this file may have been loaded by different loaders. */
function isCommandClass(value: unknown): value is new (argv: string[], config: Config) => BerthCommand<unknown> {
  if (typeof value !== 'function') return false;
  const prototype: unknown = value.prototype;
  return typeof prototype === 'object' && prototype !== null && 'invoke' in prototype;
}
