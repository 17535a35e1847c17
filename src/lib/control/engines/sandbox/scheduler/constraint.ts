import { firstUnmet } from '../../constraint.js';
import type { NodeState } from '../state.js';

/** True when the node has what every constraint wants. One that cannot be read is met by no node. */
export function meetsConstraints(node: NodeState, constraints: readonly string[]): boolean {
  return firstUnmet((key) => attributeOf(node, key), constraints) === null;
}

/** What `node.labels.zone` and the like are on a node; empty where it has no such label. */
export function attributeOf(node: NodeState, key: string): string {
  if (key.startsWith('node.labels.')) return node.labels[key.slice('node.labels.'.length)] ?? '';
  switch (key) {
    case 'node.id':
    case 'node.hostname':
      return node.name;
    case 'node.role':
      return node.role;
    case 'node.platform.os':
      return 'linux';
    case 'node.platform.arch':
      return 'x86_64';
    default:
      return '';
  }
}
