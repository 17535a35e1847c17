import fs from 'node:fs';
import path from 'node:path';
import { Command } from '@oclif/core';

const directory = path.resolve(import.meta.dirname, '../../../src/commands');

/** A command with its id as oclif finds it by its file: `stack:up`. */
export interface KnownCommand {
  readonly id: string;
  readonly Command: typeof Command;
}

/** Every command, read from the sources: a build may be older. By id. */
export async function commandClasses(): Promise<readonly KnownCommand[]> {
  const files = fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
  const commands = await Promise.all(files.map(load));
  return commands.sort((a, b) => (a.id < b.id ? -1 : 1));
}

async function load(file: string): Promise<KnownCommand> {
  const id = path.relative(directory, file).replace(/\.ts$/, '').split(path.sep).join(':');
  const module: unknown = await import(file);
  const found = typeof module === 'object' && module !== null && 'default' in module ? module.default : undefined;
  if (!isCommand(found)) throw new Error(`${file} exports no command by default`);
  return { id, Command: found };
}

function isCommand(value: unknown): value is typeof Command {
  return typeof value === 'function' && value.prototype instanceof Command;
}

/** The words of a shell line of plain words, 'single' and "double" quotes. */
export function shellWords(line: string): string[] {
  const words = line.matchAll(/(?:[^\s'"]+|'[^']*'|"[^"]*")+/g);
  return [...words].map(([word]) => word.replaceAll(/'([^']*)'|"([^"]*)"/g, '$1$2'));
}
