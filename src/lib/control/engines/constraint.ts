/** A placement constraint: `node.labels.disk==ssd`. */
export interface Constraint {
  readonly key: string;
  readonly equal: boolean;
  readonly value: string;
}

/** Reads `node.labels.disk==ssd` or `node.role!=manager`; undefined when it is no constraint that berth knows. */
export function parseConstraint(text: string): Constraint | undefined {
  const match = /^\s*([\w.-]+?)\s*(==|!=)\s*(.*?)\s*$/.exec(text);
  const [, key = '', operator, value = ''] = match ?? [];
  const known = /^node\.(?:id|hostname|role|platform\.os|platform\.arch)$|^(?:node|engine)\.labels\../.test(key);
  return known && value !== '' ? { key, equal: operator === '==', value } : undefined;
}

/**
 * The first constraint that a node does not meet; null when it meets every one. One that cannot be read is met by no node.
 *
 * @param attributeOf what `node.labels.zone` and the like are on the node; empty where it has no such label.
 */
export function firstUnmet(
  attributeOf: (key: string) => string,
  constraints: readonly string[],
): { readonly text: string; readonly found: string } | null {
  for (const text of constraints) {
    const constraint = parseConstraint(text);
    if (constraint === undefined) return { text, found: '' };
    const found = attributeOf(constraint.key);
    // Swarm compares without regard to case.
    const same = found.toLowerCase() === constraint.value.toLowerCase();
    if (same !== constraint.equal) return { text, found };
  }
  return null;
}
