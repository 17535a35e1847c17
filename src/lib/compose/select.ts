import { ComposeError } from './errors.js';
import { nearest } from '../text/nearest.js';
import { isTree, listOf, newTree, textOf, treeOf, type Tree, type Value } from './tree.js';

/** Services that are on and services that profiles leave out (reference/compose/SPEC.md L1-L5). */
export interface ProfileSelection {
  readonly project: Tree;
  readonly disabled: ReadonlySet<string>;
}

/** `named` are on whatever their profile is (L3). */
export function selectProfiles(tree: Tree, active: readonly string[], named: readonly string[]): ProfileSelection {
  const services = newTree();
  const disabled = new Set<string>();
  for (const [name, service] of Object.entries(treeOf(tree['services']))) {
    const profiles = listOf(treeOf(service)['profiles']);
    const on =
      profiles.length === 0 ||
      active.includes('*') ||
      profiles.some((profile) => active.includes(textOf(profile) ?? ''));
    if (on || named.includes(name)) services[name] = service;
    else disabled.add(name);
  }
  return { project: { ...newTree(tree), services }, disabled };
}

/** The services `named` and what they depend on (O3); all of them if none is named. Throws `ComposeError`. */
export function selectServices(project: Tree, named: readonly string[]): Tree {
  if (named.length === 0) return project;
  const all = treeOf(project['services']);
  for (const name of named) if (!(name in all)) throw unknownService(name, Object.keys(all));
  const kept = new Set<string>();
  const waiting = [...named];
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (kept.has(name)) continue;
    kept.add(name);
    waiting.push(...Object.keys(treeOf(treeOf(all[name])['depends_on'])));
  }
  const services = Object.entries(all).filter(([name]) => kept.has(name));
  return { ...newTree(project), services: newTree(Object.fromEntries(services)) };
}

function unknownService(name: string, known: readonly string[]): ComposeError {
  const near = nearest(name, known);
  const hint = near === undefined ? `there are: ${known.join(', ')}` : `did you mean "${near}"?`;
  return new ComposeError(`no such service: ${name}`, { hint });
}

/** `project` without the networks, volumes, secrets, configs and models that no service uses (O2). */
export function dropUnused(project: Tree): Tree {
  const services = Object.values(treeOf(project['services'])).map(treeOf);
  const sources = (list: Value | undefined): string[] =>
    listOf(list).map((item) => textOf(treeOf(item)['source']) ?? '');
  const used: Readonly<Record<string, (service: Tree) => readonly string[]>> = {
    networks: (service) => Object.keys(treeOf(service['networks'])),
    models: (service) => Object.keys(treeOf(service['models'])),
    volumes: (service) => sources(listOf(service['volumes']).filter((mount) => treeOf(mount)['type'] === 'volume')),
    secrets: (service) => [...sources(service['secrets']), ...sources(treeOf(service['build'])['secrets'])],
    configs: (service) => [...sources(service['configs']), textOf(treeOf(service['credential_spec'])['config']) ?? ''],
  };
  const result = newTree(project);
  for (const [section, usedBy] of Object.entries(used)) {
    const defined = result[section];
    if (!isTree(defined)) continue;
    const names = new Set(services.flatMap(usedBy));
    result[section] = {
      ...newTree(),
      ...Object.fromEntries(Object.entries(defined).filter(([name]) => names.has(name))),
    };
  }
  return result;
}
