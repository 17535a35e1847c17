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
  if (/^The following error occurred:$/.test(first)) return rest.join('\n');
  const head = /^[A-Z][a-z]/.test(first) ? first.charAt(0).toLowerCase() + first.slice(1) : first;
  return [head, ...rest.map((line) => `  ${line}`)].join('\n');
}
