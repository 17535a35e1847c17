import { attributeError } from './errors.js';
import { decodeExtraHosts, decodeHealthTest, decodeMode, decodeTexts } from './canonical/decoders.js';
import { formatDurationNs, parseDurationNs } from './duration.js';
import { applyRules, compileRules } from './rules.js';
import { splitCommandLine } from './shellwords.js';
import { parseSizeBytes } from './size.js';
import { isList, isTree, newTree, scalarText, type Path, type Tree, type Value } from './tree.js';

/**
 * The last step to normal forms, once all files are merged: lists of `KEY=VALUE` become mappings, numbers texts where
 * the model has texts, command lines words, durations and sizes their one spelling (reference/compose/SPEC.md A20-A31,
 * A61, A80-A82, A104). With `templates`, texts in which variables were not replaced are not parsed. Throws
 * `AttributeError`.
 */
export function decode(tree: Tree, templates = false): Tree {
  const result = applyRules(tree, rules, (decodeValue, value, path) =>
    templates && parsers.has(decodeValue) && typeof value === 'string' && value.includes('$')
      ? value
      : decodeValue(value, path),
  );
  return isTree(result) ? result : tree;
}

type Decode = (value: Value, path: Path) => Value | undefined;

/** `parse` with its error told of the attribute. */
function orFail(path: Path, value: Value, parse: () => Value): Value {
  try {
    return parse();
  } catch (error) {
    throw attributeError(path, error instanceof Error ? error.message : String(error), { text: scalarText(value) });
  }
}

const duration: Decode = (value, path) =>
  typeof value === 'string' ? orFail(path, value, () => formatDurationNs(parseDurationNs(value))) : value;

const size: Decode = (value, path) => {
  if (typeof value === 'number') return String(Math.trunc(value));
  return typeof value === 'string' ? orFail(path, value, () => String(parseSizeBytes(value))) : value;
};

const tmpfsSize: Decode = (value, path) => {
  const bytes = size(value, path);
  return typeof bytes === 'string' && /^-?\d+$/.test(bytes) ? Number(bytes) : bytes;
};

const words: Decode = (value, path) =>
  typeof value === 'string' ? orFail(path, value, () => splitCommandLine(value)) : value;

/** A20: null stays null, `KEY` alone is null. */
const environment: Decode = (value, path) => mapping(value, path, null, true);

/** A21: nothing is a blank text. */
const texts: Decode = (value, path) => mapping(value, path, '', false);

function mapping(value: Value, path: Path, empty: null | '', strictKeys: boolean): Value {
  if (!isList(value) && !isTree(value)) return value;
  const result = newTree();
  const put = (key: string, item: Value): void => {
    if (strictKeys && /\s$/.test(key)) {
      throw attributeError(path, `environment variable ${key} is declared with a trailing space`);
    }
    result[key] = item === null ? empty : scalarText(item);
  };
  if (isTree(value)) for (const key in value) put(key, value[key] ?? null);
  else {
    for (const item of value) {
      const text = scalarText(item);
      const at = text.indexOf('=');
      put(at === -1 ? text : text.slice(0, at), at === -1 ? null : text.slice(at + 1));
    }
  }
  return result;
}

const text: Decode = (value) => (typeof value === 'number' || typeof value === 'boolean' ? scalarText(value) : value);

const boolean: Decode = (value, path) => {
  if (typeof value !== 'string') return value;
  if (/^(?:true|t|1|y|yes|on)$/i.test(value)) return true;
  if (/^(?:false|f|0|n|no|off)?$/i.test(value)) return false;
  throw attributeError(path, `invalid boolean: ${value}`, { text: value });
};

const number: Decode = (value, path) => {
  if (typeof value !== 'string') return value;
  const result = Number(value);
  if (value.trim() !== '' && !Number.isNaN(result)) return result;
  throw attributeError(path, `invalid number: ${value}`, { text: value });
};

