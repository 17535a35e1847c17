import { UsageError } from '../../../port/errors.js';

export interface ImageReference {
  /** As it was written, with the registry if it named one: `busybox`, `registry.example:5000/team/web`. */
  readonly name: string;
  /** `latest` where neither tag nor digest was given; null beside a digest alone. */
  readonly tag: string | null;
  /** `sha256:...` */
  readonly digest: string | null;
}

// The grammar of distribution/reference: host, path components, tag, digest.
const label = '(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)';
const hostPattern = new RegExp(`^(?:${label}(?:\\.${label})*|\\[[0-9a-fA-F:]+\\])(?::[0-9]+)?$`);
const componentPattern = /^[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*$/;
const tagPattern = /^\w[\w.-]{0,127}$/;
const digestPattern = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const nameLimit = 255;

/** The host that stands for Docker Hub, which names without a host mean. */
export const hubHost = 'docker.io';

/**
 * Reads the name of an image.
 *
 * @throws UsageError for text that is none.
 */
export function imageReference(text: string): ImageReference {
  const at = text.indexOf('@');
  const named = at === -1 ? text : text.slice(0, at);
  const digest = at === -1 ? null : text.slice(at + 1);
  // A colon before the last slash belongs to the port of a registry.
  const colon = named.indexOf(':', named.lastIndexOf('/') + 1);
  const name = colon === -1 ? named : named.slice(0, colon);
  const given = colon === -1 ? null : named.slice(colon + 1);
  checkName(name, text);
  if (given !== null && !tagPattern.test(given)) throw noImage(text, `${JSON.stringify(given)} is no tag`);
  if (digest !== null && !digestPattern.test(digest)) throw noImage(text, `${JSON.stringify(digest)} is no digest`);
  return { name, tag: given ?? (digest === null ? 'latest' : null), digest };
}

/**
 * The registry that an image comes from: `docker.io` for a name without one.
 *
 * @throws UsageError for text that names no image.
 */
export function registryOf(image: string): string {
  const [host] = splitHost(imageReference(image).name);
  return host ?? hubHost;
}

function checkName(name: string, text: string): void {
  const [host, path] = splitHost(name);
  if (name === '') throw noImage(text, 'it has no name');
  if (name.length > nameLimit) throw noImage(text, `its name is longer than ${nameLimit} characters`);
  if (host !== null && !hostPattern.test(host)) throw noImage(text, `${JSON.stringify(host)} is no registry`);
  for (const component of path.split('/')) {
    if (componentPattern.test(component)) continue;
    if (component !== component.toLowerCase()) throw noImage(text, 'a name is written in lower case');
    throw noImage(text, component === '' ? 'a part of its name is empty' : `${JSON.stringify(component)} is no name`);
  }
  if (host === null && /^[0-9a-f]{64}$/.test(path)) throw noImage(text, 'that is the id of an image');
}

/** The first part is a host if it could be nothing else. */
function splitHost(name: string): readonly [host: string | null, path: string] {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(slash, 0));
  const isHost = /[.:]/.test(first) || first === 'localhost' || first !== first.toLowerCase();
  return isHost ? [first, name.slice(slash + 1)] : [null, name];
}

function noImage(text: string, why: string): UsageError {
  return new UsageError(`${JSON.stringify(text)} names no image: ${why}`, {
    hint: 'Like web:1.2, or registry.example:5000/team/web:1.2.',
  });
}
