import { passingCommands } from '../passed-words.js';

/** What completion reads of an argument; oclif's manifest has it. */
export interface ArgShape {
  readonly name: string;
  readonly required?: boolean | undefined;
  readonly options?: readonly string[] | undefined;
}

/** What completion reads of a flag. */
export interface FlagShape {
  readonly name: string;
  readonly char?: string | undefined;
  readonly type: 'boolean' | 'option';
  readonly summary?: string | undefined;
  readonly options?: readonly string[] | undefined;
  readonly multiple?: boolean | undefined;
  readonly hidden?: boolean | undefined;
  readonly allowNo?: boolean | undefined;
  readonly exclusive?: readonly string[] | undefined;
}

/** What completion reads of a command. */
export interface CommandShape {
  /** With colons: `stack:ls`. */
  readonly id: string;
  readonly summary?: string | undefined;
  readonly hidden?: boolean | undefined;
  /** False: its last argument may be given again and again. */
  readonly strict?: boolean | undefined;
  readonly args: Readonly<Record<string, ArgShape>>;
  readonly flags: Readonly<Record<string, FlagShape>>;
}

/** Something a word may be completed to. */
export interface Candidate {
  /** The whole word. */
  readonly word: string;
  /** One line; may be empty. */
  readonly description: string;
}

/** What can be typed. */
export interface Grammar {
  readonly commands: readonly CommandShape[];
  /** Nouns with a sentence on each. */
  readonly nouns: Readonly<Record<string, string>>;
  /** Names of help topics with a sentence on each. */
  readonly topics: Readonly<Record<string, string>>;
}

/** What an argument or the value of a flag names; `nothing` is free text. */
export type Source =
  | 'stack'
  | 'service'
  | 'container'
  | 'action'
  | 'node'
  | 'release'
  | 'variable'
  | 'image'
  | 'registry'
  | 'backend'
  | 'file'
  | 'directory'
  /** A service of the stack that an argument or a flag names, or of that of this directory. */
  | 'service of stack'
  /** The same with a value behind it: `web=3`. */
  | 'service of stack='
  | 'service='
  | 'nothing';

/** Arguments by their name, where `exceptions` does not say otherwise. */
const byArgument: Readonly<Record<string, Source>> = {
  action: 'action',
  container: 'container',
  image: 'image',
  node: 'node',
  registry: 'registry',
  service: 'service',
  stack: 'stack',
};

/** Values of flags by the flag's name. */
const byFlag: Readonly<Record<string, Source>> = {
  app: 'stack',
  backend: 'backend',
  confirm: 'stack',
  'env-file': 'file',
  file: 'file',
  node: 'node',
  path: 'file',
  'project-directory': 'directory',
  service: 'service',
  stack: 'stack',
  'volumes-from': 'service',
};

/** Arguments and flags whose names alone do not tell what they mean, by `command.name`. */
const exceptions: Readonly<Record<string, Source>> = {
  'apps:scale.target': 'service of stack=',
  'backend:use.name': 'backend',
  'compose:config.service': 'nothing',
  'config:get.key': 'variable',
  'config:unset.key': 'variable',
  'image:pull.image': 'nothing',
  'image:tag.target': 'image',
  'limits:set.limit': 'service of stack=',
  'limits:unset.type': 'service of stack',
  'ps:restart.process': 'service of stack',
  'ps:scale.target': 'service of stack=',
  'releases:diff.from': 'release',
  'releases:diff.to': 'release',
  'releases:info.version': 'release',
  'releases:rollback.version': 'release',
  'service:scale.target': 'service=',
  'stack:diff.name': 'stack',
  'stack:diff.service': 'service of stack',
  'stack:logs.service': 'service of stack',
  'stack:up.name': 'stack',
  'stack:up.service': 'service of stack',
  'up.name': 'stack',
  'up.service': 'service of stack',
};

/** What an argument, or the value of a flag, of a command names. */
export function sourceOf(command: string, kind: 'argument' | 'flag', name: string): Source {
  return exceptions[`${command}.${name}`] ?? (kind === 'argument' ? byArgument : byFlag)[name] ?? 'nothing';
}

/** True when, after that many arguments, the rest of the line belongs to the command that is to be executed. */
export function isForeign(command: string, argumentsRead: number): boolean {
  return argumentsRead >= (passingCommands.get(command) ?? Infinity);
}
