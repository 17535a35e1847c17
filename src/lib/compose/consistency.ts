import { AttributeError } from './errors.js';
import { checkLimits } from './limits.js';
import { nearest } from '../text/nearest.js';
import { isTree, listOf, textOf, treeOf, type Path, type Tree, type Value } from './tree.js';

/**
 * References and contradictions between attributes (reference/compose/SPEC.md A42, A52, A63, A70-A75, A92, A93, V5).
 * `disabled` are services left out by profiles (L4). Throws `AttributeError`.
 */
export function checkConsistency(project: Tree, disabled: ReadonlySet<string>): void {
  const services = treeOf(project['services']);
  const containers = new Map<string, string>();
  for (const name in services) {
    const service = treeOf(services[name]);
    checkService(name, service, project, disabled);
    checkLimits(name, service);
    const container = textOf(service['container_name']);
    if (container === undefined) continue;
    const other = containers.get(container);
    if (other !== undefined) {
      const what = `container name "${container}" is already in use by service "${other}"`;
      throw new AttributeError(`services.${name}: ${what}`, ['services', name, 'container_name']);
    }
    containers.set(container, name);
  }
  checkCycles(services);
}

function checkService(name: string, service: Tree, project: Tree, disabled: ReadonlySet<string>): void {
  const path = ['services', name];
  const { build, image, provider } = service;
  if (build === undefined && provider === undefined && (image === undefined || image === '')) {
    const hint = 'give the service an image, a build or a provider';
    throw new AttributeError(`service "${name}" has neither an image nor a build context specified`, path, { hint });
  }
  if (isTree(build)) checkBuild(name, service, build, project);
  const networks = treeOf(service['networks']);
  if ('network_mode' in service && Object.keys(networks).length > 0) {
    throw new AttributeError(`service ${name} declares mutually exclusive \`network_mode\` and \`networks\``, [
      ...path,
      'network_mode',
    ]);
  }
  checkDependencies(name, service, treeOf(project['services']), disabled);
  checkReferences(name, service, project);
  checkMounts(name, service);
  for (const watch of listOf(treeOf(service['develop'])['watch'])) {
    const { action, target } = treeOf(watch);
    if (action !== 'rebuild' && action !== 'restart' && (target === undefined || target === '')) {
      throw new AttributeError(`services.${name}.develop.watch: target is required for non-rebuild actions`, [
        ...path,
        'develop',
        'watch',
      ]);
    }
  }
}

function checkBuild(name: string, service: Tree, build: Tree, project: Tree): void {
  const path = ['services', name, 'build'];
  if ('dockerfile_inline' in build && 'dockerfile' in build) {
    throw new AttributeError(`service "${name}" declares mutually exclusive dockerfile and dockerfile_inline`, path);
  }
  for (const [context, target] of Object.entries(treeOf(build['additional_contexts']))) {
    const other = textOf(target)?.match(/^service:(.*)$/)?.[1];
    if (other === undefined) continue;
    const place = [...path, 'additional_contexts', context];
    const found = treeOf(project['services'])[other];
    if (found === undefined) {
      throw new AttributeError(
        `service "${name}" declares unknown service "${other}" as additional contexts ${context}`,
        place,
      );
    }
    if (!('build' in treeOf(found))) {
      throw new AttributeError(
        `service "${name}" declares non-buildable service "${other}" as additional contexts ${context}`,
        place,
      );
    }
  }
  const platforms = listOf(build['platforms']);
  const platform = textOf(service['platform']);
  if (platforms.length > 0 && platform !== undefined && !platforms.includes(platform)) {
    throw new AttributeError(`services.${name}: build.platforms must include the platform "${platform}"`, [
      ...path,
      'platforms',
    ]);
  }
  for (const secret of listOf(build['secrets'])) {
    requireDefined('build secret', name, sourceOf(secret), project['secrets'], [...path, 'secrets']);
  }
}

