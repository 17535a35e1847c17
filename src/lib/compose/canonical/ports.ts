import { isIP } from 'node:net';
import { attributeError, AttributeError } from '../errors.js';
import { formatPath, isTree, type Path, type Tree, type Value } from '../tree.js';

/** Ports to their long form, ranges expanded (reference/compose/SPEC.md A1-A5). */

interface Range {
  readonly first: number;
  readonly last: number;
}

/** The long entries of one item of `ports`; `path` is that of the item. Throws `AttributeError`. */
export function expandPort(item: Value, path: Path): readonly Value[] {
  if (isTree(item)) return [checkLong(item, path)];
  if (typeof item === 'number' && !Number.isInteger(item)) {
    throw new AttributeError(`${formatPath(path)}: invalid type float64 for port`, path, { text: String(item) });
  }
  if (typeof item !== 'number' && typeof item !== 'string') throw attributeError(path, 'must be a port');
  return expandText(String(item), path);
}

function expandText(text: string, path: Path): readonly Tree[] {
  const fail = (what: string): AttributeError => attributeError(path, what, { text });
  const { address, host, container, protocol } = splitPort(text);
  if (container === '') throw fail(`No port specified: ${text === '' ? '<empty>' : text}`);
  if (!['tcp', 'udp', 'sctp'].includes(protocol)) throw fail(`Invalid proto: ${protocol}`);
  if (address !== '' && isIP(address) === 0) throw fail(`Invalid ip address: ${address}`);
  const target = parseRange(container, 'Invalid containerPort', fail);
  const published = host === '' ? undefined : parseRange(host, 'Invalid hostPort', fail);
  const entry = (port: number, taken: string | undefined): Tree => ({
    mode: 'ingress',
    ...(address === '' ? {} : { host_ip: address }),
    target: port,
    ...(taken === undefined ? {} : { published: taken }),
    protocol,
  });
  if (published === undefined) return steps(target).map((port) => entry(port, undefined));
  if (size(target) === size(published)) {
    return steps(target).map((port) => entry(port, String(published.first + port - target.first)));
  }
  if (size(target) > 1) throw fail(`Invalid ranges specified for container and host Ports: ${container} and ${host}`);
  return [entry(target.first, host)];
}

function splitPort(text: string): { address: string; host: string; container: string; protocol: string } {
  const slash = text.lastIndexOf('/');
  const protocol = slash === -1 ? 'tcp' : text.slice(slash + 1).toLowerCase();
  const parts = (slash === -1 ? text : text.slice(0, slash)).split(':');
  const container = parts.pop() ?? '';
  const host = parts.pop() ?? '';
  const address = parts.join(':');
  const bracketed = /^\[(.*)\]$/.exec(address)?.[1];
  // Without brackets the colons of an IPv6 address are not told from those between the parts.
  return { address: bracketed ?? (address.includes(':') ? `[${address}` : address), host, container, protocol };
}

function parseRange(text: string, problem: string, fail: (what: string) => AttributeError): Range {
  const match = /^(\d+)(?:-(\d+))?$/.exec(text);
  if (match === null) throw fail(`${problem}: ${text}`);
  const first = Number(match[1]);
  const last = Number(match[2] ?? match[1]);
  for (const port of [first, last]) {
    if (port > 65535 || (port === 0 && problem.includes('container'))) {
      throw fail(`port ${port} is out of range (1-65535)`);
    }
  }
  if (last < first) throw fail(`${problem}: ${text}`);
  return { first, last };
}

function size({ first, last }: Range): number {
  return last - first + 1;
}

function steps(range: Range): readonly number[] {
  return Array.from({ length: size(range) }, (_, index) => range.first + index);
}

function checkLong(entry: Tree, path: Path): Tree {
  const { target, published } = entry;
  if (target === undefined) throw attributeError(path, "missing property 'target'");
  const within = (port: Value | undefined, key: string): void => {
    if (typeof port === 'number' && (port < (key === 'target' ? 1 : 0) || port > 65535)) {
      throw attributeError([...path, key], `port ${port} is out of range (1-65535)`);
    }
  };
  within(target, 'target');
  within(published, 'published');
  // Other texts are not checked by the reference either (A4).
  if (typeof published === 'string' && /^[\d-]+$/.test(published)) {
    const place = [...path, 'published'];
    parseRange(published, 'Invalid published port', (what) => attributeError(place, what, { text: published }));
  }
  return typeof published === 'number' ? { ...entry, published: String(published) } : entry;
}
