import * as v from 'valibot';
import type { EngineApi } from '../engine-api/api.js';
import { isDaemonError } from '../engine-api/daemon-error.js';
import type { ContainerPlan } from './spec/create-body.js';
import { isTree, textIn, treeIn, treesIn } from './spec/reading.js';

const mounted = v.object({
  Mounts: v.optional(
    v.nullable(
      v.array(
        v.object({ Type: v.optional(v.string()), Name: v.optional(v.string()), Destination: v.optional(v.string()) }),
      ),
    ),
  ),
});

/** Docker names volumes that nobody has named by 64 hexadecimal digits. */
const anonymous = /^[0-9a-f]{64}$/;

/**
 * The plan with the volumes without a name that the container before has, in the same places: what an image keeps in
 * one is not lost when its container is replaced.
 */
export async function withVolumesOf(
  api: EngineApi,
  container: string,
  plan: ContainerPlan,
  signal: AbortSignal,
): Promise<ContainerPlan> {
  const host = treeIn(plan.body, 'HostConfig');
  const mounts = treesIn(host, 'Mounts');
  const binds = Array.isArray(host['Binds']) ? host['Binds'].map((bind) => String(bind).split(':')[1]) : [];
  const tmpfs = isTree(host['Tmpfs']) ? Object.keys(host['Tmpfs']) : [];
  const taken = new Set([...mounts.map((mount) => textIn(mount, 'Target')), ...binds, ...tmpfs]);
  const kept = (await mountsOf(api, container, signal)).flatMap(({ Type, Name = '', Destination = '' }) =>
    Type === 'volume' && anonymous.test(Name) && !taken.has(Destination)
      ? [{ Type: 'volume', Source: Name, Target: Destination }]
      : [],
  );
  if (kept.length === 0) return plan;
  return { ...plan, body: { ...plan.body, HostConfig: { ...host, Mounts: [...mounts, ...kept] } } };
}

async function mountsOf(
  api: EngineApi,
  container: string,
  signal: AbortSignal,
): Promise<NonNullable<v.InferOutput<typeof mounted>['Mounts']>> {
  try {
    const { body } = await api.call({ method: 'GET', path: `/containers/${container}/json` }, signal);
    return v.parse(mounted, body).Mounts ?? [];
  } catch (error) {
    if (isDaemonError(error, 404)) return [];
    throw error;
  }
}
