import { type ProcessIdentity, type Processes, sameProcess } from '../../../src/lib/control/processes.js';

export function processNamed(pid: number, host = 'here'): ProcessIdentity {
  return { host, machineId: `id of ${host}`, bootId: 'boot', pidNamespace: 'pids', pid, startTime: String(pid) };
}

/** Processes of one host that tests let die. */
export class FakeProcesses implements Processes {
  readonly #dead: ProcessIdentity[] = [];

  constructor(readonly self: ProcessIdentity) {}

  kill(process: ProcessIdentity): void {
    this.#dead.push(process);
  }

  fate(process: ProcessIdentity): 'alive' | 'dead' | 'unknown' {
    if (process.host !== this.self.host) return 'unknown';
    return this.#dead.some((dead) => sameProcess(dead, process)) ? 'dead' : 'alive';
  }
}
