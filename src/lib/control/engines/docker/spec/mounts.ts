import type { Mount, Service } from '../../../../compose/project.js';
import { atLeast, type ApiVersion } from '../../engine-api/version.js';
import { foldersForFiles } from './files.js';
import { flagIn, given, numberIn, said, textIn, textMapIn, treeIn, type Tree } from './reading.js';

/** What `HostConfig` says of mounts, besides `Tmpfs`. */
interface MountMembers {
  readonly Binds?: readonly string[];
  readonly Mounts?: readonly Tree[];
}

/**
 * Mounts of a container. A folder of the host is one of `Binds` where it is to be made if it is not there: up to API 1.41
 * `Mounts` refuses a source that is missing, and only `Binds` knows of SELinux labels.
 *
 * @param volumeName the daemon's name of a volume of the project.
 */
export function mountMembers(
  definition: Service,
  volumeName: (key: string) => string,
  version: ApiVersion,
): MountMembers {
  const binds: string[] = [];
  const mounts: Tree[] = [];
  for (const mount of definition.volumes ?? []) {
    if (mount.type === 'bind' && fitsBinds(mount)) binds.push(bindText(mount));
    else mounts.push(mountMember(mount, volumeName, version));
  }
  for (const folder of foldersForFiles(definition)) mounts.push({ Type: 'volume', Target: folder });
  return { ...(binds.length > 0 && { Binds: binds }), ...(mounts.length > 0 && { Mounts: mounts }) };
}

/** Colons would be taken for the end of the path. */
function fitsBinds({ source = '', target, bind }: Mount): boolean {
  const options = treeIn({ bind }, 'bind');
  const plain = flagIn(options, 'create_host_path') !== false && textIn(options, 'recursive') === undefined;
  return plain && !source.includes(':') && !target.includes(':');
}

function bindText({ source = '', target, read_only: readOnly, bind }: Mount): string {
  const options = treeIn({ bind }, 'bind');
  const words = [readOnly === true ? 'ro' : undefined, textIn(options, 'propagation'), textIn(options, 'selinux')];
  const mode = words.filter((word) => word !== undefined).join(',');
  return mode === '' ? `${source}:${target}` : `${source}:${target}:${mode}`;
}

function mountMember(mount: Mount, volumeName: (key: string) => string, version: ApiVersion): Tree {
  const { type, source, target, read_only: readOnly } = mount;
  return given({
    Type: type,
    Source: source === undefined ? undefined : type === 'volume' ? volumeName(source) : source,
    Target: target,
    ReadOnly: readOnly === true ? true : undefined,
    ...mountOptions(mount, version),
  });
}

function mountOptions(mount: Mount, version: ApiVersion): Tree {
  const options = treeIn(mount, mount.type);
  const some = (members: Tree): Tree | undefined => {
    const found = given(members);
    return Object.keys(found).length === 0 ? undefined : found;
  };
  switch (mount.type) {
    case 'volume':
      return {
        VolumeOptions: some({
          NoCopy: flagIn(options, 'nocopy'),
          Labels: textMapIn(options, 'labels'),
          Subpath: atLeast(version, [1, 45]) ? textIn(options, 'subpath') : undefined,
        }),
      };
    case 'tmpfs':
      return { TmpfsOptions: some({ SizeBytes: numberIn(options, 'size'), Mode: numberIn(options, 'mode') }) };
    case 'image':
      return { ImageOptions: some({ Subpath: textIn(options, 'subpath') }) };
    default:
      return { BindOptions: some(bindOptions(options, version)) };
  }
}

function bindOptions(options: Tree, version: ApiVersion): Tree {
  const recursive = textIn(options, 'recursive');
  const isCreated = flagIn(options, 'create_host_path') !== false;
  return {
    Propagation: textIn(options, 'propagation'),
    CreateMountpoint: isCreated && atLeast(version, [1, 42]) ? true : undefined,
    NonRecursive: recursive === 'disabled' ? true : undefined,
    ...(atLeast(version, [1, 44]) && {
      ReadOnlyNonRecursive: recursive === 'writable' ? true : undefined,
      ReadOnlyForceRecursive: recursive === 'readonly' ? true : undefined,
    }),
  };
}

/** One of `Mounts` as a mount of the definition. */
export function mountOf(member: Tree, volumeKey: (name: string) => string): Mount | undefined {
  const type = textIn(member, 'Type');
  const source = textIn(member, 'Source');
  if (type !== 'volume' && type !== 'bind' && type !== 'tmpfs' && type !== 'image') return undefined;
  return {
    type,
    ...(source !== undefined && (type === 'volume' ? volumeSource(source, volumeKey) : { source })),
    target: textIn(member, 'Target') ?? '',
    ...(flagIn(member, 'ReadOnly') === true && { read_only: true }),
    ...optionsOf(type, member),
  };
}

/** Docker names a volume that nobody has named by 64 hexadecimal digits. A container may have it from the one before. */
function volumeSource(name: string, volumeKey: (name: string) => string): { readonly source?: string } {
  return /^[0-9a-f]{64}$/.test(name) ? {} : { source: volumeKey(name) };
}

function optionsOf(type: 'volume' | 'bind' | 'tmpfs' | 'image', member: Tree): Tree {
  if (type === 'volume') {
    const options = treeIn(member, 'VolumeOptions');
    const nocopy = flagIn(options, 'NoCopy') === true ? true : undefined;
    return { volume: said({ nocopy, labels: textMapIn(options, 'Labels'), subpath: textIn(options, 'Subpath') }) };
  }
  if (type === 'bind') return { bind: bindOf(treeIn(member, 'BindOptions')) };
  const options = treeIn(member, type === 'tmpfs' ? 'TmpfsOptions' : 'ImageOptions');
  const found =
    type === 'tmpfs'
      ? given({ size: numberIn(options, 'SizeBytes') || undefined, mode: numberIn(options, 'Mode') || undefined })
      : given({ subpath: textIn(options, 'Subpath') });
  return Object.keys(found).length === 0 ? {} : { [type]: found };
}

function bindOf(options: Tree): Tree {
  const recursive = flagIn(options, 'NonRecursive')
    ? 'disabled'
    : flagIn(options, 'ReadOnlyNonRecursive')
      ? 'writable'
      : flagIn(options, 'ReadOnlyForceRecursive')
        ? 'readonly'
        : undefined;
  const isCreated = flagIn(options, 'CreateMountpoint') === true;
  return given({ create_host_path: isCreated, propagation: textIn(options, 'Propagation'), recursive });
}

const propagations = new Set(['rprivate', 'private', 'rshared', 'shared', 'rslave', 'slave']);

/** One of `Binds`, `SOURCE:TARGET:OPTIONS`: a folder of the host, or a volume, which docker-compose 1 says so too. */
export function mountOfBind(text: string, volumeKey: (name: string) => string): Mount {
  const [source = '', target = '', mode = ''] = text.split(':');
  const words = mode.split(',');
  const base = { target, ...(words.includes('ro') && { read_only: true }) };
  if (!source.startsWith('/')) {
    return {
      type: 'volume',
      ...volumeSource(source, volumeKey),
      ...base,
      volume: words.includes('nocopy') ? { nocopy: true } : {},
    };
  }
  const propagation = words.find((word) => propagations.has(word));
  const selinux = words.find((word) => word === 'z' || word === 'Z');
  return { type: 'bind', source, ...base, bind: given({ create_host_path: true, propagation, selinux }) };
}
