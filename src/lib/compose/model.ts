import { dirname } from 'node:path';
import { canonicalise, type CanonicalContext } from './canonical.js';
import type { ComposeDocument } from './convert.js';
import { setDefaults } from './defaults.js';
import type { Environment } from './environment.js';
import { AttributeError, attributeError, ComposeError } from './errors.js';
import { applyExtends, type ServiceFile } from './extends.js';
import { readText, shownPath } from './files.js';
import { applyIncludes, type Inclusion } from './include.js';
import { interpolate, type Interpolation } from './interpolate.js';
import { merge } from './merge.js';
import type { Origins } from './origins.js';
import { parseSource } from './parse.js';
import { absolutePath, refuseRemote, resolvePaths } from './paths.js';
import { applyTags } from './reset.js';
import { checkSchema } from './schema.js';
import { passThrough } from './service-env.js';
import { Source } from './source.js';
import { newTree, treeOf, without, type Path, type Tree } from './tree.js';
import { dropDuplicates } from './unicity.js';
import { checkAttributes } from './validate.js';

/** One file, parsed. */
export interface ComposeFile {
  /** Absolute, or `-`. */
  readonly path: string;
  readonly documents: readonly ComposeDocument[];
}

/** What one load shares with the projects it includes. */
export interface LoadSession {
  readonly cwd: string;
  readonly home: string | undefined;
  readonly interpolate: boolean;
  readonly resolvePaths: boolean;
  readonly origins: Origins;
  readonly warn: (message: string) => void;
  /** Told of every file that was read. */
  readonly opened: (path: string) => void;
}

/** What one project (the one loaded, or an included one) has of its own. */
export interface ModelScope {
  readonly directory: string;
  readonly environment: Environment;
  /** Files whose `include` led here, the first of each project. */
  readonly chain: readonly string[];
}

export function parseComposeFile(path: string, session: LoadSession): ComposeFile {
  const shown = shownPath(path, session.cwd);
  const text = readText(path, shown);
  session.opened(path);
  return { path, documents: parseSource(new Source(shown, text)) };
}

/**
 * The files of one project as one tree in long forms, with defaults, absolute paths and passed-through variables
 * (reference/compose/SPEC.md P1, P2). Throws `AttributeError` and `ComposeError`.
 */
export function loadModel(files: readonly ComposeFile[], scope: ModelScope, session: LoadSession): Tree {
  let tree: Tree = newTree();
  if (files.every(({ documents }) => documents.length === 0)) {
    const names = files.map(({ path }) => shownPath(path, session.cwd));
    throw new ComposeError('empty compose file', {
      position: { file: names[0] ?? '' },
      hint: 'a Compose file needs at least "services:"',
    });
  }
  for (const file of files) {
    for (const document of file.documents) tree = addDocument(tree, document, file, scope, session);
  }
  const filled = setDefaults(tree);
  checkAttributes(filled);
  const base = { directory: scope.directory, home: session.home };
  return passThrough(session.resolvePaths ? resolvePaths(filled, base) : filled, scope.environment);
}

function canonicalContext({ warn, interpolate: replaced }: LoadSession): CanonicalContext {
  return { warn, templates: !replaced };
}

function interpolation({ environment }: ModelScope, session: LoadSession): Interpolation {
  return { lookup: (name) => environment.get(name), warn: session.warn };
}

function addDocument(
  tree: Tree,
  document: ComposeDocument,
  file: ComposeFile,
  scope: ModelScope,
  session: LoadSession,
): Tree {
  session.origins.add(document);
  const { tagged } = document;
  const values = session.interpolate ? interpolate(document.tree, interpolation(scope, session)) : document.tree;
  for (const [name, service] of Object.entries(treeOf(values['services']))) {
    if (typeof service === 'string') throw new AttributeError(`services.${name} must be a mapping`, ['services', name]);
  }
  const included = applyIncludes(values, scope, tagged, (inclusion) => loadIncluded(inclusion, file, scope, session));
  const earlier = applyTags(tree, tagged);
  const own: ServiceFile = { file: file.path, services: treeOf(values['services']), documents: [document] };
  const extended = applyExtends(included, own, treeOf(earlier['services']), {
    origins: session.origins,
    load: (name, from, path) => loadBase(name, from, path, scope, session),
  });
  const merged = dropDuplicates(merge(earlier, extended));
  checkSchema(merged);
  if ('version' in merged) {
    session.warn(`${shownPath(file.path, session.cwd)}: the attribute \`version\` is obsolete, it will be ignored`);
  }
  return dropDuplicates(canonicalise(without(merged, 'version'), canonicalContext(session)));
}

function loadIncluded(inclusion: Inclusion, from: ComposeFile, scope: ModelScope, session: LoadSession): Tree {
  const chain = [...scope.chain, from.path];
  const cycle = inclusion.files.find((path) => chain.includes(path));
  if (cycle !== undefined) {
    const lines = [...chain, cycle].map((path, index) => (index === 0 ? path : ` include ${path}`));
    throw new AttributeError(`include cycle detected:\n${lines.join('\n')}`, inclusion.path);
  }
  const files = inclusion.files.map((path) => located(inclusion.path, () => parseComposeFile(path, session)));
  const { directory, environment } = inclusion;
  return without(loadModel(files, { directory, environment, chain }, session), 'name');
}

/** A file named inside another one: that it cannot be opened is shown where it is named. */
function located<T>(path: Path, open: () => T): T {
  try {
    return open();
  } catch (error) {
    if (error instanceof ComposeError && error.position?.line === undefined) throw attributeError(path, error.message);
    throw error;
  }
}

/** The services of a file that is extended, in long forms with the paths of that file (X3, X5, X9). */
function loadBase(name: string, from: string, path: Path, scope: ModelScope, session: LoadSession): ServiceFile {
  refuseRemote(name, path);
  const directory = from === '-' || !session.resolvePaths ? scope.directory : dirname(from);
  const absolute = absolutePath(name, { directory, home: session.home });
  const { documents } = located(path, () => parseComposeFile(absolute, session));
  let tree: Tree = newTree();
  for (const document of documents) {
    const values = session.interpolate ? interpolate(document.tree, interpolation(scope, session)) : document.tree;
    tree = dropDuplicates(merge(applyTags(tree, document.tagged), values));
  }
  const long = canonicalise(tree, canonicalContext(session));
  const base = { directory: dirname(absolute), home: session.home };
  const resolved = session.resolvePaths ? resolvePaths(long, base) : long;
  return { file: absolute, services: treeOf(resolved['services']), documents };
}
