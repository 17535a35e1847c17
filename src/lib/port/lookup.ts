import { AmbiguousError, NotFoundError } from './errors.js';
import { nearest } from '../text/nearest.js';

/** What can be looked up. */
export interface Identified {
  readonly id: string;
  readonly name: string;
  /** Name of the stack it belongs to, where there is one. */
  readonly stack?: string | null;
}

/** Where candidates come from: a list in hand, or the filters of a remote API. */
export interface Candidates<T extends Identified> {
  /** Those whose id begins with the text. */
  byIdPrefix(prefix: string): Promise<readonly T[]>;
  /** Those of that name, in that stack if one is given. */
  byName(name: string, stack?: string): Promise<readonly T[]>;
  /** Names to suggest from when nothing is found. */
  names(): Promise<readonly string[]>;
}

/**
 * Finds the one object that the user means: a full id, an exact name, `name.stack`, or a prefix of an id, tried in this
 * order, so that a name never turns ambiguous because somebody's id happens to begin with it.
 *
 * @param kind the noun for messages: `stack`, `service`.
 * @throws NotFoundError (with the nearest name) or AmbiguousError (with the ways to tell them apart).
 */
export async function lookup<T extends Identified>(kind: string, query: string, candidates: Candidates<T>): Promise<T> {
  const byPrefix = query === '' ? [] : await candidates.byIdPrefix(query);
  const exact = byPrefix.find((candidate) => candidate.id === query);
  if (exact !== undefined) return exact;

  const named = await byAnyName(query, candidates);
  const found = named.length === 0 ? byPrefix : named;

  const [first, ...others] = found;
  if (first === undefined) {
    const suggestion = nearest(query, await candidates.names());
    throw new NotFoundError(`no ${kind} ${JSON.stringify(query)}`, {
      hint: suggestion === undefined ? `List them with \`berth ${kind} ls\`.` : `Did you mean ${suggestion}?`,
    });
  }
  if (others.length > 0) {
    throw new AmbiguousError(`${found.length} ${kind}s match ${JSON.stringify(query)}`, {
      hint: `Use one of: ${(await distinctNames(found, named.length > 0, candidates)).join(', ')}.`,
    });
  }
  return first;
}

async function byAnyName<T extends Identified>(query: string, candidates: Candidates<T>): Promise<readonly T[]> {
  const found = await candidates.byName(query);
  return found.length === 0 ? byQualifiedName(query, candidates) : found;
}

/** `name.stack`, wherever the dot between them is: names and stacks may hold dots themselves. */
async function byQualifiedName<T extends Identified>(query: string, candidates: Candidates<T>): Promise<readonly T[]> {
  const found: T[] = [];
  for (let dot = query.indexOf('.', 1); dot > 0; dot = query.indexOf('.', dot + 1)) {
    found.push(...(await candidates.byName(query.slice(0, dot), query.slice(dot + 1))));
  }
  return found;
}

/** Candidates of a list in hand. */
export function candidatesIn<T extends Identified>(items: readonly T[]): Candidates<T> {
  return {
    byIdPrefix: async (prefix) => items.filter((item) => item.id.startsWith(prefix)),
    byName: async (name, stack) =>
      items.filter((item) => item.name === name && (stack === undefined || item.stack === stack)),
    names: async () => items.map((item) => item.name),
  };
}

/** For each the text that finds it and nothing else: `name.stack` where it was looked up by name, else its id. */
async function distinctNames<T extends Identified>(
  found: readonly T[],
  byName: boolean,
  candidates: Candidates<T>,
): Promise<string[]> {
  const names: string[] = [];
  for (const { id, name, stack } of found) {
    const qualified = byName && typeof stack === 'string' ? `${name}.${stack}` : id;
    names.push(qualified === id || (await finds(qualified, id, candidates)) ? qualified : id);
  }
  return names;
}

async function finds<T extends Identified>(query: string, id: string, candidates: Candidates<T>): Promise<boolean> {
  const [first, ...others] = await byAnyName(query, candidates);
  if (first?.id !== id || others.length > 0) return false;
  return (await candidates.byIdPrefix(query)).every((other) => other.id !== query);
}
