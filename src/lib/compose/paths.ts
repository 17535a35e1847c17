import { isAbsolute, join, resolve } from 'node:path';
import { attributeError } from './errors.js';
import { applyRules, compileRules } from './rules.js';
import { isTree, textOf, type Path, type Tree, type Value } from './tree.js';

/** Where relative paths of a file belong. */
export interface PathBase {
  readonly directory: string;
  /** For `~`. */
  readonly home: string | undefined;
}

/** Names of other machines, which the reference fetches. */
const remote = /^(?:[a-z][a-z0-9+.-]*:\/\/|git@|github\.com\/)/;

/** Throws `AttributeError` for the name of a file that is not on this machine. */
export function refuseRemote(name: string, path: Path): void {
  if (remote.test(name)) throw attributeError(path, `remote files are not supported yet: ${name}`, { text: name });
}

type Resolve = (value: Value, base: PathBase) => Value;

/** `path` made absolute; `~` is the home directory, Windows paths stay (reference/compose/SPEC.md A13). */
export function absolutePath(path: string, { directory, home }: PathBase): string {
  const expanded = home !== undefined && /^~(?:\/|$)/.test(path) ? join(home, path.slice(1)) : path;
  return isAbsolute(expanded) || /^(?:\p{L}:|\\\\)/u.test(expanded) ? expanded : resolve(directory, expanded);
}

const file: Resolve = (value, base) => (typeof value === 'string' && value !== '' ? absolutePath(value, base) : value);

/** A71: what names no directory of this machine stays. */
const context: Resolve = (value, base) => {
  if (typeof value !== 'string') return value;
  return /:\/\/|^git@|^github\.com\/|^service:/.test(value) ? value : absolutePath(value, base);
};

const mount: Resolve = (value, base) => {
  if (!isTree(value) || value['type'] !== 'bind') return value;
  return { ...value, source: file(value['source'] ?? null, base) };
};

/** A17: the local driver binds a directory. */
const volume: Resolve = (value, base) => {
  const options = isTree(value) ? value['driver_opts'] : undefined;
  if (!isTree(value) || !isTree(options) || options['device'] === undefined) return value;
  const local = value['driver'] === undefined || value['driver'] === 'local';
  if (!local || !/(?:^|,)r?bind(?:,|$)/.test(textOf(options['o']) ?? '')) return value;
  return { ...value, driver_opts: { ...options, device: absolutePath(textOf(options['device']) ?? '', base) } };
};

const sshKeys: Resolve = (value, base) => {
  const [, id, path] = /^([^=]*)=(.*)$/s.exec(textOf(value) ?? '') ?? [];
  return id === undefined || path === undefined ? value : `${id}=${absolutePath(path, base)}`;
};

const rules = compileRules<Resolve>({
  'services.*.build.context': context,
  'services.*.build.additional_contexts.*': context,
  'services.*.build.ssh.[]': sshKeys,
  'services.*.env_file.[].path': file,
  'services.*.label_file.[]': file,
  'services.*.extends.file': file,
  'services.*.develop.watch.[].path': file,
  'services.*.volumes.[]': mount,
  'secrets.*.file': file,
  'configs.*.file': file,
  'volumes.*': volume,
});

/** `tree` (in long forms) with its relative paths made absolute (reference/compose/SPEC.md P2, X3, C3). */
export function resolvePaths(tree: Tree, base: PathBase): Tree {
  const result = applyRules(tree, rules, (resolveValue, value) => resolveValue(value, base));
  return isTree(result) ? result : tree;
}
