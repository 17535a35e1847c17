import { Parser } from '@oclif/core';
import fs from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { resolveRequest } from '../../src/lib/cli/resolve.js';
import { commandClasses, type KnownCommand, shellWords } from './support/command-classes.js';
import { expectReviewed } from './support/snapshot.js';

const commands = await commandClasses();
const ids = new Set(commands.map(({ id }) => id));
const shown = commands.map(describeCommand);

describe('the commands', () => {
  test('are those that were reviewed, with their arguments and flags', () => {
    expectReviewed('commands.json', shown);
  });

  test('are in the manifest that the build wrote', () => {
    const file = path.resolve(import.meta.dirname, '../../oclif.manifest.json');
    const manifest: { commands: Record<string, { flags: object; args: object }> } = JSON.parse(
      fs.readFileSync(file, 'utf8'),
    );
    const built = Object.entries(manifest.commands).map(([id, { args, flags }]) => ({
      id,
      args: Object.keys(args),
      flags: Object.keys(flags).sort(),
    }));
    const sources = shown.map(({ id, args, flags }) => ({
      id,
      args: Object.keys(args),
      flags: Object.keys(flags).sort(),
    }));
    expect(built, 'the build is older than its sources: node scripts/build.mjs').toEqual(sources);
  });

  test.each(commands)('$id has a summary, and flags and arguments that say what they are', ({ Command }) => {
    expect(Command.summary ?? '').toMatch(/^[A-Z].*[^.]$/);
    for (const [name, flag] of Object.entries(flagsOf({ id: '', Command }))) {
      expect(flag.summary ?? '', `--${name}`).toMatch(/^\S.*\.$/);
    }
    for (const [name, arg] of Object.entries(Command.args)) {
      expect(arg.description ?? '', name).toMatch(/^\S.*\.$/);
    }
  });

  test.each(commands)('$id has two examples that the parser takes', async (command) => {
    const lines = examplesOf(command);
    expect(lines.length).toBeGreaterThanOrEqual(2);
    expect(new Set(lines).size).toBe(lines.length);
    for (const line of lines) {
      const [program, ...argv] = shellWords(line);
      expect(program, line).toBe('berth');
      const request = resolveRequest(argv, ids);
      if (request.kind !== 'command') expect.fail(`${line} asks for ${request.kind}`);
      expect(request.id, line).toBe(command.id);
      await expect(parse(command, [...request.argv]), line).resolves.toBeDefined();
    }
  });

  test.each(commands)('$id takes no flag that is not its own', async (command) => {
    const [line = ''] = examplesOf(command);
    const request = resolveRequest(shellWords(line).slice(1), ids);
    const argv = request.kind === 'command' ? request.argv : [];
    // In front: some commands end in a command line of somebody else's.
    await expect(parse(command, ['--no-such-flag', ...argv])).rejects.toThrow('no-such-flag');
  });
});

/** Long names that deliberately mean two things, with the reason. */
const exceptions: Readonly<Record<string, string>> = {
  status: 'the states of a stack, of a container and of an action are different words',
  follow: 'the log of an action ends with the action, those of containers do not',
  quiet: '`compose config -q` checks and prints nothing, as docker compose does',
  volumes: '`compose config --volumes` lists them, as docker compose does; `terminate` removes them',
  interactive: '`config pull` asks, as deis does; `exec` passes standard input on, as docker does',
  user: '`service env ls` lists what users set, as docker-cloud does; `exec` runs as one',
  image: '`service env ls` lists what the image sets, as docker-cloud does; `service set` takes one',
  force: '`stack export` replaces a file, `image rm` takes what is in use',
  file: '`stack export` writes one, as docker-cloud does; definitions are read from several',
  memory: '`limits` has it for the default of two resources, as deis does; `service create` takes an amount',
  name: '`service env rm` names variables, as docker-cloud does; elsewhere what is made is named',
  format:
    'results differ in what they can be printed as, and `compose config` writes what docker compose does: yaml or json',
};

describe('long flags', () => {
  const uses = new Map<string, Map<string, string[]>>();
  for (const { id, flags } of shown) {
    for (const [name, { type, multiple, options, helpValue, summary }] of Object.entries(flags)) {
      // What a flag without a value means is in its summary alone.
      const meaning = JSON.stringify({ type, multiple, options, helpValue, ...(type === 'boolean' && { summary }) });
      const meanings = uses.get(name) ?? new Map<string, string[]>();
      meanings.set(meaning, [...(meanings.get(meaning) ?? []), id]);
      uses.set(name, meanings);
    }
  }

  test('mean one thing everywhere', () => {
    const several = [...uses].filter(([name, meanings]) => meanings.size > 1 && exceptions[name] === undefined);
    expect(several.map(([name, meanings]) => ({ name, meanings: Object.fromEntries(meanings) }))).toEqual([]);
  });

  test('are listed as exceptions only where they are', () => {
    const stale = Object.keys(exceptions).filter((name) => (uses.get(name)?.size ?? 0) < 2);
    expect(stale).toEqual([]);
  });

  test('have one short letter for one name within a command', () => {
    for (const { id, flags } of shown) {
      const letters = Object.values(flags).flatMap(({ char }) => (char === undefined ? [] : [char]));
      expect(new Set(letters).size, id).toBe(letters.length);
    }
  });
});

function describeCommand(command: KnownCommand) {
  const { id, Command } = command;
  return {
    id,
    hidden: Command.hidden,
    aliases: [...Command.aliases].sort(),
    strict: Command.strict,
    args: Object.fromEntries(
      Object.entries(Command.args).map(([name, { required, options, multiple }]) => [
        name,
        { required: required === true, options, multiple: multiple === true || undefined },
      ]),
    ),
    flags: Object.fromEntries(
      Object.entries(flagsOf(command))
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([name, flag]) => [name, describeFlag(flag)]),
    ),
  };
}

/** What of a flag scripts depend on; keys without a value are left out of the JSON. */
function describeFlag(flag: FlagsOf[string]) {
  const { type, char, required, exclusive, summary, hidden, aliases } = flag;
  return {
    type,
    char,
    required: required === true || undefined,
    exclusive,
    hidden: hidden === true || undefined,
    aliases,
    ...(flag.type === 'boolean'
      ? {
          allowNo: flag.allowNo || undefined,
          helpValue: undefined,
          options: undefined,
          multiple: undefined,
          default: flag.default,
        }
      : {
          helpValue: flag.helpValue,
          options: flag.options,
          multiple: flag.multiple === true || undefined,
          default: flag.default,
        }),
    summary,
  };
}

type FlagsOf = KnownCommand['Command']['flags'];

function flagsOf({ Command }: KnownCommand): FlagsOf {
  return { ...Command.baseFlags, ...Command.flags };
}

function examplesOf({ Command }: KnownCommand): readonly string[] {
  return Command.examples.map((example) =>
    (typeof example === 'string' ? example : example.command).replaceAll('<%= config.bin %>', 'berth'),
  );
}

/** What oclif does with an argv before a command runs. */
function parse(command: KnownCommand, argv: string[]): Promise<unknown> {
  const { Command } = command;
  return Parser.parse(argv, { flags: flagsOf(command), args: Command.args, strict: Command.strict });
}
