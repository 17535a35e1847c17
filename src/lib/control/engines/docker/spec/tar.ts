/** A file of an archive. */
export interface TarEntry {
  /** Absolute, or below where the archive is unpacked. */
  readonly path: string;
  readonly data: Buffer;
  /** Permissions, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const blockSize = 512;
/** What seven octal digits hold. */
const maxId = 0o7777777;

/**
 * An archive in POSIX's ustar format; where a path or id does not fit it, a header of the pax format stands before the
 * entry (POSIX.1-2001, pax). Folders have no entries of their own, since unpacking one changes the owner and permissions
 * of a folder that is there. Times are 0, so that equal files give equal archives.
 */
export function tarArchive(entries: readonly TarEntry[]): Buffer {
  const blocks = entries.flatMap((entry) => {
    const path = entry.path.replace(/^\/+/, '');
    const records = paxRecords(path, entry);
    const extended =
      records.length === 0
        ? []
        : [header({ path: 'pax', data: records, mode: 0o644, uid: 0, gid: 0 }, 'x'), ...padded(records)];
    return [...extended, header({ ...entry, path }, '0'), ...padded(entry.data)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(2 * blockSize)]);
}

function padded(data: Buffer): readonly Buffer[] {
  const rest = data.length % blockSize;
  return rest === 0 ? [data] : [data, Buffer.alloc(blockSize - rest)];
}

function header({ path, data, mode, uid, gid }: TarEntry, type: '0' | 'x'): Buffer {
  const block = Buffer.alloc(blockSize);
  const [name, prefix] = splitPath(path) ?? [Buffer.from(path).subarray(0, 100), Buffer.alloc(0)];
  name.copy(block, 0);
  octal(block, mode, 100, 8);
  octal(block, Math.min(uid, maxId), 108, 8);
  octal(block, Math.min(gid, maxId), 116, 8);
  octal(block, data.length, 124, 12);
  octal(block, 0, 136, 12);
  block.write('        ', 148, 'latin1');
  block.write(type, 156, 'latin1');
  block.write('ustar\x0000', 257, 'latin1');
  prefix.copy(block, 345);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function octal(block: Buffer, value: number, at: number, width: number): void {
  block.write(`${value.toString(8).padStart(width - 1, '0')}\0`, at, 'latin1');
}

/** A path of up to 100 bytes, or of a prefix of up to 155 and a name of up to 100; undefined for another. */
function splitPath(path: string): readonly [Buffer, Buffer] | undefined {
  const whole = Buffer.from(path);
  if (whole.length <= 100) return [whole, Buffer.alloc(0)];
  for (let at = whole.indexOf('/'); at !== -1 && at <= 155; at = whole.indexOf('/', at + 1)) {
    if (at > 0 && whole.length - at - 1 <= 100 && whole.length > at + 1) {
      return [whole.subarray(at + 1), whole.subarray(0, at)];
    }
  }
  return undefined;
}

function paxRecords(path: string, { uid, gid }: TarEntry): Buffer {
  const records = [
    ...(splitPath(path) === undefined ? [record('path', path)] : []),
    ...(uid > maxId ? [record('uid', String(uid))] : []),
    ...(gid > maxId ? [record('gid', String(gid))] : []),
  ];
  return Buffer.concat(records);
}

/** `LENGTH KEY=VALUE\n`, where the length counts itself. */
function record(key: string, value: string): Buffer {
  const text = ` ${key}=${value}\n`;
  const size = Buffer.byteLength(text);
  let length = size + String(size).length;
  if (String(length).length > String(size).length) length += 1;
  return Buffer.from(`${length}${text}`);
}
