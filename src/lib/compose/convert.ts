import { isAlias, isMap, isScalar, isSeq, type Alias, type ParsedNode, type Scalar, type YAMLMap } from 'yaml';
import type { Source } from './source.js';
import { formatPath, goNumber, isTree, newTree, type MutableTree, type Path, type Tree, type Value } from './tree.js';

/** A path tagged `!reset` or `!override` (reference/compose/SPEC.md R1-R6). */
export interface TaggedPath {
  readonly kind: 'reset' | 'override';
  readonly path: Path;
}

/** One YAML document as a tree, with its nodes for finding positions. */
export interface ComposeDocument {
  readonly source: Source;
  readonly tree: Tree;
  readonly tagged: readonly TaggedPath[];
  readonly contents: ParsedNode;
  readonly targets: ReadonlyMap<Alias, ParsedNode>;
}

export interface Entry {
  readonly key: ParsedNode;
  readonly name: string;
  readonly value: ParsedNode | null;
}

/** Alias uses may add this many nodes, or ten times the document, whichever is more (Y5). */
const aliasNodesAtLeast = 100_000;

/** Levels of nesting; what goes deeper is no Compose file. */
const deepest = 100;

/** In these mappings a number becomes text, so the way a float was written still matters (Y12). */
const textMappings = new Set(
  'environment labels annotations args sysctls driver_opts options storage_opt additional_contexts'.split(' '),
);

/** Nodes to values: aliases copied out, merge keys applied, tags noted, keys checked. */
export class Converter {
  private readonly tagged: TaggedPath[] = [];
  private readonly targets = new Map<Alias, ParsedNode>();
  private readonly anchors = new Map<string, ParsedNode>();
  /** Nodes being converted, for aliases to what surrounds them. */
  private readonly active = new Set<ParsedNode>();
  private readonly path: (string | number)[] = [];
  private aliasDepth = 0;
  private ownNodes = 0;
  private aliasNodes = 0;
  private readonly source: Source;
  private readonly contents: ParsedNode;

  constructor(source: Source, contents: ParsedNode) {
    this.source = source;
    this.contents = contents;
  }

  /** Undefined for a document that holds only null. */
  convert(): ComposeDocument | undefined {
    const { source, contents, tagged, targets } = this;
    const tree = this.value(contents);
    if (tree === null) return undefined;
    if (!isTree(tree)) throw source.error(contents.range[0], 'top-level object must be a mapping');
    return { source, tree, tagged, contents, targets };
  }

  private value(node: ParsedNode | null): Value | undefined {
    if (node === null) return null;
    this.count(node);
    if (this.path.length > deepest) throw this.source.error(node.range[0], 'yaml: nested too deeply');
    if (isAlias(node)) return this.throughAlias(node, (target) => this.value(target));
    if (node.anchor !== undefined && this.aliasDepth === 0) this.anchors.set(node.anchor, node);
    if (node.tag === '!reset' || node.tag === '!override') {
      const kind = node.tag === '!reset' ? 'reset' : 'override';
      this.tagged.push({ kind, path: [...this.path] });
      if (kind === 'reset') return undefined;
    }
    if (isScalar(node)) return this.scalar(node);
    this.active.add(node);
    const result = isSeq(node) ? this.list(node.items) : this.mapping(node);
    this.active.delete(node);
    return result;
  }

  private count(node: ParsedNode): void {
    if (this.aliasDepth === 0) this.ownNodes++;
    else if (++this.aliasNodes > aliasNodesAtLeast && this.aliasNodes > 10 * this.ownNodes) {
      throw this.source.error(node.range[0], 'yaml: document contains excessive aliasing');
    }
  }

  private throughAlias<T>(alias: Alias.Parsed, use: (target: ParsedNode) => T): T {
    const target = this.targets.get(alias) ?? this.anchors.get(alias.source);
    if (target === undefined) {
      throw this.source.error(alias.range[0], `yaml: unknown anchor '${alias.source}' referenced`);
    }
    if (this.active.has(target)) {
      const what = `cycle detected: node at path ${formatPath(this.path)} references a node that contains it`;
      throw this.source.error(alias.range[0], `yaml: ${what}`);
    }
    this.targets.set(alias, target);
    this.aliasDepth++;
    const result = use(target);
    this.aliasDepth--;
    return result;
  }

