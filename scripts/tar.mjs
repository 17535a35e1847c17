// Tar archives (POSIX ustar) of a few small files: names up to 100 bytes, no dates, all of user 0.

export const file = (name, content, mode) => ({ type: '0', name, mode, content: Buffer.from(content) });
export const link = (name, target) => ({ type: '2', name, mode: 0o777, target });
export const directory = (name, mode) => ({ type: '5', name: `${name}/`, mode });
export const fifo = (name, mode) => ({ type: '6', name, mode });

const block = 512;

/** The archive of these entries, in their order. */
export function tarball(entries) {
  const parts = entries.flatMap((entry) => [header(entry), padded(entry.content ?? Buffer.alloc(0))]);
  return Buffer.concat([...parts, Buffer.alloc(2 * block)]);
}

function header({ type, name, mode, target = '', content }) {
  if (Buffer.byteLength(name) > 100 || Buffer.byteLength(target) > 100) throw new Error(`too long for tar: ${name}`);
  const bytes = Buffer.alloc(block);
  const octal = (value, offset, digits) => bytes.write(value.toString(8).padStart(digits, '0'), offset, 'latin1');
  bytes.write(name, 0);
  octal(mode, 100, 7);
  octal(0, 108, 7);
  octal(0, 116, 7);
  octal(content?.length ?? 0, 124, 11);
  octal(0, 136, 11);
  bytes.fill(' ', 148, 156);
  bytes.write(type, 156, 'latin1');
  bytes.write(target, 157);
  bytes.write('ustar\0' + '00', 257, 'latin1');
  octal(
    bytes.reduce((sum, byte) => sum + byte, 0),
    148,
    6,
  );
  bytes[154] = 0;
  return bytes;
}

function padded(content) {
  const rest = content.length % block;
  return rest === 0 ? content : Buffer.concat([content, Buffer.alloc(block - rest)]);
}
