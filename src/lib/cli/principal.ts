import os from 'node:os';
import type { Principal } from '../port/principal.js';
import { type Environment, variable } from './environment.js';

/**
 * Who runs berth on this machine. `DOCKERCLOUD_NAMESPACE` scopes a shell to an organisation's resources on the engine
 * backend as it did on Docker Cloud; without it the namespace is `default`.
 */
export function principalOf(env: Environment): Principal {
  const user = variable(env, 'USER') ?? variable(env, 'LOGNAME') ?? accountName();
  return { user, namespace: variable(env, 'DOCKERCLOUD_NAMESPACE') ?? 'default', admin: true };
}

/** The name of the process's account; a container may run under a number that has none. */
function accountName(): string {
  try {
    return os.userInfo().username;
  } catch {
    return 'unknown';
  }
}
