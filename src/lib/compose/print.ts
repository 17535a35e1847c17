import { Document, isScalar, Scalar, visit } from 'yaml';
import { portable } from './portable.js';
import type { Project } from './project.js';
import { isTree, type Tree } from './tree.js';

export interface PrintOptions {
  /** Leave out what reading the file again adds by itself. Default false: as the reference prints it. */
  readonly portable?: boolean;
  /** False for a project whose variables were not replaced: its `$` are what the file says. */
  readonly escape?: boolean;
}

/**
 * A project as a Compose file that loads again to the same model: every `$` in a value is doubled
 * (reference/compose/SPEC.md I15, O5-O7). Names and attributes are sorted as the reference sorts them.
 */
export function printProject(project: Project, format: 'yaml' | 'json', options: PrintOptions = {}): string {
  const { escape = true, portable: brief = false } = options;
  const ordered = order(brief ? portable(project) : project, [], { escape, always: !brief });
  if (format === 'json') return `${JSON.stringify(ordered, undefined, 2)}\n`;
  return toYaml(ordered);
}

const topLevel = ['name', 'services', 'networks', 'volumes', 'secrets', 'configs', 'models'];

/** The items of these lists have the order of the reference's structures. */
const itemOrder: ReadonlyMap<string, readonly string[]> = new Map(
  Object.entries({
    ports: 'name mode host_ip target published protocol app_protocol',
    volumes: 'type source target read_only consistency bind volume tmpfs image',
    secrets: 'source target uid gid mode',
    configs: 'source target uid gid mode',
    devices: 'source target permissions',
  }).map(([list, names]) => [list, names.split(' ')]),
);

interface Manner {
  readonly escape: boolean;
  /** Also what has no value, where the reference prints it. */
  readonly always: boolean;
}

function order(value: unknown, path: string[], manner: Manner): unknown {
  if (typeof value === 'string') return manner.escape ? value.replaceAll('$', '$$$$') : value;
  if (Array.isArray(value)) return value.map((item) => below(item, '[]', path, manner));
  if (!isTree(value)) return value;
  const full: Tree = manner.always ? { ...printedAlways(path), ...value } : value;
  const result: Record<string, unknown> = { __proto__: null };
  for (const name of orderedNames(full, path)) result[name] = below(full[name] ?? null, name, path, manner);
  return result;
}

function below(value: unknown, key: string, path: string[], manner: Manner): unknown {
  path.push(key);
  const result = order(value, path, manner);
  path.pop();
  return result;
}

function orderedNames(tree: Tree, path: readonly string[]): readonly string[] {
  const ranks = path.length === 0 ? topLevel : path.at(-1) === '[]' ? itemOrder.get(path.at(-2) ?? '') : undefined;
  return Object.keys(tree).sort(ranks === undefined ? byText : byRank(ranks));
}

function byText(a: string, b: string): number {
  return a < b ? -1 : 1;
}

/** Those with a rank first, the others by text. */
function byRank(ranks: readonly string[]): (a: string, b: string) => number {
  const rank = (name: string): number => (ranks.includes(name) ? ranks.indexOf(name) : ranks.length);
  return (a, b) => rank(a) - rank(b) || byText(a, b);
}

const hooks = new Set(['pre_start', 'post_start', 'pre_stop']);

/** What the reference prints even where it is not set (O5). */
function printedAlways(path: readonly string[]): Tree {
  if (path[0] !== 'services') return {};
  if (path.length === 2) return { command: null, entrypoint: null };
  if (path.length === 4 && hooks.has(path[2] ?? '')) return { command: null };
  return path.length === 5 && path[3] === 'watch' ? { exec: { command: null } } : {};
}

/** Texts that another reader of YAML takes for something else are quoted: `yes`, `0o10`, `1_000`, `12:30:45`. */
const looksLikeMore = /^(?:y|n|yes|no|on|off|~|<<|=|[-+]?[0-9][0-9_.:eExXoObBa-fA-F+-]*)$/i;

function toYaml(value: unknown): string {
  const document = new Document(value, { version: '1.2', aliasDuplicateObjects: false });
  visit(document, {
    Scalar: (_, node) => {
      if (isScalar(node) && typeof node.value === 'string' && looksLikeMore.test(node.value))
        node.type = Scalar.QUOTE_DOUBLE;
    },
  });
  return document.toString({ lineWidth: 0 });
}
