import { checkConsistency } from './consistency.js';
import type { ComposeDocument } from './convert.js';
import { decode } from './decode.js';
import { discover, startDirectory } from './discovery.js';
import { embedFiles } from './embed-files.js';
import { environmentOf, withEnvFiles, type Environment } from './environment.js';
import { AttributeError } from './errors.js';
import { variablesOf } from './interpolate.js';
import { loadModel, parseComposeFile, type ComposeFile, type LoadSession } from './model.js';
import { normalise } from './normalise.js';
import { Origins } from './origins.js';
import { parseSource } from './parse.js';
import type { Project } from './project.js';
import { projectName } from './project-name.js';
import { dropUnused, selectProfiles, selectServices } from './select.js';
import { resolveServiceFiles } from './service-env.js';
import { Source } from './source.js';
import type { ComposeVariable } from './template.js';
import { isTree, mapValues, newTree, without, type Tree } from './tree.js';

export { type ComposeVariable } from './template.js';

export interface LoadOptions {
  readonly cwd: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** `-f`, in order; `-` is standard input. Without any, the files are searched for. */
  readonly files?: readonly string[];
  readonly readStdin?: () => Promise<string>;
  readonly projectDirectory?: string;
  readonly projectName?: string;
  /** `--env-file`, in order. Without any, `.env` of the project directory is read. */
  readonly envFiles?: readonly string[];
  /** Active profiles, instead of those of COMPOSE_PROFILES; `*` is all. */
  readonly profiles?: readonly string[];
  /** Keep these services and what they depend on. */
  readonly services?: readonly string[];
  /** False keeps `${...}` as it is written. */
  readonly interpolate?: boolean;
  /** False skips the checks of references between services, networks, volumes... */
  readonly consistency?: boolean;
  /** False adds no default network, names or implied dependencies. */
  readonly normalize?: boolean;
  /** False leaves relative paths as they are. */
  readonly resolvePaths?: boolean;
  /** False keeps `env_file` instead of reading it. */
  readonly resolveEnvironment?: boolean;
  /** True keeps networks, volumes, secrets and configs that no service uses. */
  readonly allResources?: boolean;
  /** True puts the contents of secrets and configs into the project: for those who deploy it. See `embedFiles`. */
  readonly embedFiles?: boolean;
}

export interface LoadedProject {
  readonly project: Project;
  /** Absolute paths of the Compose files that were read, `-` for standard input. */
  readonly files: readonly string[];
  /** Absolute; relative paths of the files belong here. */
  readonly workingDirectory: string;
  readonly warnings: readonly string[];
  /** Every variable that the files use, by name. */
  readonly variables: readonly ComposeVariable[];
}

/**
 * Loads a Compose project into its canonical form, that of `docker compose config --format json`
 * (reference/compose/SPEC.md, P1-P3). Throws `ComposeError` for whatever is wrong in the files.
 */
export async function loadProject(options: LoadOptions): Promise<LoadedProject> {
  const warnings = new Set<string>();
  const opened: string[] = [];
  const session: LoadSession = {
    cwd: options.cwd,
    home: options.env['HOME'] ?? options.env['USERPROFILE'],
    interpolate: options.interpolate ?? true,
    resolvePaths: options.resolvePaths ?? true,
    origins: new Origins(),
    warn: (message) => warnings.add(message),
    opened: (path) => opened.push(path),
  };
  const outside = new Map([['PWD', options.cwd], ...environmentOf(options.env)]);
  const first = withEnvFiles(outside, options.envFiles, startDirectory(options), options.cwd);
  const { files: paths, directory } = discover(options, first, session.warn);
  const environment = withEnvFiles(outside, options.envFiles, directory, options.cwd);
  const files = await parseFiles(paths, options, session);
  try {
    const documents = files.flatMap((file) => file.documents);
    const { project, variables } = build(files, documents, { directory, environment }, options, session);
    return { project, files: opened, workingDirectory: directory, warnings: [...warnings], variables };
  } catch (error) {
    throw session.origins.explain(withDocuments(error, files, session));
  }
}

async function parseFiles(
  paths: readonly string[],
  options: LoadOptions,
  session: LoadSession,
): Promise<readonly ComposeFile[]> {
  const files: ComposeFile[] = [];
  for (const path of paths) {
    if (path === '-') {
      const text = (await options.readStdin?.()) ?? '';
      session.opened(path);
      files.push({ path, documents: parseSource(new Source('<stdin>', text)) });
    } else files.push(parseComposeFile(path, session));
  }
  return files;
}

/** An error from before the documents were merged still finds its place in them. */
function withDocuments(error: unknown, files: readonly ComposeFile[], session: LoadSession): unknown {
  if (error instanceof AttributeError && session.origins.isEmpty) {
    for (const document of files.flatMap(({ documents }) => documents)) session.origins.add(document);
  }
  return error;
}

function build(
  files: readonly ComposeFile[],
  documents: readonly ComposeDocument[],
  found: { readonly directory: string; readonly environment: Environment },
  options: LoadOptions,
  session: LoadSession,
): { project: Project; variables: readonly ComposeVariable[] } {
  const { directory } = found;
  const lookup = (name: string): string | undefined => found.environment.get(name);
  const interpolation = session.interpolate ? { lookup, warn: session.warn } : undefined;
  const name = projectName(options.projectName, found.environment, documents, directory, interpolation);
  const environment = new Map([...found.environment, ['COMPOSE_PROJECT_NAME', name]]);
  const model = loadModel(files, { directory, environment, chain: [] }, session);
  const tree = finish({ services: newTree(), ...model, name }, name, environment, options);
  const variables = variablesOf(documents.map((document) => document.tree));
  return { project: asProject(tree), variables };
}

/** P3 */
function finish(tree: Tree, name: string, environment: Environment, options: LoadOptions): Tree {
  const decoded = decode(tree, options.interpolate === false);
  const normal = (options.normalize ?? true) ? normalise(decoded, name) : decoded;
  const active = options.profiles ?? profilesOf(environment);
  const named = options.services ?? [];
  const { project, disabled } = selectProfiles(normal, active, named);
  if (options.consistency ?? true) checkConsistency(project, disabled);
  const resolved = (options.resolveEnvironment ?? true) ? resolveFiles(project, environment) : project;
  const selected = selectServices(resolved, named);
  const used = without((options.allResources ?? false) ? selected : dropUnused(selected), 'include');
  return (options.embedFiles ?? false) ? embedFiles(used, (variable) => environment.get(variable)) : used;
}

/** L1 */
function profilesOf(environment: Environment): readonly string[] {
  const text = environment.get('COMPOSE_PROFILES') ?? '';
  return text.split(',').flatMap((profile) => (profile.trim() === '' ? [] : [profile.trim()]));
}

function resolveFiles(project: Tree, environment: Environment): Tree {
  const services = isTree(project['services']) ? project['services'] : newTree();
  return {
    ...newTree(project),
    services: mapValues(services, (service, name) =>
      isTree(service) ? resolveServiceFiles(name, service, environment) : service,
    ),
  };
}

function asProject(tree: Tree): Project {
  if (isProject(tree)) return tree;
  throw new Error('the loaded model has no services');
}

/** The schema has been checked, so a tree with a name and services has the shape of the model. */
function isProject(value: unknown): value is Project {
  return isTree(value) && typeof value['name'] === 'string' && isTree(value['services']);
}
