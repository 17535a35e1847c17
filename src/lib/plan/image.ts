import type { Service } from '../compose/project.js';

/** The image that replicas are made from: the one named, else the one that is built for the service. */
export function imageOf(stack: string, name: string, definition: Service): string {
  return definition.image ?? `${stack}-${name}`;
}
