import { isTree, listOf, mapValues, newTree, textOf, treeOf, type MutableTree, type Tree, type Value } from './tree.js';

/** Names, the default network, implied dependencies (reference/compose/SPEC.md O1, A41, A50, A70, A76, A92, A108). */
export function normalise(tree: Tree, projectName: string): Tree {
  const services = mapValues(treeOf(tree['services']), (service) =>
    isTree(service) ? normaliseService(service) : service,
  );
  const result = newTree({ ...tree, services });
  const networks = treeOf(tree['networks']);
  const usesDefault = Object.values(services).some((service) => 'default' in treeOf(treeOf(service)['networks']));
  if (usesDefault && !('default' in networks)) result['networks'] = { ...networks, default: null };
  for (const section of ['networks', 'volumes', 'secrets', 'configs']) {
    if (isTree(result[section]))
      result[section] = mapValues(result[section], (value, key) => named(treeOf(value), key, projectName));
  }
  return result;
}

function named(resource: Tree, key: string, projectName: string): Tree {
  const name = resource['external'] === true ? key : `${projectName}_${key}`;
  return { ...newTree({ name }), ...resource };
}

function normaliseService(service: Tree): Tree {
  const result = newTree(service);
  if (result['pull_policy'] === 'if_not_present') result['pull_policy'] = 'missing';
  const { build } = result;
  if (isTree(build)) {
    const file: Tree = 'dockerfile' in build || 'dockerfile_inline' in build ? {} : { dockerfile: 'Dockerfile' };
    result['build'] = { context: '.', ...newTree(build), ...file };
  }
  const dependencies = { ...impliedDependencies(service), ...treeOf(service['depends_on']) };
  if (Object.keys(dependencies).length > 0) result['depends_on'] = dependencies;
  const { scale, deploy } = result;
  if (scale !== undefined && isTree(deploy)) result['deploy'] = { ...newTree({ replicas: scale }), ...deploy };
  joinDefaultNetwork(result);
  inheritImage(result);
  return result;
}

function joinDefaultNetwork(service: MutableTree): void {
  if ('provider' in service || 'network_mode' in service) return;
  if (Object.keys(treeOf(service['networks'])).length === 0) service['networks'] = { default: null };
}

function inheritImage(service: MutableTree): void {
  const hooks = listOf(service['pre_start']);
  const { image } = service;
  if (hooks.length === 0 || image === undefined) return;
  service['pre_start'] = hooks.map((hook): Value => (isTree(hook) && !('image' in hook) ? { ...hook, image } : hook));
}

/** A41 */
function impliedDependencies(service: Tree): Tree {
  const implied = newTree();
  const add = (name: string, restart: boolean): void => {
    implied[name] ??= { condition: 'service_started', required: true, ...(restart ? { restart } : {}) };
  };
  for (const link of listOf(service['links'])) add((textOf(link) ?? '').split(':')[0] ?? '', true);
  for (const key of ['network_mode', 'ipc', 'pid', 'uts', 'cgroup']) {
    const mode = textOf(service[key]) ?? '';
    if (mode.startsWith('service:')) add(mode.slice('service:'.length), true);
  }
  for (const from of listOf(service['volumes_from'])) {
    const name = textOf(from) ?? '';
    if (!name.startsWith('container:')) add(name.split(':')[0] ?? '', false);
  }
  return implied;
}