  private scalar(node: Scalar.Parsed): Value {
    const { value } = node;
    if (typeof value === 'string' || typeof value === 'boolean' || value === null) return value;
    if (typeof value === 'number') {
      const written = /^[-+]?(?:[0-9_]*\.|[0-9_]+[eE])/.test(node.source);
      const inTexts = written && textMappings.has(String(this.path.at(-2)));
      return inTexts || !Number.isFinite(value) ? goNumber(value, true) : value;
    }
    if (value instanceof Uint8Array) return new TextDecoder().decode(value);
    throw this.source.error(node.range[0], 'yaml: a value of this kind is not supported');
  }

  private list(items: readonly ParsedNode[]): Value[] {
    const result: Value[] = [];
    for (const [index, item] of items.entries()) {
      this.path.push(index);
      const value = this.value(item);
      this.path.pop();
      if (value !== undefined) result.push(value);
    }
    return result;
  }

  private mapping(node: YAMLMap.Parsed): Tree {
    const result = newTree();
    const names = this.keyNames(node);
    const merged = node.items.some(({ key }) => isMergeKey(key)) ? this.entries(node) : undefined;
    if (merged === undefined) {
      for (const [index, { value }] of node.items.entries()) this.put(result, names[index] ?? '', value);
    } else for (const { name, value } of merged) this.put(result, name, value);
    return result;
  }

  private put(result: MutableTree, name: string, value: ParsedNode | null): void {
    this.path.push(name);
    const converted = this.value(value);
    this.path.pop();
    if (converted !== undefined) result[name] = converted;
  }

  /** The keys of a mapping in order, which must be strings and different (Y1, Y7). */
  private keyNames(node: YAMLMap.Parsed): readonly string[] {
    const names = node.items.map(({ key }) => this.keyName(key));
    if (new Set(names).size === names.length) return names;
    const again = names.findIndex((name, index) => names.indexOf(name) < index);
    const name = names[again] ?? '';
    const [first, second] = [node.items[names.indexOf(name)]?.key ?? node, node.items[again]?.key ?? node];
    const { line } = this.source.position(first.range[0]);
    throw this.source.error(second.range[0], `mapping key "${name}" already defined at line ${line ?? 0}`);
  }

  /** The entries of a mapping, those of its merge keys last; own keys and earlier merges win (Y2). */
  private entries(node: YAMLMap.Parsed): readonly Entry[] {
    const own = new Map<string, Entry>();
    const names = this.keyNames(node);
    for (const [index, { key, value }] of node.items.entries()) {
      const name = names[index] ?? '';
      if (!isMergeKey(key)) own.set(name, { key, name, value });
    }
    for (const { key, value } of node.items) if (isMergeKey(key)) this.merge(value ?? key, own, value ?? key);
    return [...own.values()];
  }

  /** `at` is where the merge key has its value; only there a list may stand. */
  private merge(node: ParsedNode, into: Map<string, Entry>, at: ParsedNode, inList = false): void {
    if (isAlias(node)) this.throughAlias(node, (target) => this.merge(target, into, at, inList));
    else if (isMap(node)) {
      // Its own anchor may be used further down; its values are converted (and their anchors noted) by the caller.
      if (node.anchor !== undefined && this.aliasDepth === 0) this.anchors.set(node.anchor, node);
      this.count(node);
      for (const entry of this.entries(node)) if (!into.has(entry.name)) into.set(entry.name, entry);
    } else if (isSeq(node) && !inList) for (const item of node.items) this.merge(item, into, at, true);
    else throw this.source.error(at.range[0], 'yaml: map merge requires map or sequence of maps as the value');
  }

  private keyName(key: ParsedNode): string {
    const node = isAlias(key) ? this.throughAlias(key, (target) => target) : key;
    if (isScalar(node) && typeof node.value === 'string') {
      if (node.anchor !== undefined) this.anchors.set(node.anchor, node);
      return node.value;
    }
    const text = isScalar(node) ? (node.value === null ? '<nil>' : node.source) : 'a list or mapping';
    const place = this.path.length === 0 ? 'at top level' : `in ${formatPath(this.path)}`;
    throw this.source.error(key.range[0], `non-string key ${place}: ${text}`, 'put the key in quotes');
  }
}

/** `<<` is a merge key unless it is quoted. */
export function isMergeKey(key: ParsedNode): boolean {
  return isScalar(key) && key.value === '<<' && key.type === 'PLAIN';
}
