import type { NodeState } from '../state.js';

interface Constraint {
  readonly key: string;
  readonly equal: boolean;
  readonly value: string;
}

/** Reads `node.labels.disk==ssd` or `node.role!=manager`; undefined when it is no constraint the sandbox knows. */
export function parseConstraint(text: string): Constraint | undefined {
  const match = /^\s*([\w.-]+?)\s*(==|!=)\s*(.*?)\s*$/.exec(text);
  const [, key = '', operator, value = ''] = match ?? [];
  const known = /^node\.(?:id|hostname|role|platform\.os|platform\.arch)$|^(?:node|engine)\.labels\../.test(key);
  return known && value !== '' ? { key, equal: operator === '==', value } : undefined;
}

/** True when the node has what every constraint wants. One that cannot be read is met by no node. */
export function meetsConstraints(node: NodeState, constraints: readonly string[]): boolean {
  return constraints.every((text) => {
    const constraint = parseConstraint(text);
    if (constraint === undefined) return false;
    // Swarm compares without regard to case.
    const same = attributeOf(node, constraint.key).toLowerCase() === constraint.value.toLowerCase();
    return same === constraint.equal;
  });
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
