import { isAlias, isMap, isScalar, isSeq, type ParsedNode } from 'yaml';
import { isMergeKey, type ComposeDocument, type Entry } from './convert.js';
import { AttributeError, ComposeError, type ComposePosition } from './errors.js';
import { formatPath, type Path } from './tree.js';

/** A document (or the part of it at `root`) that was merged into the project at `at`. */
interface Layer {
  readonly document: ComposeDocument;
  readonly at: Path;
  readonly root: Path;
}

interface Match {
  readonly depth: number;
  readonly node: ParsedNode;
  readonly document: ComposeDocument;
}

/** Knows which documents a project was made of, and finds the place of an attribute in them when an error needs it. */
export class Origins {
  private readonly layers: Layer[] = [];

  add(document: ComposeDocument, at: Path = [], root: Path = []): void {
    this.layers.push({ document, at, root });
  }

  get isEmpty(): boolean {
    return this.layers.length === 0;
  }

  /** The deepest place on the way to `path`, in the document merged last among those that go as deep. */
  locate(path: Path, text?: string, key?: string): ComposePosition | undefined {
    let best: Match | undefined;
    for (const { document, at, root } of this.layers) {
      if (!at.every((step, index) => path[index] === step)) continue;
      const full = [...root, ...path.slice(at.length), ...(key === undefined ? [] : [key])];
      const match = descend(document, full, root.length, text, key !== undefined);
      const depth = match.depth + at.length;
      if (depth >= (best?.depth ?? 0)) best = { ...match, depth };
    }
    return best?.document.source.position(best.node.range[0], formatPath(path) || undefined);
  }

  /** `error` with the position of its attribute, if it is an `AttributeError`. */
  explain(error: unknown): unknown {
    if (!(error instanceof AttributeError)) return error;
    const position = this.locate(error.path, error.text, error.key);
    return new ComposeError(error.message, { hint: error.hint, position });
  }
}

function descend(document: ComposeDocument, path: Path, rootDepth: number, text?: string, wantKey = false): Match {
  let node: ParsedNode = resolve(document, document.contents);
  // The value of a block mapping begins on the next line: its key says better where it is.
  let shown: ParsedNode = node;
  let depth = 0;
  for (const [index, step] of path.entries()) {
    const last = index === path.length - 1;
    const next = child(document, node, step, last ? text : undefined);
    if (next === undefined) break;
    depth++;
    node = next.value === null ? next.key : resolve(document, next.value);
    shown = isScalar(node) && !(last && wantKey) ? (next.value ?? next.key) : next.key;
  }
  return { depth: Math.max(0, depth - rootDepth), node: shown, document };
}

function child(
  document: ComposeDocument,
  node: ParsedNode,
  step: string | number,
  text: string | undefined,
): Omit<Entry, 'name'> | undefined {
  if (isSeq(node)) {
    const byText = text === undefined ? undefined : node.items.find((item) => hasText(resolve(document, item), text));
    const item = byText ?? (typeof step === 'number' ? node.items[step] : undefined);
    return item === undefined ? undefined : { key: item, value: item };
  }
  return isMap(node) ? entryOf(document, node, String(step)) : undefined;
}

function entryOf(document: ComposeDocument, node: ParsedNode, name: string): Omit<Entry, 'name'> | undefined {
  if (isSeq(node)) {
    for (const item of node.items) {
      const found = entryOf(document, resolve(document, item), name);
      if (found !== undefined) return found;
    }
  }
  if (!isMap(node)) return undefined;
  const own = node.items.find(({ key }) => hasText(resolve(document, key), name) && !isMergeKey(key));
  if (own !== undefined) return own;
  for (const { key, value } of node.items) {
    if (!isMergeKey(key) || value === null) continue;
    const found = entryOf(document, resolve(document, value), name);
    if (found !== undefined) return found;
  }
  return undefined;
}

function hasText(node: ParsedNode, text: string): boolean {
  return isScalar(node) && (node.value === text || node.source === text);
}

function resolve(document: ComposeDocument, node: ParsedNode): ParsedNode {
  return (isAlias(node) ? document.targets.get(node) : undefined) ?? node;
}
