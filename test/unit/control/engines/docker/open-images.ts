import { dockerImages } from '../../../../../src/lib/control/engines/docker/images.js';
import type { ImagesFacet } from '../../../../../src/lib/port/images.js';
import type { FakeRoute } from '../engine-api/fake-daemon.js';
import { type FakeEngineApi, openFakeApi } from './open-fake.js';

/** An image with two names, as a daemon tells of it in a list. */
export const web = {
  Id: `sha256:58cc21${'0'.repeat(58)}`,
  RepoTags: ['web:1.4', 'registry.example:5000/web:1.4'],
  RepoDigests: [`registry.example:5000/web@sha256:${'a'.repeat(64)}`],
  Size: 1_982_263,
};
export const dangling = { Id: `sha256:58ff${'0'.repeat(60)}`, RepoTags: ['<none>:<none>'], RepoDigests: null, Size: 5 };
const list = [
  { ...dangling, Created: 0 },
  { ...web, Created: 1_795_287_907 },
];
/** The same image in detail. */
export const detail = {
  ...web,
  Created: '2026-11-21T19:09:14.85053601Z',
  Architecture: 'amd64',
  Os: 'linux',
  Config: { Cmd: ['serve'], Entrypoint: null, Env: ['A=1=2', 'B='], ExposedPorts: { '80/tcp': {} }, Labels: null },
};
export const missing: FakeRoute = ({ parameters }) => ({
  status: 404,
  json: { message: `no such image: ${parameters['name'] ?? ''}: No such image: ${parameters['name'] ?? ''}` },
});
/** Knows the image by one of its names. */
export const inspect: FakeRoute = (request) =>
  request.parameters['name'] === 'web:1.4' ? { json: detail } : missing(request);
export const known = { 'GET /images/json': () => ({ json: list }), 'GET /images/:name/json': inspect };

export interface OpenedImages extends FakeEngineApi {
  readonly images: Required<Pick<ImagesFacet, 'list' | 'get' | 'pull' | 'push' | 'tag' | 'remove'>>;
}

/** The facet over a daemon that answers what the routes say. */
export async function openImages(
  routes: Readonly<Record<string, FakeRoute>>,
  apiVersion?: string,
): Promise<OpenedImages> {
  const fake = await openFakeApi(routes, apiVersion);
  const { list, get, pull, push, tag, remove } = dockerImages(fake.api, { env: {}, home: fake.home, nodeName: 'vm' });
  if (!list || !get || !pull || !push || !tag || !remove) throw new Error('a verb is missing');
  return { ...fake, images: { list, get, pull, push, tag, remove } };
}
