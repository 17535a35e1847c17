import { posix } from 'node:path';
import type { FileReference, Service } from '../../../../compose/project.js';
import { RefusedError } from '../../../../port/errors.js';
import { textIn } from './reading.js';
import { tarArchive, type TarEntry } from './tar.js';

/** Contents of secrets and configs, by `secret <key>` and `config <key>`. */
export type FileContents = Readonly<Record<string, Buffer>>;

/** Files that are copied into a container before it starts: PUT /containers/{id}/archive?path=`path`. */
export interface FileArchive {
  readonly path: string;
  /** A tar archive. */
  readonly data: Buffer;
}

/** A secret or config as a service uses it, with what is not said filled in. */
export interface PlacedFile {
  /** `secret <key>` or `config <key>`. */
  readonly key: string;
  /** Of the definition: `secrets[0]`. */
  readonly where: string;
  readonly target: string;
  readonly uid: string;
  readonly gid: string;
  readonly mode: string;
}

const defaultMode = '0444';

/** Where the secrets and configs of a service go, secrets first. */
export function placedFiles({ secrets = [], configs = [] }: Service): readonly PlacedFile[] {
  return [
    ...secrets.map((secret, index) => placed('secret', secret, index, '/run/secrets')),
    ...configs.map((config, index) => placed('config', config, index, '/')),
  ];
}

function placed(kind: 'secret' | 'config', reference: FileReference, index: number, folder: string): PlacedFile {
  const { source, target = source, uid = '0', gid = '0', mode = defaultMode } = reference;
  return {
    key: `${kind} ${source}`,
    where: `${kind}s[${index}]`,
    target: posix.resolve(folder, target),
    uid,
    gid,
    mode,
  };
}

/**
 * Folders that files can be copied into only when a volume without a name stands there: all of a container whose root is
 * read-only, since the daemon writes nothing to it, and those below a tmpfs, which would hide what was copied before it
 * was mounted.
 */
export function foldersForFiles(definition: Service): readonly string[] {
  const folders = placedFiles(definition).map(({ target }) => posix.dirname(target));
  const tmpfs = tmpfsTargets(definition);
  const needed = folders.filter(
    (folder) => definition.read_only === true || tmpfs.some((target) => isInside(folder, target)),
  );
  return [...new Set(needed)].filter((folder) => folder !== '/').sort();
}

function tmpfsTargets({ tmpfs, volumes = [] }: Service): readonly string[] {
  const short = Array.isArray(tmpfs) ? tmpfs.map((text) => String(text).split(':')[0] ?? '') : [];
  return [...short, ...volumes.filter(({ type }) => type === 'tmpfs').map(({ target }) => target)];
}

/** True for the folder itself, too. */
export function isInside(path: string, folder: string): boolean {
  const clean = folder.replace(/\/+$/, '');
  return path === clean || path.startsWith(`${clean}/`);
}

/**
 * What is copied into a container made from the definition: one archive for the root, and one for each folder that has a
 * volume of its own for it. Folders that are not there are made by the daemon, root's and open to all.
 *
 * @throws RefusedError for a secret or config without content, and for an owner or mode that is no number.
 */
export function fileArchives(service: string, definition: Service, contents: FileContents): readonly FileArchive[] {
  const folders = new Set(foldersForFiles(definition));
  const entries = new Map<string, TarEntry[]>();
  for (const file of placedFiles(definition)) {
    const folder = posix.dirname(file.target);
    const path = folders.has(folder) ? folder : '/';
    const list = entries.get(path) ?? [];
    entries.set(path, list);
    list.push({ ...entryOf(service, file, contents), path: posix.relative(path, file.target) });
  }
  return [...entries].map(([path, files]) => ({ path, data: tarArchive(files) }));
}

function entryOf(service: string, file: PlacedFile, contents: FileContents): TarEntry {
  const where = `services.${service}.${file.where}`;
  const data = Object.hasOwn(contents, file.key) ? contents[file.key] : undefined;
  if (data === undefined) throw new RefusedError(`${where}: nothing is known of the content of ${file.key}`);
  const number = (what: 'uid' | 'gid' | 'mode', radix: number): number => {
    const digits = radix === 8 ? /^[0-7]{1,5}$/ : /^\d{1,10}$/;
    if (!digits.test(file[what])) throw new RefusedError(`${where}.${what}: "${file[what]}" is no number`);
    return Number.parseInt(file[what], radix);
  };
  return { path: file.target, data, uid: number('uid', 10), gid: number('gid', 10), mode: number('mode', 8) & 0o7777 };
}

/** Options of a `tmpfs` entry `PATH:OPTIONS`, by path (Engine API 1.41: `HostConfig.Tmpfs`). */
export function tmpfsMember({ tmpfs }: Service): Readonly<Record<string, string>> | undefined {
  if (!Array.isArray(tmpfs) || tmpfs.length === 0) return undefined;
  return Object.fromEntries(
    tmpfs.map((item) => {
      const [, path = '', options = ''] = /^([^:]*):?(.*)$/s.exec(String(item)) ?? [];
      return [path, options];
    }),
  );
}

/** The way back. */
export function tmpfsOf(host: Readonly<Record<string, unknown>>): readonly string[] | undefined {
  const { Tmpfs: tmpfs } = host;
  if (typeof tmpfs !== 'object' || tmpfs === null) return undefined;
  const mounts = Object.fromEntries(Object.entries(tmpfs));
  const lines = Object.keys(mounts)
    .sort()
    .map((path) => [path, textIn(mounts, path)].filter(Boolean).join(':'));
  return lines.length === 0 ? undefined : lines;
}
