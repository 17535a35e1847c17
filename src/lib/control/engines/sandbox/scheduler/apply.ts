import type { ResourceRef } from '../../../../plan/resources.js';
import type { SandboxConfig } from '../config.js';
import type { NodeFault } from '../faults.js';
import type { InputBody, WantedService } from '../input.js';
import { newNode, type NodeState, type SandboxState, type ServiceState } from '../state.js';
import { resourcesOf } from '../../../../plan/desired.js';
import { admit } from './admit.js';
import { takeCommand } from './command.js';
import { reconcile } from './reconcile.js';
import { beginRollout, isUnderWay, resumeRollout } from './rollout.js';
import { holdTask, loseTask, resumeTask, stopTask } from './stop.js';
import { emit, emitNode, isOfVersion, isSame, liveTasks, realMs, serviceOf, type World } from './world.js';

type Stored = SandboxState['resources'][number];

/** Takes in one input, now: changes what it asks for, or keeps why it must not. */
export function takeInput(world: World, sequence: number, body: InputBody): void {
  if (!admit(world.state, sequence, body)) return;
  configure(world, body.config);
  switch (body.verb) {
    case 'remove':
      removeResource(world, body.resource);
      return;
    case 'command':
      takeCommand(world, body.task, body.command);
      return;
    case 'apply': {
      const { resource } = body;
      if (resource.kind === 'service') applyService(world, resource, body.config);
      else applyStored(world, resource);
    }
  }
}

type Version = Pick<ServiceState, 'definition' | 'hash' | 'generation' | 'release' | 'faults'>;

/** Docker's words differ by kind. */
const removedVerb = { network: 'destroy', volume: 'destroy', secret: 'remove', config: 'remove', service: 'remove' };

function applyStored(world: World, resource: Stored): void {
  const { state } = world;
  const index = state.resources.findIndex((other) => other.kind === resource.kind && isSame(other, resource));
  const known = state.resources[index];
  if (known === undefined) {
    state.resources.push(resource);
    emit(world, resource, resource.kind, 'create');
  } else if (JSON.stringify(known.definition) !== JSON.stringify(resource.definition)) {
    state.resources[index] = resource;
    emit(world, resource, resource.kind, 'update');
  }
}

function applyService(world: World, wanted: WantedService, config: SandboxConfig): void {
  const { namespace, stack, name, replicas, definition, hash, generation, release, completes, stopped } = wanted;
  const version = { definition, hash, generation, release, faults: [...(config.faults?.services ?? [])] };
  let service = serviceOf(world, wanted);
  if (service === undefined) {
    service = {
      ...{ namespace, stack, name, replicas, completes, stopped, slots: [] },
      ...version,
      previous: null,
      rollout: null,
      chosenPorts: {},
    };
    world.state.services.push(service);
    emit(world, service, 'service', 'create', `${replicas} replicas`);
  } else {
    change(world, service, wanted, version);
  }
  reconcile(world, service);
}

function change(world: World, service: ServiceState, wanted: WantedService, version: Version): void {
  const { replicas, hash, generation, completes, stopped } = wanted;
  const reasons = [];
  if (replicas !== service.replicas) reasons.push(`replicas ${service.replicas} -> ${replicas}`);
  const turns = stopped !== service.stopped;
  const resumes = service.rollout?.status === 'paused' && !stopped;
  const renews = hash !== service.hash || generation !== service.generation;
  if (turns) reasons.push(stopped ? 'stopped' : 'started');
  if (renews) reasons.push(hash === service.hash ? 'redeploy' : 'new definition');
  else if (resumes) reasons.push('resume');
  if (renews && (service.previous === null || service.rollout?.status === 'completed' || isRolledBack(service))) {
    const { definition, release, faults } = service;
    service.previous = { definition, hash: service.hash, generation: service.generation, release, faults };
  }
  const release = renews ? version.release : service.release;
  Object.assign(service, version, { replicas, completes, stopped, release });
  if (stopped || turns) turn(world, service);
  else if (renews) beginRollout(world, service, 'updating');
  else if (resumes) resumeRollout(world, service);
  if (!stopped) restartEnded(world, service);
  if (reasons.length > 0) emit(world, service, 'service', 'update', reasons.join(', '));
}

/** Stops or starts a service. None of its replicas is to be spared, so outdated ones are replaced all at once. */
function turn(world: World, service: ServiceState): void {
  Object.assign(service, { rollout: null, previous: null });
  for (const task of liveTasks(world, service).filter(({ desired }) => desired)) {
    if (!isOfVersion(task, service)) stopTask(world, task, 'replaced');
    else if (service.stopped) holdTask(world, task);
  }
}

/** While it rolls back, and when it has, the service is the version it went back to. */
function isRolledBack({ rollout }: ServiceState): boolean {
  return rollout?.status === 'rolling_back' || rollout?.status === 'rolled_back';
}

/**
 * Asking for what is there starts containers that were stopped, and gives those that had failed for good another try, as
 * starting the service would.
 */
