import fs from 'node:fs';
import path from 'node:path';
import type { Project } from '../../../src/lib/compose/project.js';
import type { Mutation } from '../../../src/lib/port/actions.js';
import type { MutationOptions, Verb } from '../../../src/lib/port/verb.js';

/*
 * Arguments of commands from the requests and options of verbs.
 */

export function flag(name: string, given: boolean | undefined): readonly string[] {
  return given === true ? [`--${name}`] : [];
}

/** Joined by `=`, so that a value that begins with a dash stays a value. */
export function option(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [`--${name}=${value}`];
}

/** An argument, whatever it begins with. */
export function word(text: string): readonly string[] {
  return ['--', text];
}

/** A verb that takes nothing but what it is about. */
export type PlainVerb<Ref, Thing> = Verb<Ref, MutationOptions, Promise<Mutation<Thing>>>;

/** Every option of a change. */
export const mutationOptions = ['wait', 'timeoutMs', 'dryRun', 'lockTimeoutMs'] as const;

export function mutation({ wait, timeoutMs, dryRun, lockTimeoutMs }: MutationOptions): readonly string[] {
  return [
    ...(wait === false ? ['--no-wait'] : []),
    ...option('timeout', milliseconds(timeoutMs)),
    ...option('lock-timeout', milliseconds(lockTimeoutMs)),
    ...flag('dry-run', dryRun),
  ];
}

export function milliseconds(duration: number | undefined): string | undefined {
  return duration === undefined ? undefined : `${duration}ms`;
}

/** Writes the definition down: a Compose file that loads to the same project, every `$` in it being doubled. */
export function file(directory: string, project: Project): readonly string[] {
  const full = path.join(fs.mkdtempSync(path.join(directory, 'file-')), 'compose.yaml');
  const escaped = (_key: string, value: unknown): unknown =>
    typeof value === 'string' ? value.replaceAll('$', '$$$$') : value;
  fs.writeFileSync(full, JSON.stringify(project, escaped));
  return ['--file', full];
}
