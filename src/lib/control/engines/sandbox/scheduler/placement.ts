import { isGlobal } from '../../../../plan/desired.js';
import type { NodeState, TaskState } from '../state.js';
import { attributeOf, meetsConstraints } from './constraint.js';
import { beginPull } from './lifecycle.js';
import { choosePorts, keepPorts } from './ports.js';
import { emitTask, isSame, occupies, serviceOf, type World } from './world.js';

/** Gives every container that has no node one, where there is one; the others get a message that says why not. */
export function placeAll(world: World): void {
  for (const task of world.state.tasks) {
    if (task.phase === 'placing') place(world, task);
  }
}

function place(world: World, task: TaskState): void {
  const service = serviceOf(world, task);
  const fitting = candidates(world, task, service !== undefined && isGlobal(service.definition));
  let blocked = typeof fitting === 'string' ? fitting : null;
  for (const node of typeof fitting === 'string' ? [] : fitting) {
    const choice = choosePorts(world, task, node.name);
    if ('ports' in choice) {
      task.node = node.name;
      task.ports = choice.ports;
      keepPorts(service, task);
      beginPull(world, task, node);
      return;
    }
    blocked ??= choice.blocked;
  }
  if (task.message === blocked) return;
  task.message = blocked;
  emitTask(world, task, 'unplaceable', blocked);
}

/** The nodes that may take the container, the best first; or why there is none. */
function candidates({ state }: World, task: TaskState, everyNode: boolean): NodeState[] | string {
  // One that was stopped stays where it was.
  if (task.node !== null) return state.nodes.filter(({ name }) => name === task.node);
  const { constraints, maxPerNode } = task.spec;
  const matching = state.nodes.filter((node) => meetsConstraints(node, constraints));
  if (matching.length === 0) return `no node matches ${constraints.join(' and ')}`;
  const ready = matching.filter(({ state: is }) => is === 'ready');
  if (ready.length === 0) {
    return constraints.length === 0 ? 'no node is ready' : `no node that matches ${constraints.join(' and ')} is ready`;
  }
  if (everyNode) return ready.filter(({ number }) => number === task.slot);
  const load = loadOf(state.tasks, task);
  const open = maxPerNode > 0 ? ready.filter(({ name }) => load(name).own < maxPerNode) : ready;
  if (open.length === 0) return `max_replicas_per_node: ${maxPerNode} is reached on every node that matches`;
  const ranked = open.map((node) => ({
    node,
    rank: [...spreadRank(task, open, node, load), load(node.name).own, load(node.name).all, node.number],
  }));
  return ranked.sort((a, b) => compareRanks(a.rank, b.rank)).map(({ node }) => node);
}

type Load = (node: string) => { readonly own: number; readonly all: number };

function loadOf(tasks: readonly TaskState[], task: TaskState): Load {
  const counts = new Map<string, { own: number; all: number }>();
  for (const other of tasks) {
    if (other.node === null || !(occupies(other) || isAwaited(other))) continue;
    const count = counts.get(other.node) ?? { own: 0, all: 0 };
    count.all++;
    // One on its way out makes room for the one that replaces it.
    if (isSame(other, task) && other.desired) count.own++;
    counts.set(other.node, count);
  }
  return (node) => counts.get(node) ?? { own: 0, all: 0 };
}

/** It was stopped, and its place on the node is kept for when it is started again. */
function isAwaited({ held, phase }: TaskState): boolean {
  return held || phase === 'placing';
}

/** For each spread preference: how many of the service run on nodes that are like this one. */
function spreadRank(task: TaskState, nodes: readonly NodeState[], node: NodeState, load: Load): number[] {
  return task.spec.spread.map((key) => {
    const value = attributeOf(node, key);
    return nodes
      .filter((other) => attributeOf(other, key) === value)
      .reduce((sum, other) => sum + load(other.name).own, 0);
  });
}

function compareRanks(a: readonly number[], b: readonly number[]): number {
  for (const [index, value] of a.entries()) {
    const difference = value - (b[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
