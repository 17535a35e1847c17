import type { StackScope } from '../../../plan/resources.js';

/**
 * Labels by which what berth made on a daemon is found again. Names that begin with `com.docker.compose` are those that
 * docker compose looks for (Engine labels as of docker compose 2).
 */
export const berthLabels = {
  namespace: 'berth.namespace',
  stack: 'berth.stack',
  service: 'berth.service',
  /** Counted from 1. */
  slot: 'berth.slot',
  /** Of the definition a container was made from, and of a network or volume. */
  hash: 'berth.hash',
  generation: 'berth.generation',
  release: 'berth.release',
  /** That of the lease under which it was made. */
  epoch: 'berth.epoch',
  /** The image as the definition names it. */
  image: 'berth.image',
  /** `true` on a container for a command of its own. */
  oneOff: 'berth.oneoff',
} as const;

export const composeLabels = {
  project: 'com.docker.compose.project',
  service: 'com.docker.compose.service',
  number: 'com.docker.compose.container-number',
  oneOff: 'com.docker.compose.oneoff',
  configHash: 'com.docker.compose.config-hash',
  image: 'com.docker.compose.image',
  version: 'com.docker.compose.version',
  dependsOn: 'com.docker.compose.depends_on',
  workingDir: 'com.docker.compose.project.working_dir',
  configFiles: 'com.docker.compose.project.config_files',
  network: 'com.docker.compose.network',
  volume: 'com.docker.compose.volume',
} as const;

/**
 * What everything of a stack is named after on the daemon, and docker compose's name for it. The namespace `default` has
 * plain names, so that docker compose sees the deployment; another stands before them.
 */
export function projectOf({ namespace, stack }: StackScope): string {
  return scopedName(namespace, stack);
}

/** A name of the definition (of a network, say) as it is on the daemon. */
export function scopedName(namespace: string, name: string): string {
  return namespace === 'default' ? name : `${namespace}_${name}`;
}

/** `0123456789ab_shop-web-1`: of a container that gives its name to another, as docker compose does. */
export function asideName(id: string, name: string): string {
  return `${id.slice(0, 12)}_${name}`;
}

/** `shop-web-1`. */
export function containerName(scope: StackScope, service: string, slot: number): string {
  return `${projectOf(scope)}-${service}-${slot}`;
}
