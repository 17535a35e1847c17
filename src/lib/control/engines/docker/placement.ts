import type { Service } from '../../../compose/project.js';
import type { EngineNode } from '../engine.js';
import { unmetConstraint } from './spec/constraints.js';
import type { EngineInfo } from './wire.js';

/** The one machine there is, and which services it takes. */
export interface Placement {
  readonly node: EngineNode;
  /** Why it does not take the service; null where it does. */
  unmet(definition: Service): string | null;
}

/** The labels of a daemon count as labels of its node. */
export function placementOn(info: EngineInfo): Placement {
  const { id, name, labels, os, architecture } = info;
  const node: EngineNode = { id, name, role: 'manager', state: 'ready', labels };
  const facts = { id, hostname: name, role: node.role, os, architecture, labels };
  return { node, unmet: (definition) => unmetConstraint(definition, facts) };
}
