import { basename } from 'node:path';
import type { ComposeDocument, TaggedPath } from './convert.js';
import { AttributeError } from './errors.js';
import { merge } from './merge.js';
import type { Origins } from './origins.js';
import { applyTags } from './reset.js';
import { isTree, mapValues, newTree, textOf, treeOf, without, type Path, type Tree, type Value } from './tree.js';

/** The services of a file and where they came from. */
export interface ServiceFile {
  /** As errors name it. */
  readonly file: string;
  readonly services: Tree;
  readonly documents: readonly ComposeDocument[];
}

export interface ExtendsContext {
  readonly origins: Origins;
  /** Reads the file that `extends.file` of the service at `path` names; its paths are resolved. */
  readonly load: (file: string, from: string, path: Path) => ServiceFile;
}

interface Step {
  readonly name: string;
  readonly file: string;
}

/**
 * `tree` with every service that extends another merged over it (reference/compose/SPEC.md X1-X9). `inherited` are
 * services of files before this one. Throws `AttributeError`.
 */
export function applyExtends(tree: Tree, own: ServiceFile, inherited: Tree, context: ExtendsContext): Tree {
  if (!isTree(tree['services'])) return tree;
  const all = { ...own, services: { ...newTree(inherited), ...tree['services'] } };
  const resolver = new ExtendsResolver(context);
  const services = mapValues(tree['services'], (_, name) => resolver.resolve(name, all, []));
  return { ...newTree(tree), services };
}

class ExtendsResolver {
  private readonly done = new Map<string, Map<string, Value>>();
  private readonly tags = new Map<string, ReadonlyMap<string, readonly TaggedPath[]>>();
  private readonly context: ExtendsContext;

  constructor(context: ExtendsContext) {
    this.context = context;
  }

  resolve(name: string, from: ServiceFile, chain: readonly Step[]): Value {
    const finished = this.done.get(from.file)?.get(name);
    if (finished !== undefined) return finished;
    const service = from.services[name] ?? null;
    const extension = isTree(service) ? service['extends'] : undefined;
    if (!isTree(service) || extension === undefined) return service;
    const result = this.extend(name, service, extension, from, [...chain, { name, file: from.file }]);
    const inFile = this.done.get(from.file) ?? new Map<string, Value>();
    this.done.set(from.file, inFile.set(name, result));
    return result;
  }

  private extend(name: string, service: Tree, extension: Value, from: ServiceFile, chain: readonly Step[]): Value {
    const path = ['services', name, 'extends'];
    const base = typeof extension === 'string' ? extension : textOf(treeOf(extension)['service']);
    const file = textOf(treeOf(extension)['file']);
    if (base === undefined) throw new AttributeError(`extends.${name}.service is required`, path);
    const source = file === undefined ? from : this.context.load(file, from.file, [...path, 'file']);
    const [again] = chain.filter((step) => step.name === base && step.file === source.file);
    if (again !== undefined) throw circular([...chain, { name: base, file: source.file }], path);
    if (!(base in source.services)) {
      const where = file === undefined ? '' : ` in ${basename(source.file)}`;
      throw new AttributeError(
        `cannot extend service "${name}" in ${from.file}: service "${base}" not found${where}`,
        typeof extension === 'string' ? path : [...path, 'service'],
      );
    }
    const own = without(service, 'extends');
    const inherited = this.resolve(base, source, chain);
    // A base without content changes nothing; the reference then keeps the attribute.
    if (!isTree(inherited)) return service;
    for (const document of source.documents) this.context.origins.add(document, ['services', name], ['services', base]);
    for (const document of from.documents) this.context.origins.add(document, ['services', name], ['services', name]);
    const reset = applyTags(inherited, this.tagsOf(from).get(name) ?? [], 2);
    return merge(without(reset, 'extends'), own, ['services', name]);
  }

  /** The tagged places of a file by service. */
  private tagsOf({ file, documents }: ServiceFile): ReadonlyMap<string, readonly TaggedPath[]> {
    const known = this.tags.get(file);
    if (known !== undefined) return known;
    const result = new Map<string, TaggedPath[]>();
    for (const tag of documents.flatMap(({ tagged }) => tagged)) {
      const [section, name] = tag.path;
      if (section !== 'services' || typeof name !== 'string' || tag.path.length < 3) continue;
      const before = result.get(name);
      if (before === undefined) result.set(name, [tag]);
      else before.push(tag);
    }
    this.tags.set(file, result);
    return result;
  }
}

function circular(chain: readonly Step[], path: Path): AttributeError {
  const lines = chain.map(({ name, file }, index) => `  ${index === 0 ? '' : 'extends '}${name} in ${file}`);
  return new AttributeError(`Circular reference:\n${lines.join('\n')}`, path);
}
