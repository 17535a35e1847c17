import * as v from 'valibot';
import type { ProcessIdentity } from '../processes.js';

/** The columns that name a process, in every table that does. */
export const processColumns = 'host, machine_id, boot_id, pid_namespace, pid, start_time';

/** A condition on all that tells one process from another; its parameters are those of `processKey`. */
export const isProcess = 'machine_id = ? AND boot_id = ? AND pid_namespace = ? AND pid = ? AND start_time = ?';

export const processEntries = {
  host: v.string(),
  machine_id: v.string(),
  boot_id: v.string(),
  pid_namespace: v.string(),
  pid: v.number(),
  start_time: v.string(),
};

/** In the order of `processColumns`. */
export function processValues(process: ProcessIdentity): (string | number)[] {
  return [process.host, ...processKey(process)];
}

export function processKey({ machineId, bootId, pidNamespace, pid, startTime }: ProcessIdentity): (string | number)[] {
  return [machineId, bootId, pidNamespace, pid, startTime];
}

export function toProcess(row: v.InferOutput<v.ObjectSchema<typeof processEntries, undefined>>): ProcessIdentity {
  return {
    host: row.host,
    machineId: row.machine_id,
    bootId: row.boot_id,
    pidNamespace: row.pid_namespace,
    pid: row.pid,
    startTime: row.start_time,
  };
}
