import type { Cast } from './interpolate.js';
import { compileRules } from './rules.js';
import { formatPath } from './tree.js';

/** The types that texts are cast to after interpolation (reference/compose/SPEC.md I16-I18). */

const toInteger: Cast = (text) => {
  if (/^[+-]?\d+$/.test(text)) return safeInteger(text);
  throw new Error(`invalid integer: ${JSON.stringify(text)}`);
};

function safeInteger(text: string): number {
  const value = Number(text);
  if (!Number.isSafeInteger(value)) throw new Error(`integer out of range: ${text}`);
  return value;
}

const toFloat: Cast = (text) => {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i.test(text)) return Number(text);
  throw new Error(`invalid number: ${JSON.stringify(text)}`);
};

const toBoolean: Cast = (text, path, warn) => {
  const word = text.toLowerCase();
  if (word === 'true' || word === 'false') return word === 'true';
  if (!['y', 'yes', 'on', 'n', 'no', 'off'].includes(word)) throw new Error(`invalid boolean: ${text}`);
  const value = ['y', 'yes', 'on'].includes(word);
  warn(`${formatPath(path)}: "${text}" for boolean is not supported by YAML 1.2, please use \`${value}\``);
  return value;
};

const service = {
  ...all(toInteger, [
    'cpu_count cpu_period cpu_quota cpu_rt_period cpu_rt_runtime cpu_shares oom_score_adj pids_limit scale',
    'deploy.replicas deploy.update_config.parallelism deploy.rollback_config.parallelism',
    'deploy.restart_policy.max_attempts deploy.placement.max_replicas_per_node healthcheck.retries ports.[].target',
    'ulimits.* ulimits.*.soft ulimits.*.hard',
  ]),
  ...all(toFloat, ['cpus cpu_percent deploy.update_config.max_failure_ratio deploy.rollback_config.max_failure_ratio']),
  ...all(toBoolean, [
    'init privileged read_only stdin_open tty oom_kill_disable healthcheck.disable depends_on.*.required',
    'depends_on.*.restart volumes.[].read_only volumes.[].volume.nocopy',
  ]),
};

const topLevel = all(toBoolean, [
  'networks.*.external networks.*.internal networks.*.attachable networks.*.enable_ipv4 networks.*.enable_ipv6',
  'volumes.*.external secrets.*.external configs.*.external',
]);

function all(cast: Cast, names: readonly string[]): Readonly<Record<string, Cast>> {
  return Object.fromEntries(names.flatMap((line) => line.split(' ')).map((name) => [name, cast]));
}

export const casts = compileRules<Cast>({
  ...Object.fromEntries(Object.entries(service).map(([name, cast]) => [`services.*.${name}`, cast])),
  ...topLevel,
});
