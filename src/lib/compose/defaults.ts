import { applyRules, compileRules } from './rules.js';
import { isTree, newTree, scalarText, type Tree, type Value } from './tree.js';

/** Values of what is not given (reference/compose/SPEC.md P2, A3, A40, A60, A70, A91). */
const rules = compileRules<(value: Tree) => Tree>({
  'services.*.build': (build) => ({ context: '.', ...newTree(build) }),
  'services.*.ports.[]': (port) => ({ mode: 'ingress', protocol: 'tcp', ...newTree(port) }),
  'services.*.secrets.[]': (secret) => ({
    target: `/run/secrets/${scalarText(secret['source'] ?? null)}`,
    ...newTree(secret),
  }),
  'services.*.depends_on.*': (dependency) => ({ required: true, ...newTree(dependency) }),
  'services.*.gpus.[]': requestAll,
  'services.*.deploy.resources.reservations.devices.[]': requestAll,
});

function requestAll(request: Tree): Tree {
  return 'count' in request || 'device_ids' in request ? request : { ...newTree(request), count: -1 };
}

export function setDefaults(tree: Tree): Tree {
  const result = applyRules(tree, rules, (fill, value): Value => (isTree(value) ? fill(value) : value));
  return isTree(result) ? result : tree;
}
