import type { FileObject } from '../../../compose/project.js';
import type { StackScope } from '../../../plan/resources.js';
import type { EngineApi } from '../engine-api/api.js';
import type { LiveStack } from '../engine.js';
import { readContent } from './content.js';
import { composeLabels, projectOf } from './labels.js';
import type { RegisterEntry, Registers } from './registers.js';
import type { ServiceRecords } from './service-records.js';
import { inspectedContainer } from './spec/inspect.js';
import { liveProject } from './spec/live-project.js';
import { readList } from './snapshot-wire.js';
import { membersOf } from './wire.js';

interface LiveParts {
  readonly api: EngineApi;
  readonly records: ServiceRecords;
  readonly registers: Registers;
}

/** Reads what runs under a name from its containers, whichever tool has made them. Null when there are none. */
export async function readLive(
  { api, records, registers }: LiveParts,
  info: unknown,
  scope: StackScope,
  signal: AbortSignal,
): Promise<LiveStack | null> {
  const get = async (path: string, query?: object): Promise<unknown> =>
    (await api.call({ method: 'GET', path, ...(query && { query: { ...query } }) }, signal)).body;
  const filters = { label: [`${composeLabels.project}=${projectOf(scope)}`] };
  const listed = readList(await get('/containers/json', { all: true, filters }));
  const containers = await Promise.all(listed.map(({ id }) => get(`/containers/${id}/json`)));
  const ids = new Set(containers.flatMap((container) => inspectedContainer(container)?.Image ?? []));
  const images = await Promise.all(
    [...ids].map(async (id) => [id, await get(`/images/${encodeURIComponent(id)}/json`)] as const),
  );
  const [networks, volumes, known, secrets, configs] = await Promise.all([
    get('/networks'),
    get('/volumes'),
    records.list(scope, signal),
    registers.list({ kind: 'secret', ...scope }, signal),
    registers.list({ kind: 'config', ...scope }, signal),
  ]);
  return liveProject({
    ...{ scope, containers, info },
    images: Object.fromEntries(images),
    networks: membersOf(networks),
    volumes: membersOf(volumes, 'Volumes'),
    knownFiles: { secrets: definitionsOf(secrets), configs: definitionsOf(configs) },
    known: Object.fromEntries(known.map(({ record: { service } }) => [service.name, service.definition])),
  });
}

function definitionsOf(entries: readonly RegisterEntry[]): Readonly<Record<string, FileObject>> {
  return Object.fromEntries(entries.map(({ key, value }) => [key.name, readContent(value).definition]));
}
