import type { FileObject, Project } from '../compose/project.js';
import { digest } from './hash.js';

/**
 * A project without the contents that were put into its secrets and configs when it was read, to be shown or exported:
 * what it says of where they come from stays.
 */
export function withoutContents(project: Project): Project {
  return mapContents(project, () => ({}));
}

/** The same of one secret or config. */
export function withoutContent(object: FileObject): FileObject {
  return mapOne(object, () => ({}));
}

/** The same with a digest in the place of each content, so that another content is a difference. */
export function withContentDigests(project: Project): Project {
  return mapContents(project, (data) => ({ digest: digest(data) }));
}

type Replace = (data: unknown) => Readonly<Record<string, unknown>>;

function mapContents(project: Project, replace: Replace): Project {
  const { secrets, configs } = project;
  return {
    ...project,
    ...(secrets && { secrets: mapAll(secrets, replace) }),
    ...(configs && { configs: mapAll(configs, replace) }),
  };
}

function mapAll(objects: Readonly<Record<string, FileObject>>, replace: Replace): Readonly<Record<string, FileObject>> {
  return Object.fromEntries(Object.entries(objects).map(([name, object]) => [name, mapOne(object, replace)]));
}

function mapOne(object: FileObject, replace: Replace): FileObject {
  const { 'x-berth': extension, ...rest } = object;
  if (extension === undefined || !Object.hasOwn(extension, 'data')) return object;
  const { data, ...others } = extension;
  const left = { ...others, ...replace(data) };
  return Object.keys(left).length === 0 ? rest : { ...rest, 'x-berth': left };
}
