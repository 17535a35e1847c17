import * as v from 'valibot';
import type { EngineApi } from '../engine-api/api.js';
import { readMembers } from './wire.js';

const endpoint = v.object({ NetworkID: v.string(), Aliases: v.optional(v.nullable(v.array(v.string()))) });
const connected = v.object({ Id: v.string(), NetworkSettings: v.object({ Networks: v.record(v.string(), endpoint) }) });

/**
 * Makes a network anew from another definition, since Docker cannot change one: its containers keep running, lose it for
 * a moment, and have it again under the names they had. Fixed addresses are given up.
 */
export async function rebuildNetwork(
  api: EngineApi,
  { id, name, body }: { readonly id: string; readonly name: string; readonly body: Readonly<Record<string, unknown>> },
  signal: AbortSignal,
): Promise<void> {
  const { body: network } = await api.call({ method: 'GET', path: `/networks/${id}` }, signal);
  const members = readMembers(network);
  const endpoints = await Promise.all(members.map((container) => endpointOf(api, container, id, signal)));
  for (const container of members) {
    await api.call(
      { method: 'POST', path: `/networks/${id}/disconnect`, body: { Container: container, Force: true } },
      signal,
    );
  }
  await api.call({ method: 'DELETE', path: `/networks/${id}` }, signal);
  await api.call({ method: 'POST', path: '/networks/create', body }, signal);
  for (const [index, container] of members.entries()) {
    const path = `/networks/${encodeURIComponent(name)}/connect`;
    const config = { Aliases: endpoints[index] ?? [] };
    await api.call({ method: 'POST', path, body: { Container: container, EndpointConfig: config } }, signal);
  }
}

/** Names under which a container is known on the network; the daemon adds its short id by itself. */
async function endpointOf(
  api: EngineApi,
  container: string,
  network: string,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { body } = await api.call({ method: 'GET', path: `/containers/${container}/json` }, signal);
  const { Id, NetworkSettings } = v.parse(connected, body);
  const found = Object.values(NetworkSettings.Networks).find(({ NetworkID }) => NetworkID === network);
  return (found?.Aliases ?? []).filter((alias) => alias !== Id.slice(0, 12));
}
