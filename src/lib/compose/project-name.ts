import { basename } from 'node:path';
import type { ComposeDocument } from './convert.js';
import type { Environment } from './environment.js';
import { ComposeError } from './errors.js';
import { interpolateText, type Interpolation } from './interpolate.js';
import { textOf } from './tree.js';

const valid = /^[a-z0-9][a-z0-9_-]*$/;

/**
 * The name of the project (reference/compose/SPEC.md N1-N4): `given`, COMPOSE_PROJECT_NAME, `name` of the last document
 * that has one, the directory. Throws `ComposeError` for one that is not a name.
 */
export function projectName(
  given: string | undefined,
  environment: Environment,
  documents: readonly ComposeDocument[],
  directory: string,
  interpolation: Interpolation | undefined,
): string {
  const chosen = given ?? (environment.get('COMPOSE_PROJECT_NAME') || undefined);
  if (chosen !== undefined) {
    if (valid.test(chosen)) return chosen;
    throw invalid(chosen, normaliseName(chosen));
  }
  const written = documents
    .map(({ tree }) => textOf(tree['name']))
    .findLast((name) => name !== undefined && name !== '');
  const text =
    written === undefined || interpolation === undefined ? written : interpolateText(written, ['name'], interpolation);
  const name = normaliseName(text ?? basename(directory));
  if (name === '') throw invalid(text ?? basename(directory), '');
  return name;
}

function invalid(name: string, near: string): ComposeError {
  const rule = 'must consist only of lowercase alphanumeric characters, hyphens, and underscores';
  const message = `invalid project name "${name}": ${rule} as well as start with a letter or number`;
  return new ComposeError(message, { hint: near === '' ? undefined : `"${near}" would be valid` });
}

/** N3 */
function normaliseName(text: string): string {
  return text
    .toLowerCase()
    .replace(/[^a-z0-9_-]/g, '')
    .replace(/^[_-]+/, '');
}
