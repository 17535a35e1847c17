import type { ContainerCommand, StackScope } from '../../../plan/resources.js';
import { NotFoundError, RefusedError } from '../../../port/errors.js';
import type { CallContext } from '../../../port/verb.js';
import { restartsAgain } from '../../actions/restart-policy.js';
import { isDaemonError } from '../engine-api/daemon-error.js';
import type { EngineApi } from '../engine-api/api.js';
import type { Fence, TaskRef } from '../engine.js';
import { carryOutMove, type MoveParts, remove, stop } from './moves.js';
import { refuseOld } from './reconciler.js';
import type { ServiceRecord } from './record.js';
import type { Replica } from './replica.js';
import type { ServiceRecords } from './service-records.js';

export interface CommandParts extends MoveParts {
  readonly records: ServiceRecords;
  /** The container, looked at anew; null when it is gone. */
  readonly find: (task: TaskRef, signal: AbortSignal) => Promise<Replica | null>;
}

/**
 * Does something to one container.
 *
 * @throws NotFoundError when it is gone; RefusedError when it is in no state for it; ConflictError.
 */
export async function doCommand(
  parts: CommandParts,
  task: TaskRef,
  command: ContainerCommand,
  fence: Fence,
  { signal }: CallContext,
): Promise<void> {
  const replica = await parts.find(task, signal);
  if (replica === null) throw new NotFoundError(`container ${task.id} is gone`);
  refuseState(replica, command, `${task.service}-${replica.slot}`);
  const { api } = parts;
  const at = `/containers/${task.id}`;
  switch (command.do) {
    case 'start':
      await hold(parts, task, fence, false, signal);
      if (replica.state !== 'paused') await api.call({ method: 'POST', path: `${at}/start` }, signal);
      return;
    case 'restart':
      await hold(parts, task, fence, false, signal);
      await api.call({ method: 'POST', path: `${at}/restart` }, signal);
      return;
    case 'stop':
      await hold(parts, task, fence, true, signal);
      return stop(api, task.id, signal);
    case 'pause':
    case 'unpause':
      if ((replica.state === 'paused') === (command.do === 'unpause')) {
        await api.call({ method: 'POST', path: `${at}/${command.do}` }, signal);
      }
      return;
    case 'kill':
      return kill(parts, task, command.signal, replica, signal);
    case 'replace':
      return replace(parts, task, replica, fence, signal);
    case 'remove':
      return takeAway(parts, task, replica, fence, signal);
  }
}

function refuseState({ state }: Replica, command: ContainerCommand, name: string): void {
  if (command.do === 'pause' || command.do === 'unpause') {
    if (state === 'running' || state === 'paused') return;
    throw new RefusedError(`${name} is not ${command.do === 'pause' ? 'running' : 'paused'}: ${state}`);
  }
  if (command.do !== 'kill' || state === 'running' || state === 'restarting') return;
  if (state === 'paused' && command.signal === 'SIGKILL') return;
  throw new RefusedError(`${name} is not running: ${state}`);
}

/** Remembers that it was stopped by hand, or that it is not any more. */
async function hold(
  parts: CommandParts,
  task: TaskRef,
  fence: Fence,
  held: boolean,
  signal: AbortSignal,
): Promise<void> {
  await change(parts, task, fence, signal, (record) => {
    const others = record.held.filter((id) => id !== task.id);
    return { ...record, held: held ? [...others, task.id] : others };
  });
}

async function change(
  { records }: CommandParts,
  task: TaskRef,
  fence: Fence,
  signal: AbortSignal,
  next: (record: ServiceRecord) => ServiceRecord,
): Promise<ServiceRecord> {
  const scope: StackScope = { namespace: task.namespace, stack: task.stack };
  const record = await records.update(
    scope,
    task.service,
    (known) => {
      if (known === null) return null;
      refuseOld(known.epoch, fence, scope);
      return { ...next(known), epoch: fence.epoch };
    },
    signal,
  );
  if (record === null)
    throw new NotFoundError(`container ${task.id} is gone: there is no service ${task.service} any more`);
  return record;
}

/** Docker takes a kill for a wish that the container stay down; where its service says otherwise it is started again. */
async function kill(
  parts: CommandParts,
  task: TaskRef,
  name: string,
  before: Replica,
  signal: AbortSignal,
): Promise<void> {
  const { api, records, find } = parts;
  const exited = api.call({ method: 'POST', path: `/containers/${task.id}/kill`, query: { signal: name } }, signal);
  try {
    await exited;
  } catch (error) {
    if (isDaemonError(error, 409))
      throw new RefusedError(`container ${task.id} is not running`, { detail: error.message });
    throw error;
  }
  if (name === 'SIGKILL') await hasEnded(api, task.id, signal);
  const after = await find(task, signal);
  if (after === null || after.state === 'running' || after.state === 'restarting') return;
  const { record } = await records.read({ namespace: task.namespace, stack: task.stack }, task.service, signal);
  if (record === null || !restartsAgain(record.service.definition, after.exitCode ?? 137, before.restarts)) return;
  await api.call({ method: 'POST', path: `/containers/${task.id}/start` }, signal);
}

async function hasEnded(api: EngineApi, id: string, signal: AbortSignal): Promise<void> {
  await api.call({ method: 'POST', path: `/containers/${id}/wait` }, signal);
}

/** A new one in the same place. Done again after an interruption it finds the old one gone. */
async function replace(
  parts: CommandParts,
  task: TaskRef,
  { slot }: Replica,
  fence: Fence,
  signal: AbortSignal,
): Promise<void> {
  const { service } = await change(parts, task, fence, signal, (record) => ({
    ...record,
    held: record.held.filter((id) => id !== task.id),
  }));
  const { namespace, stack } = task;
  const making = { scope: { namespace, stack }, service, epoch: fence.epoch };
  await carryOutMove(parts, making, { do: 'create', slot, beside: task.id, startFirst: false }, signal);
  await remove(parts.api, task.id, signal);
}

/** Its place goes with it: it is not filled again. */
async function takeAway(
  parts: CommandParts,
  task: TaskRef,
  replica: Replica,
  fence: Fence,
  signal: AbortSignal,
): Promise<void> {
  await change(parts, task, fence, signal, (record) => ({
    ...record,
    held: record.held.filter((id) => id !== task.id),
    service: { ...record.service, replicas: Math.max(0, record.service.replicas - 1) },
  }));
  await remove(parts.api, replica.id, signal);
}
