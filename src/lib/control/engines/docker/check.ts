import type { Project } from '../../../compose/project.js';
import { RefusedError } from '../../../port/errors.js';
import type { EngineApi } from '../engine-api/api.js';
import { isDaemonError } from '../engine-api/daemon-error.js';
import type { Unheeded } from '../engine.js';
import { refuseKeys } from './spec/refused.js';
import { unheededKeys } from './spec/unheeded.js';

/**
 * Refuses what a Docker engine cannot make of a project, and names what it would leave unheeded.
 *
 * @throws UnsupportedError or RefusedError with the attribute's path.
 */
export async function checkProject(
  api: EngineApi,
  project: Project,
  signal: AbortSignal,
): Promise<readonly Unheeded[]> {
  refuseKeys(project, api.version);
  refuseExternalFiles(project);
  await Promise.all([checkExternal(api, project, 'networks', signal), checkExternal(api, project, 'volumes', signal)]);
  return unheededKeys(project, api.version);
}

function refuseExternalFiles(project: Project): void {
  for (const kind of ['secrets', 'configs'] as const) {
    for (const [name, { external }] of Object.entries(project[kind] ?? {})) {
      if (external !== true) continue;
      throw new RefusedError(`${kind}.${name}.external: a Docker engine keeps no ${kind} of its own`, {
        hint: 'Nothing was changed. Give it a `file`, an `environment` variable, or its `content`; Swarm keeps them.',
      });
    }
  }
}

/** What a project takes for granted has to be there. */
async function checkExternal(
  api: EngineApi,
  project: Project,
  kind: 'networks' | 'volumes',
  signal: AbortSignal,
): Promise<void> {
  for (const [key, { external, name }] of Object.entries(project[kind] ?? {})) {
    if (external !== true) continue;
    try {
      await api.call({ method: 'GET', path: `/${kind}/${encodeURIComponent(name)}` }, signal);
    } catch (error) {
      if (!isDaemonError(error, 404)) throw error;
      const noun = kind.slice(0, -1);
      throw new RefusedError(`${kind}.${key}: there is no ${noun} ${name} on the engine, and it is external`, {
        hint: `Nothing was changed. Make it with \`docker ${noun} create ${name}\`, or take \`external\` out.`,
      });
    }
  }
}
