import * as v from 'valibot';
import type { ProcessIdentity } from '../processes.js';

/** The columns that name a process, in every table that does. */
export const processColumns = 'host, machine_id, boot_id, pid_namespace, pid, start_time';

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
  const { host, machineId, bootId, pidNamespace, pid, startTime } = process;
  return [host, machineId, bootId, pidNamespace, pid, startTime];
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
