import type { Backend, FacetMap, FacetName } from './backend.js';
import { UnsupportedError } from './errors.js';

/** Names of the verbs of a facet. */
export type VerbName<F extends FacetName> = keyof FacetMap[F] & string;

export type VerbOf<F extends FacetName, V extends VerbName<F>> = NonNullable<FacetMap[F][V]>;

/**
 * The one gate between commands and a backend: gives the verb if the backend has it and it takes every option given.
 *
 * @param options what the user asked for; keys whose value is `undefined` were not asked for.
 * @throws UnsupportedError naming what is missing and what there is instead.
 */
export function gate<F extends FacetName, V extends VerbName<F>>(
  backend: Backend,
  facet: F,
  verb: V,
  options: object = {},
): VerbOf<F, V> {
  const verbs: FacetMap[F] | undefined = backend.facets[facet];
  const found = verbs?.[verb];
  if (verbs === undefined || found === undefined || found === null) {
    throw new UnsupportedError(`${backend.description} has no ${phrase(facet, verb)}`, {
      hint: insteadOf(backend, facet, verb, verbs),
    });
  }
  const declared = declaredOptions(found);
  const refused = Object.entries(options)
    .filter(([name, value]) => value !== undefined && !declared.includes(name))
    .map(([name]) => name);
  if (refused.length > 0) {
    throw new UnsupportedError(
      `${phrase(facet, verb)} on ${backend.description} does not take ${refused.map(flagName).join(', ')}`,
      { hint: declared.length > 0 ? `It takes ${declared.map(flagName).join(', ')}.` : 'It takes no options.' },
    );
  }
  return found;
}

/** What a verb declared; empty for anything else. */
export function declaredOptions(verb: unknown): readonly string[] {
  if (typeof verb !== 'function' || !('options' in verb) || !Array.isArray(verb.options)) return [];
  return verb.options.filter((option): option is string => typeof option === 'string');
}

function insteadOf(backend: Backend, facet: FacetName, verb: string, verbs: object | undefined): string {
  const known = backend.instead[`${facet}.${verb}`] ?? backend.instead[facet];
  if (known !== undefined) return known;
  const there = verbs === undefined ? [] : Object.keys(verbs);
  return there.length > 0
    ? `There is: ${there.map((name) => phrase(facet, name)).join(', ')}.`
    : 'Run `berth backend capabilities` for what it has.';
}

/** `service scale`, `node cluster list`: a verb as the command line spells it. */
function phrase(facet: string, verb: string): string {
  return `${words(facet)
    .replace(/ies$/, 'y')
    .replace(/(?<!u)s$/, '')} ${words(verb)}`;
}

/** Options that the command line spells otherwise. */
const flagNames: Readonly<Record<string, string>> = {
  timeoutMs: 'timeout',
  lockTimeoutMs: 'lock-timeout',
  monitorMs: 'monitor',
  reuseVolumes: 'not-reuse-volumes',
  workingDir: 'workdir',
  state: 'status',
  wait: 'no-wait',
};

function flagName(option: string): string {
  return `--${flagNames[option] ?? words(option).replaceAll(' ', '-')}`;
}

function words(camelCase: string): string {
  return camelCase.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
}
