import { type BerthError, isBerthError, UsageError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';

/**
 * Turns what oclif's parser throws into a UsageError. The original carries the whole argv, secrets included, so nothing
 * of it but the message's own words is kept.
 *
 * @param command the command as typed: `stack up`.
 * @param flags names of the flags the command has, without dashes.
 * @returns undefined when the error is not the parser's.
 */
export function usageErrorFrom(error: unknown, command: string, flags: readonly string[]): UsageError | undefined {
  if (isBerthError(error)) return valueErrorFrom(error);
  if (!(error instanceof Error) || !('oclif' in error)) return undefined;
  const help = `See \`berth ${command} --help\`.`;
  const unknown = unknownFlags(error);
  if (unknown.length > 0) {
    const [first = ''] = unknown;
    const suggestion = nearest(first.replace(/^-+/, ''), flags);
    return new UsageError(`unknown flag${unknown.length > 1 ? 's' : ''}: ${unknown.join(', ')}`, {
      hint: suggestion === undefined ? help : `Did you mean --${suggestion}? ${help}`,
    });
  }
  const missing = missingArguments(error);
  if (missing.length > 0) {
    const names = missing.map(({ name }) => name.toUpperCase());
    const said = missing.map(({ description }, index) => `${names[index] ?? ''}: ${description} `);
    return new UsageError(missingText('argument', names), { hint: `${said.join('')}${help}` });
  }
  const left = missingFlags(error.message, flags);
  if (left.length > 0) return new UsageError(missingText('flag', left), { hint: help });
  const conflicts = conflictsIn(error.message, flags);
  if (conflicts.length > 0) return new UsageError(conflicts.join('; '), { hint: help });
  const message = error.message.replace(/\n?See more help with --help$/, '').replace(/\s+$/, '');
  return new UsageError(plain(message), { hint: help });
}

/** What a flag's own parser threw, which oclif wraps in words of its own; undefined for what comes from elsewhere. */
function valueErrorFrom(error: BerthError): UsageError | undefined {
  const [, flag, said] = /^Parsing --(\S+) \n\t(.*)\nSee more help with --help$/s.exec(error.message) ?? [];
  if (flag === undefined || said === undefined) return undefined;
  const message = said.startsWith(`--${flag}`) ? said : `--${flag}: ${said}`;
  return new UsageError(message, error.hint === undefined ? {} : { hint: error.hint });
}

function unknownFlags(error: Error): readonly string[] {
  if (error.name !== 'NonExistentFlagsError' && !error.message.startsWith('Nonexistent flag')) return [];
  if (!('flags' in error) || !Array.isArray(error.flags)) return [];
  return error.flags.filter((flag): flag is string => typeof flag === 'string');
}

/** Required arguments that were not given. oclif's words on them hold a note on flags that does not hold for ours. */
function missingArguments(error: Error): readonly { readonly name: string; readonly description: string }[] {
  if (!/^Missing \d+ required arg/.test(error.message)) return [];
  if (!('args' in error) || !Array.isArray(error.args)) return [];
  return error.args.flatMap((arg: unknown) => {
    if (typeof arg !== 'object' || arg === null || !('name' in arg) || typeof arg.name !== 'string') return [];
    const said = 'description' in arg && typeof arg.description === 'string' ? arg.description : '';
    const choices = 'options' in arg && Array.isArray(arg.options) ? ` One of ${arg.options.join(', ')}.` : '';
    const description = `${said}${choices}`;
    return [{ name: arg.name, description }];
  });
}

/** `--name`, for each required flag that was not given. */
function missingFlags(message: string, flags: readonly string[]): readonly string[] {
  const told = message.replace(colours, '').matchAll(/^\s*Missing required flag ([\w-]+)$/gm);
  const names = [...told].flatMap(([, name]) => (name !== undefined && flags.includes(name) ? [name] : []));
  return [...new Set(names)].map((name) => `--${name}`);
}

function missingText(kind: string, names: readonly string[]): string {
  return names.length === 1
    ? `the ${kind} ${names.join('')} is missing`
    : `the ${kind}s ${names.join(', ')} are missing`;
}

/**
 * `--json and --quiet exclude each other`, each pair once. oclif tells a pair from both sides, and the value of a flag,
 * which may hold anything.
 */
function conflictsIn(message: string, flags: readonly string[]): readonly string[] {
  const told = message
    .replace(colours, '')
    .matchAll(/--([\w-]+)=.*? cannot also be provided when using --([\w-]+)$/gms);
  const pairs = [...told]
    .map(([, one = '', other = '']) => [one, other])
    .filter((pair) => pair.every((name) => flags.includes(name)))
    .map(
      (pair) =>
        `${pair
          .sort()
          .map((name) => `--${name}`)
          .join(' and ')} exclude each other`,
    );
  return [...new Set(pairs)].sort();
}

const colours = /\u001B\[[0-9;]*m/g;

/** Without oclif's colours, and beginning in lower case as all our messages do. */
function plain(message: string): string {
  const [first = '', ...rest] = message
    .replace(colours, '')
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  if (/^The following errors? occurred:$/.test(first)) return rest.join('\n');
  const head = /^[A-Z][a-z]/.test(first) ? first.charAt(0).toLowerCase() + first.slice(1) : first;
  return [head, ...rest.map((line) => `  ${line}`)].join('\n');
}