/** These read a whole text, which an unreplaced variable spoils (I20). */
const parsers: ReadonlySet<Decode> = new Set([duration, size, tmpfsSize, boolean, number, decodeMode]);

function all(prefix: string, decodeValue: Decode, names: string): Readonly<Record<string, Decode>> {
  return Object.fromEntries(names.split(' ').map((name) => [prefix + name, decodeValue]));
}

const hooks = ['post_start', 'pre_stop', 'pre_start'].map((hook) => `${hook}.[]`);
const watchHook = 'develop.watch.[].exec';

const rules = compileRules<Decode>({
  ...all(
    'services.*.',
    words,
    ['command', 'entrypoint', ...[...hooks, watchHook].map((hook) => `${hook}.command`)].join(' '),
  ),
  ...all(
    'services.*.',
    environment,
    ['environment', ...[...hooks, watchHook].map((hook) => `${hook}.environment`)].join(' '),
  ),
  ...all(
    'services.*.',
    texts,
    'labels annotations sysctls storage_opt deploy.labels build.args build.labels logging.options volumes.[].volume.labels networks.*.driver_opts',
  ),
  ...all('', texts, 'networks.*.labels networks.*.driver_opts volumes.*.labels volumes.*.driver_opts'),
  ...all('', texts, 'secrets.*.labels secrets.*.driver_opts configs.*.labels'),
  ...all('services.*.deploy.resources.reservations.', texts, 'devices.[].options'),
  'services.*.gpus.[].options': texts,
  'services.*.build.args': (value, path) => environment(value, path),
  ...all(
    'services.*.',
    duration,
    'stop_grace_period healthcheck.interval healthcheck.timeout healthcheck.start_period healthcheck.start_interval',
  ),
  ...all('services.*.deploy.', duration, 'update_config.delay update_config.monitor restart_policy.delay'),
  ...all('services.*.deploy.', duration, 'rollback_config.delay rollback_config.monitor restart_policy.window'),
  ...all('services.*.', size, 'mem_limit mem_reservation memswap_limit mem_swappiness shm_size build.shm_size'),
  ...all('services.*.deploy.resources.', size, 'limits.memory reservations.memory'),
  ...all('services.*.blkio_config.', size, 'device_read_bps.[].rate device_write_bps.[].rate'),
  ...all('services.*.blkio_config.', size, 'device_read_iops.[].rate device_write_iops.[].rate'),
  ...all('services.*.blkio_config.', number, 'weight weight_device.[].weight'),
  'services.*.volumes.[].tmpfs.size': tmpfsSize,
  'services.*.volumes.[].tmpfs.mode': (value) => (typeof value === 'string' ? parseInt(value, 8) : value),
  'services.*.healthcheck.test': decodeHealthTest,
  'services.*.extra_hosts': decodeExtraHosts,
  'services.*.build.extra_hosts': decodeExtraHosts,
  'services.*.secrets.[].mode': decodeMode,
  'services.*.configs.[].mode': decodeMode,
  'services.*.build.secrets.[].mode': decodeMode,
  'services.*.expose': decodeTexts,
  'services.*.group_add': decodeTexts,
  'services.*.ports.[].published': text,
  'services.*.ports.[].target': number,
  ...all('services.*.', boolean, 'attach build.no_cache build.pull build.privileged env_file.[].required'),
  ...all('services.*.', boolean, 'volumes.[].bind.create_host_path'),
  'services.*.develop.watch.[].exec': (value) =>
    isTree(value) && (value['command'] ?? null) === null ? undefined : value,
  ...all('services.*.', boolean, [...hooks, watchHook].map((hook) => `${hook}.privileged`).join(' ')),
  ...all(
    'services.*.deploy.resources.',
    number,
    'limits.pids reservations.generic_resources.[].discrete_resource_spec.value',
  ),
  ...all('services.*.deploy.resources.', text, 'limits.cpus reservations.cpus'),
});