function checkDependencies(name: string, service: Tree, services: Tree, disabled: ReadonlySet<string>): void {
  for (const [dependency, how] of Object.entries(treeOf(service['depends_on']))) {
    if (dependency in services) continue;
    if (disabled.has(dependency) && treeOf(how)['required'] === false) continue;
    const near = nearest(dependency, Object.keys(services));
    const hint = disabled.has(dependency)
      ? `"${dependency}" belongs to a profile that is not active`
      : near === undefined
        ? undefined
        : `did you mean "${near}"?`;
    const path = ['services', name, 'depends_on', dependency];
    throw new AttributeError(`service "${name}" depends on undefined service "${dependency}"`, path, {
      hint,
      text: dependency,
    });
  }
}

function checkReferences(name: string, service: Tree, project: Tree): void {
  const path = ['services', name];
  for (const kind of ['network', 'model']) {
    for (const used in treeOf(service[`${kind}s`])) {
      requireDefined(kind, name, used, project[`${kind}s`], [...path, `${kind}s`, used]);
    }
  }
  for (const [index, mount] of listOf(service['volumes']).entries()) {
    const { type, source } = treeOf(mount);
    if (type !== 'volume' || typeof source !== 'string' || source === '') continue;
    requireDefined('volume', name, source, project['volumes'], [...path, 'volumes', index]);
  }
  for (const kind of ['config', 'secret']) {
    for (const [index, used] of listOf(service[`${kind}s`]).entries()) {
      requireDefined(kind, name, sourceOf(used), project[`${kind}s`], [...path, `${kind}s`, index]);
    }
  }
}

function sourceOf(reference: Value): string {
  return textOf(treeOf(reference)['source']) ?? '';
}

function requireDefined(kind: string, service: string, name: string, section: Value | undefined, path: Path): void {
  const defined = treeOf(section);
  if (name in defined) return;
  const near = nearest(name, Object.keys(defined));
  const hint = near === undefined ? `define it at the top level of the file` : `did you mean "${near}"?`;
  throw new AttributeError(`service "${service}" refers to undefined ${kind} ${name}`, path, { hint, text: name });
}

/** A16 */
function checkMounts(name: string, service: Tree): void {
  const mounted = new Map<string, string>();
  const check = (target: string, list: string, index: number): void => {
    const place = `services.${name}.${list}[${index}]`;
    const other = mounted.get(target);
    if (other !== undefined) {
      throw new AttributeError(`${place}: target ${target} already mounted as ${other}`, [
        'services',
        name,
        list,
        index,
      ]);
    }
    mounted.set(target, place);
  };
  for (const [index, item] of listOf(service['tmpfs']).entries()) {
    check((textOf(item) ?? '').split(':')[0] ?? '', 'tmpfs', index);
  }
  for (const [index, item] of listOf(service['volumes']).entries()) {
    check(textOf(treeOf(item)['target']) ?? '', 'volumes', index);
  }
}

/** A42: depth first, with a stack of our own, since chains may be thousands long. */
function checkCycles(services: Tree): void {
  const done = new Set<string>();
  for (const start in services) {
    const trail: { name: string; next: string[] }[] = [];
    const onTrail = new Set<string>();
    const enter = (name: string): void => {
      trail.push({ name, next: Object.keys(treeOf(treeOf(services[name])['depends_on'])) });
      onTrail.add(name);
    };
    if (!done.has(start)) enter(start);
    for (let top = trail.at(-1); top !== undefined; top = trail.at(-1)) {
      const next = top.next.shift();
      if (next === undefined) {
        done.add(top.name);
        onTrail.delete(top.name);
        trail.pop();
      } else if (onTrail.has(next)) {
        const names = trail.map(({ name }) => name);
        const cycle = [...names.slice(names.indexOf(next)), next];
        throw new AttributeError(
          `dependency cycle detected: ${cycle.join(' -> ')}`,
          ['services', top.name, 'depends_on', next],
          { text: next },
        );
      } else if (!done.has(next) && next in services) enter(next);
    }
  }
}
