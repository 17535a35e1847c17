import { isIP } from 'node:net';
import { attributeError } from './errors.js';
import { applyRules, compileRules } from './rules.js';
import { isTree, type Path, type Tree, type Value } from './tree.js';

/** What no schema says of single attributes (reference/compose/SPEC.md P2, A4, A18, A62, A91, A100). */
type Check = (value: Tree, path: Path) => void;

/** A18 */
const volume: Check = (value, path) => {
  if (value['external'] !== true) return;
  const other = Object.keys(value).find((key) => key !== 'name' && key !== 'external' && !key.startsWith('x-'));
  if (other !== undefined)
    throw attributeError(path, `conflicting parameters "external" and "${other}" specified`, { key: other });
};

/** A62 */
const oneSource =
  (...names: readonly string[]): Check =>
  (value, path) => {
    const given = names.filter((name) => name in value);
    if (given.length > 1) throw attributeError(path, `${names.join('|')} attributes are mutually exclusive`);
    if (given.length === 0 && !('driver' in value) && !('external' in value)) {
      throw attributeError(path, `one of ${names.join('|')} must be set`);
    }
  };

/** A4 */
const port: Check = ({ host_ip: address }, path) => {
  if (typeof address === 'string' && address !== '' && !address.includes('$') && isIP(address) === 0) {
    throw attributeError([...path, 'host_ip'], `invalid ip address: ${address}`);
  }
};

/** A91 */
const deviceRequest: Check = (value, path) => {
  if ('count' in value && 'device_ids' in value) {
    throw attributeError(path, '"count" and "device_ids" attributes are exclusive');
  }
};

const watch: Check = (value, path) => {
  if (value['path'] === '') throw attributeError([...path, 'path'], "value can't be blank");
};

const rules = compileRules<Check>({
  'volumes.*': volume,
  'secrets.*': oneSource('file', 'environment'),
  'configs.*': oneSource('file', 'environment', 'content'),
  'services.*.ports.[]': port,
  'services.*.develop.watch.[]': watch,
  'services.*.gpus.[]': deviceRequest,
  'services.*.deploy.resources.reservations.devices.[]': deviceRequest,
});

/** Throws `AttributeError` for the first that is wrong. */
export function checkAttributes(tree: Tree): void {
  applyRules(tree, rules, (check, value, path): Value => {
    if (isTree(value)) check(value, path);
    else if (path[0] === 'secrets' || path[0] === 'configs') check({}, path);
    return value;
  });
}
