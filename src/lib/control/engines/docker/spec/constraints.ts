import type { Service } from '../../../../compose/project.js';
import { member } from '../../../../plan/member.js';
import { firstUnmet } from '../../constraint.js';

/** The machine of a daemon, as constraints speak of it. */
export interface NodeFacts {
  readonly id: string;
  readonly hostname: string;
  readonly role: 'manager' | 'worker';
  readonly os: string;
  /** As the daemon says it: `x86_64`, `aarch64`. */
  readonly architecture: string;
  /** Those of the daemon: on one machine labels of the node and of the engine are the same. */
  readonly labels: Readonly<Record<string, string>>;
}

/** The first constraint of a service that the node does not meet, in words; null when it meets every one. */
export function unmetConstraint(definition: Service, node: NodeFacts): string | null {
  const constraints = definition.deploy?.placement?.constraints ?? [];
  const unmet = firstUnmet((key) => attributeOf(node, key), constraints.map(withDaemonWords));
  if (unmet === null) return null;
  const { text, found } = unmet;
  return `${node.hostname} does not meet ${text}${found === '' ? '' : ` (it is ${found})`}`;
}

const architectures: ReadonlyMap<string, string> = new Map([
  ['amd64', 'x86_64'],
  ['arm64', 'aarch64'],
  ['386', 'i386'],
]);

/** Go's names of architectures and the daemon's are taken for the same. */
function withDaemonWords(text: string): string {
  const [, start = '', word = ''] = /^(\s*node\.platform\.arch\s*[=!]=\s*)(.*?)\s*$/.exec(text) ?? [];
  return start === '' ? text : start + (architectures.get(word.toLowerCase()) ?? word);
}

function attributeOf(node: NodeFacts, key: string): string {
  const label = /^(?:node|engine)\.labels\.(.*)$/.exec(key)?.[1];
  if (label !== undefined) return member(node.labels, label) ?? '';
  switch (key) {
    case 'node.id':
      return node.id;
    case 'node.hostname':
      return node.hostname;
    case 'node.role':
      return node.role;
    case 'node.platform.os':
      return node.os;
    case 'node.platform.arch':
      return architectures.get(node.architecture.toLowerCase()) ?? node.architecture;
    default:
      return '';
  }
}
