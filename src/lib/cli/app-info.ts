import type { Backend } from '../port/backend.js';
import { gate } from '../port/gate.js';
import type { Release } from '../port/releases.js';
import type { StackDetail } from '../port/stacks.js';
import type { CallContext } from '../port/verb.js';
import type { AppInfo } from '../ui/views/apps.js';
import { collect } from './collect.js';

/** An app with its process types, and its newest release where the platform keeps releases. */
export async function appInfoOf(backend: Backend, app: StackDetail, call: CallContext): Promise<AppInfo> {
  const list = gate(backend, 'services', 'list', { stack: app.id });
  const processes = await collect(list({}, { stack: app.id }, call));
  // The definition holds the environment, which nobody asked for here.
  const { definition: _definition, ...shown } = app;
  return { ...shown, url: app.url ?? null, processes, release: await newestRelease(backend, app, call) };
}

async function newestRelease(backend: Backend, app: StackDetail, call: CallContext): Promise<Release | null> {
  const list = backend.facets.releases?.list;
  if (list === undefined) return null;
  for await (const release of list({ stack: app.id }, { limit: 1 }, call)) return release;
  return null;
}
