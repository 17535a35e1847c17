import type { Project } from './project.js';
import { isTree } from './tree.js';

/**
 * A project without what reading it again adds by itself: names that follow from the project's, the default network, null
 * commands. So it can be given another name, and be merged with other files.
 */
export function portable(project: Project): Plain {
  const { name } = project;
  const entries = Object.entries(project).flatMap(([kind, all]): (readonly [string, unknown])[] => {
    if (!namedKinds.has(kind) || !isTree(all)) return [[kind, all]];
    const left = Object.entries(all).flatMap(([key, definition]) => {
      const own = isTree(definition) ? withoutName(definition, `${name}_${key}`) : definition;
      return kind === 'networks' && key === 'default' && isPlain(own) ? [] : [[key, own] as const];
    });
    return left.length === 0 ? [] : [[kind, Object.fromEntries(left)]];
  });
  return { ...Object.fromEntries(entries), services: mapTrees(project.services, withoutDefaults) };
}

/** What is named after the project unless it says otherwise. */
const namedKinds: ReadonlySet<string> = new Set(['networks', 'volumes', 'secrets', 'configs']);

type Plain = Readonly<Record<string, unknown>>;

function withoutDefaults(service: Plain): Plain {
  const { command, entrypoint, networks, ...rest } = service;
  return {
    ...rest,
    ...(command !== null && command !== undefined && { command }),
    ...(entrypoint !== null && entrypoint !== undefined && { entrypoint }),
    ...(networks !== undefined && !isDefaultOnly(networks) && { networks }),
  };
}

/** On the default network and on no other, as a service is that says nothing. */
function isDefaultOnly(networks: unknown): boolean {
  return isTree(networks) && Object.keys(networks).join() === 'default' && networks['default'] === null;
}

function withoutName(definition: Plain, implied: string): Plain {
  if (definition['external'] === true || definition['name'] !== implied) return definition;
  const { name: _name, ...rest } = definition;
  return rest;
}

/** True for a network that says nothing about itself. */
function isPlain(definition: unknown): boolean {
  if (!isTree(definition)) return definition === null;
  const { ipam, ...rest } = definition;
  return Object.keys(rest).length === 0 && (ipam === undefined || (isTree(ipam) && Object.keys(ipam).length === 0));
}

function mapTrees(all: Plain, map: (tree: Plain) => Plain): Plain {
  return Object.fromEntries(Object.entries(all).map(([key, value]) => [key, isTree(value) ? map(value) : value]));
}
