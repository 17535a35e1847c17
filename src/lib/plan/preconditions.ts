import { ConflictError, NotFoundError, RefusedError } from '../port/errors.js';
import { nearest } from '../text/nearest.js';
import { isGlobal } from './desired.js';
import { member } from './member.js';
import type { Observation, StoredStack } from './plan.js';

/**
 * The stack, for a verb that needs one that is not on its way out.
 *
 * @throws NotFoundError, ConflictError.
 */
export function liveStack({ scope, stored }: Observation): StoredStack {
  if (stored === null) throw unknownStack(scope.stack);
  if (!stored.terminating) return stored;
  const { stack } = scope;
  throw new ConflictError(`${what(stored)} ${JSON.stringify(stack)} is being terminated`, {
    hint: `Nothing was changed. Finish it with \`berth ${what(stored)} terminate ${stack}\`, or bring it back with ${back(stored)}.`,
  });
}

function what({ standalone }: StoredStack): 'stack' | 'service' {
  return standalone ? 'service' : 'stack';
}

function back({ standalone }: StoredStack): string {
  return standalone ? '`berth service run`' : '`berth stack up`';
}

/** @throws ConflictError when the name is taken by a stack where a service that stands alone is meant, or the reverse. */
export function checkKind({ scope, stored }: Observation, standalone: boolean): void {
  if (stored === null || stored.standalone === standalone) return;
  const { stack } = scope;
  const is = stored.standalone ? 'a service that stands alone' : 'a stack';
  throw new ConflictError(`${JSON.stringify(stack)} is the name of ${is} already`, {
    hint: `Nothing was changed. Choose another name, or end it with \`berth ${what(stored)} terminate ${stack}\`.`,
  });
}

/** @throws ConflictError when there is something of that name. */
export function checkFresh({ scope, stored }: Observation): void {
  if (stored === null) return;
  throw new ConflictError(`there is a ${what(stored)} ${JSON.stringify(scope.stack)} already`, {
    hint: `Nothing was changed. Choose another name, or change what is there with \`berth ${what(stored)} ${stored.standalone ? 'set' : 'up'}\`.`,
  });
}

/** @throws ConflictError where another tool runs something under the name of a stack that is not there yet. */
export function checkForeign({ scope, stored, observed }: Observation): void {
  const { foreign = [] } = observed;
  if (stored !== null || foreign.length === 0) return;
  const { stack } = scope;
  throw new ConflictError(`${listed(foreign)} of ${JSON.stringify(stack)} were made by another tool`, {
    hint: `Nothing was changed. Take them over with \`berth stack adopt ${stack}\`, or choose another name.`,
  });
}

/** What is there under the name of a stack, and is none of it. */
export function foreignNotes({ stored, observed }: Observation): string[] {
  const { foreign = [] } = observed;
  if (stored === null || foreign.length === 0) return [];
  return [`${listed(foreign)} were made by another tool and are left alone`];
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 3).join(', ');
  return `the containers ${shown}${names.length > 3 ? ` and ${names.length - 3} more` : ''}`;
}

export function unknownStack(stack: string): NotFoundError {
  return new NotFoundError(`no stack ${JSON.stringify(stack)}`);
}

/** @throws NotFoundError for the first name that is not known, with the one that was probably meant. */
export function checkServices(names: readonly string[], known: Iterable<string>, where: string): void {
  const all = [...new Set(known)].sort();
  for (const name of names) {
    if (all.includes(name)) continue;
    const suggestion = nearest(name, all);
    const list = all.length === 0 ? 'It has none.' : `It has: ${all.join(', ')}.`;
    throw new NotFoundError(`no service ${JSON.stringify(name)} in ${where}`, {
      hint: suggestion === undefined ? list : `Did you mean ${suggestion}?`,
    });
  }
}

/** Names of the services that are defined, or run although they are defined no more. */
export function knownServices({ stored, observed }: Observation): string[] {
  return [...Object.keys(stored?.definition.services ?? {}), ...observed.services.map(({ name }) => name)];
}

/** Where services were looked for, for messages. */
export function inStack({ scope }: Pick<Observation, 'scope'>): string {
  return `stack ${JSON.stringify(scope.stack)}`;
}

/** @throws RefusedError for a service with a replica on every node: it has no number of them. */
export function checkScalable({ stored, observed }: Observation, name: string): void {
  const running = observed.services.find((service) => service.name === name);
  const definition = member(stored?.definition.services ?? {}, name) ?? running?.definition;
  if (definition === undefined || !isGlobal(definition)) return;
  throw new RefusedError(`service ${name} is global: it has one replica on every node`, {
    hint: 'Nothing was changed. Set `deploy.mode: replicated` in its file to scale it.',
  });
}
