import type { Container } from '../../port/containers.js';
import type { Release } from '../../port/releases.js';
import type { Service } from '../../port/services.js';
import type { Stack } from '../../port/stacks.js';
import { detail, list } from '../result.js';
import { section } from '../view.js';

export const appList = list<Stack>({
  columns: [
    { header: 'name', value: (app) => app.name, shrink: 'name' },
    { header: 'id', value: (app) => ({ id: app.id }) },
    { header: 'status', value: (app) => ({ state: app.state }), shrink: 'state' },
    { header: 'processes', value: (app) => app.services, shrink: true },
    { header: 'owner', value: (app) => app.owner ?? null, wide: true },
    { header: 'created', value: (app) => ({ age: app.createdAt }), wide: true },
    { header: 'deployed', value: (app) => ({ age: app.deployedAt }) },
  ],
  id: (app) => app.id,
  name: (app) => app.name,
  empty: 'No apps. Create one with `berth apps create`, or deploy one with `berth up`.',
});

/** An app with its process types. */
export interface AppInfo extends Stack {
  /** Where it is reached; null where the platform gives it no address. */
  readonly url: string | null;
  readonly processes: readonly Service[];
  /** The newest; null where there is none, or the platform keeps none. */
  readonly release: Release | null;
}

export const appInfo = detail<AppInfo>({
  fields: [
    { header: 'name', value: (app) => app.name },
    { header: 'id', value: (app) => ({ id: app.id }) },
    { header: 'status', value: (app) => ({ state: app.state }) },
    { header: 'url', value: (app) => app.url },
    { header: 'owner', value: (app) => app.owner ?? null },
    { header: 'release', value: (app) => releaseText(app.release) },
    { header: 'engine', value: (app) => app.engine },
    { header: 'created', value: (app) => ({ age: app.createdAt }) },
    { header: 'deployed', value: (app) => ({ age: app.deployedAt }) },
  ],
  id: (app) => app.id,
  name: (app) => app.name,
  sections: [
    section({
      title: 'Processes',
      rows: (app: AppInfo) => app.processes,
      columns: [
        { header: 'type', value: (process) => process.name, shrink: 'name' },
        {
          header: 'replicas',
          value: (process) => `${process.replicas.running}/${process.replicas.desired}`,
          align: 'right',
        },
        { header: 'status', value: (process) => ({ state: process.state }), shrink: 'state' },
        { header: 'image', value: (process) => process.image, shrink: true },
      ],
    }),
  ],
});

function releaseText(release: Release | null): string | null {
  return release === null ? null : `v${release.version} (${release.summary})`;
}

/** The replicas of an app, by process type. */
export const processList = list<Container>({
  columns: [
    { header: 'type', value: (container) => container.service, shrink: true },
    { header: 'name', value: (container) => container.name, shrink: 'name' },
    { header: 'id', value: (container) => ({ id: container.id }), wide: true },
    { header: 'status', value: (container) => ({ state: container.state }), shrink: 'state' },
    {
      header: 'release',
      value: ({ release }) => (release === null || release === undefined ? null : `v${release}`),
    },
    { header: 'restarts', value: (container) => container.restarts, wide: true, align: 'right' },
    { header: 'node', value: (container) => container.node, shrink: true },
    { header: 'started', value: (container) => ({ age: container.startedAt }) },
    { header: 'message', value: (container) => container.message, wide: true, shrink: true },
  ],
  id: (container) => container.id,
  name: (container) => container.name,
  empty: 'No processes.',
});
