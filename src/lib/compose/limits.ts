import { AttributeError } from './errors.js';
import { scalarText, textOf, treeOf, type Tree, type Value } from './tree.js';

/** What two attributes say of one thing must agree (reference/compose/SPEC.md A92, A93). Throws `AttributeError`. */
export function checkLimits(name: string, service: Tree): void {
  const path = ['services', name];
  const deploy = service['deploy'];
  const { scale } = service;
  const replicas = treeOf(deploy)['replicas'];
  for (const [key, count] of [
    ['scale', scale],
    ['deploy.replicas', replicas],
  ] as const) {
    if (typeof count === 'number' && count < 0) {
      throw new AttributeError(`services.${name}.${key}: must be greater than or equal to 0`, [
        ...path,
        ...key.split('.'),
      ]);
    }
  }
  if (scale !== undefined && replicas !== undefined && scale !== replicas)
    throw distinct(name, 'scale', 'deploy.replicas');
  if (deploy !== undefined) checkResources(name, service, treeOf(treeOf(deploy)['resources']));
  const count = scale ?? replicas;
  if (typeof count === 'number' && count > 1 && (textOf(service['container_name']) ?? '') !== '') {
    const attribute = scale === undefined ? 'deploy.replicas' : 'scale';
    throw new AttributeError(
      `services.${attribute}: can't set container_name and ${name} as container name must be unique`,
      [...path, 'container_name'],
    );
  }
}

function checkResources(name: string, service: Tree, resources: Tree): void {
  const { limits, reservations } = resources;
  const compare = (own: string, section: Value | undefined, place: string, key: string): void => {
    if (section === undefined || !isSet(service[own])) return;
    const given = treeOf(section)[key] ?? 0;
    if (Number(scalarText(given)) !== Number(scalarText(service[own] ?? 0))) {
      throw distinct(name, own, `deploy.resources.${place}.${key}`);
    }
  };
  compare('cpus', limits, 'limits', 'cpus');
  compare('mem_limit', limits, 'limits', 'memory');
  compare('mem_reservation', reservations, 'reservations', 'memory');
  compare('pids_limit', limits, 'limits', 'pids');
}

function isSet(value: Value | undefined): boolean {
  return value !== undefined && value !== null && Number(scalarText(value)) !== 0;
}

function distinct(name: string, one: string, other: string): AttributeError {
  return new AttributeError(`services.${name}: can't set distinct values on '${one}' and '${other}'`, [
    'services',
    name,
    ...one.split('.'),
  ]);
}
