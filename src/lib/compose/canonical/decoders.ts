import { isIP } from 'node:net';
import { attributeError } from '../errors.js';
import { isList, isTree, scalarText, type Path, type Value } from '../tree.js';

/** A80: a text is a line for the shell. */
export function decodeHealthTest(value: Value, path: Path): Value | undefined {
  if (value === '' || (isList(value) && value.length === 0)) return undefined;
  if (typeof value === 'string') return ['CMD-SHELL', value];
  const first = isList(value) ? value[0] : undefined;
  if (first === undefined || ['CMD', 'CMD-SHELL', 'NONE'].includes(scalarText(first))) return value;
  throw attributeError(path, 'must start with "CMD", "CMD-SHELL" or "NONE"');
}

/** A61: permissions as octal text. A number is the value itself (`0440` in YAML is 288). */
export function decodeMode(value: Value, path: Path): Value {
  const octal = typeof value === 'number' ? value.toString(8) : scalarText(value);
  if (!/^[0-7]+$/.test(octal)) throw attributeError(path, `invalid mode "${octal}"`, { text: octal });
  return octal.replace(/^0*/, '0');
}

/** A6: a list of texts and whole numbers as texts. */
export function decodeTexts(value: Value, path: Path): Value {
  if (!isList(value)) return value;
  return value.map((item, index) => {
    if (typeof item === 'number' && !Number.isInteger(item)) {
      throw attributeError([...path, index], `${item} is not a whole number`, { text: String(item) });
    }
    return scalarText(item);
  });
}

/** A104: sorted texts `host=address`. */
export function decodeExtraHosts(value: Value, path: Path): Value {
  const hosts: string[] = [];
  const add = (host: string, address: string, written: string): void => {
    const bare = /^\[(.*)\]$/.exec(address)?.[1] ?? address;
    if (host === '' || bare === '') {
      throw attributeError(path, `bad host name '${written}'`, { text: written });
    }
    hosts.push(`${host}=${bare}`);
  };
  if (isTree(value)) {
    for (const [host, addresses] of Object.entries(value)) {
      for (const address of isList(addresses) ? addresses : [addresses]) add(host, scalarText(address), host);
    }
  } else if (isList(value)) {
    for (const item of value) {
      const text = scalarText(item);
      const [, host = '', address = ''] = splitHost(text) ?? [];
      for (const one of address.split(',')) add(host, one, text);
    }
  } else return value;
  return [...new Set(hosts)].sort((a, b) => (a < b ? -1 : 1));
}

/** `host=address`, or `host:address` with the address beginning after the first colon. */
function splitHost(text: string): RegExpExecArray | null {
  return isIP(text) === 0 ? /^([^=:]*)[=:](.*)$/.exec(text) : null;
}