function restartEnded(world: World, service: ServiceState): void {
  const replacing = service.rollout !== null && isUnderWay(service.rollout);
  for (const task of liveTasks(world, service).filter(({ desired }) => desired)) {
    if (task.held && isOfVersion(task, service)) resumeTask(world, task);
    else if (!replacing && task.phase === 'exited' && task.exitCode !== 0) stopTask(world, task, 'replaced');
  }
}

function removeResource(world: World, ref: ResourceRef): void {
  const { state } = world;
  if (ref.kind === 'service') {
    const service = serviceOf(world, ref);
    if (service === undefined) return;
    state.services = state.services.filter((other) => other !== service);
    for (const task of liveTasks(world, service).sort((a, b) => b.slot - a.slot)) stopTask(world, task, 'removed');
  } else {
    const known = state.resources.find((other) => other.kind === ref.kind && isSame(other, ref));
    // Refused before it got here; somebody may have begun to use it since.
    if (known === undefined || userOf(state, known) !== undefined) return;
    state.resources = state.resources.filter((other) => other !== known);
  }
  emit(world, ref, ref.kind, removedVerb[ref.kind]);
}

/** What uses a network, volume, secret or config: a service of its stack, or a container that has not ended. */
export function userOf(state: SandboxState, resource: Stored): string | undefined {
  const { kind, name, namespace, stack, definition } = resource;
  const names = new Set([`${kind} ${name}`]);
  // Whoever names it by the engine's name means the file's `front` by `shop_front`.
  if (name.startsWith(`${stack}_`)) names.add(`${kind} ${name.slice(stack.length + 1)}`);
  names.add(`${kind} ${definition.name}`);
  const inScope = (other: { namespace: string; stack: string }): boolean =>
    other.namespace === namespace && other.stack === stack;
  const service = state.services.find(
    (other) => inScope(other) && resourcesOf(other.definition).some((used) => names.has(used)),
  );
  if (service !== undefined) return `service ${service.name}`;
  const task = state.tasks.find(
    (other) => other.phase !== 'terminated' && inScope(other) && other.spec.uses.some((used) => names.has(used)),
  );
  return task === undefined ? undefined : `container ${task.name}-${task.slot}`;
}

/** Makes the sandbox be as the environment of a command says, where it says anything. */
export function configure(world: World, { seed, speed, nodes, faults }: SandboxConfig): void {
  const { state } = world;
  state.seed = seed ?? state.seed;
  state.speed = speed ?? state.speed;
  if (nodes !== null) setNodes(world, nodes);
  if (faults !== null) setNodeFaults(world, faults.nodes);
}

function setNodes(world: World, wanted: NonNullable<SandboxConfig['nodes']>): void {
  const { state } = world;
  const before = state.nodes;
  const textBefore = JSON.stringify(before);
  state.nodes = wanted.map(({ name, labels }, index) => {
    const known = before.find((node) => node.name === name);
    const role = index === 0 ? 'manager' : 'worker';
    if (known !== undefined) return Object.assign(known, { labels: { ...labels }, role });
    return newNode(name, labels, ++state.nodeBirths, index === 0);
  });
  // Before anything has happened the nodes are those asked for, numbered from 1.
  if (state.lastInput === 0 && state.births === 0) {
    for (const [index, node] of state.nodes.entries()) node.number = index + 1;
    state.nodeBirths = state.nodes.length;
  }
  const names = new Set(state.nodes.map(({ name }) => name));
  const gone = before.filter(({ name }) => !names.has(name));
  for (const node of gone) loseNode(world, node);
  if (textBefore !== JSON.stringify(state.nodes)) reconcileAll(world);
}

function setNodeFaults(world: World, faults: readonly NodeFault[]): void {
  const { state } = world;
  if (JSON.stringify(faults) === JSON.stringify(state.nodeFaults)) return;
  state.nodeFaults = [...faults];
  for (const node of state.nodes) {
    const fault = faults.find((other) => other.node === node.name);
    node.downMs = fault === undefined ? null : state.nowMs + realMs(state, fault.afterMs);
    const until = fault?.forMs ?? null;
    node.upMs = node.downMs === null || until === null ? null : node.downMs + realMs(state, until);
    if (fault === undefined && node.state === 'down') node.upMs = state.nowMs;
  }
}

/** What falls due on a node: it goes down, or it comes back. */
export function onNodeDue(world: World, node: NodeState): void {
  if (node.downMs !== null) {
    node.downMs = null;
    if (node.state === 'down') return;
    node.state = 'down';
    emitNode(world, node, 'down');
    loseNode(world, node);
  } else {
    node.upMs = null;
    node.state = 'ready';
    emitNode(world, node, 'ready');
  }
  reconcileAll(world);
}

function loseNode(world: World, { name }: NodeState): void {
  for (const task of world.state.tasks) {
    if (task.node === name && task.phase !== 'terminated' && task.phase !== 'exited') loseTask(world, task);
  }
}

function reconcileAll(world: World): void {
  for (const service of world.state.services) reconcile(world, service);
}
