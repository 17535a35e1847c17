import type { ApiCall } from '../../../../../../src/lib/control/engines/engine-api/api.js';
import { dockerLedger } from '../../../../../../src/lib/control/engines/docker/ledger.js';
import { volumeRegisters } from '../../../../../../src/lib/control/engines/docker/register-volumes.js';
import type { Ledger } from '../../../../../../src/lib/control/ledger.js';
import { FakeProcesses, processNamed } from '../../../fake-processes.js';
import type { FakeVolumes } from './fake-volumes.js';

export interface ClientOptions {
  /** On the host `here`. Default 1. */
  readonly pid?: number;
  readonly processes?: FakeProcesses;
  /** As of `FakeVolumes.api`. */
  readonly before?: (call: ApiCall) => Promise<void>;
}

/** A ledger in the volumes of a fake daemon, as one client has it. */
export function clientOf(volumes: FakeVolumes, { pid = 1, processes, before }: ClientOptions = {}): Ledger {
  const api = volumes.api(before);
  return dockerLedger(volumeRegisters(api), {
    clockMs: () => api.clockMs(),
    processes: processes ?? new FakeProcesses(processNamed(pid)),
  });
}
