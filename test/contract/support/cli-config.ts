import type { Config, ConfigFacet, ConfigSetOptions, ConfigTarget } from '../../../src/lib/port/config.js';
import { UnsupportedError } from '../../../src/lib/port/errors.js';
import type { LimitChange, LimitsFacet } from '../../../src/lib/port/limits.js';
import type { PlacementFacet } from '../../../src/lib/port/placement.js';
import { type CallContext, verb } from '../../../src/lib/port/verb.js';
import { flag, mutation, mutationOptions, option, word } from './cli-arguments.js';
import { array, one, only } from './cli-documents.js';
import type { CliOptions } from './cli-process.js';

type Values = Readonly<Record<string, string | null>>;

/** Environment through the commands: `config` for a stack, `service env` for a service. */
export function config(cli: CliOptions): ConfigFacet {
  return {
    get: verb([], ({ target }, _options, context) => getConfig(cli, target, context)),
    set: verb(
      [...mutationOptions, 'replace', 'redeploy', 'expect'],
      ({ target, values, ...more }, options, context) => {
        if (Object.keys(more).length > 0) throw apart('limits and placement have commands of their own');
        return 'stack' in target
          ? one(cli, 'configMutation', ofStack(target.stack, values, options), context)
          : only(cli, 'configMutation', ofService(target.service, values, options), context);
      },
    ),
  };
}

/** The list of variables does not tell the release. */
async function getConfig(cli: CliOptions, target: ConfigTarget, context: CallContext): Promise<Config> {
  if ('stack' in target) {
    const args = ['config', 'ls', `--app=${target.stack}`];
    const variables = await array(cli, 'configVariable', args, context);
    const newest = ['releases', 'ls', `--app=${target.stack}`, '--limit=1'];
    const [release] = await array(cli, 'release', newest, context);
    return { variables, release: release?.version ?? null };
  }
  const variables = await array(cli, 'configVariable', ['service', 'env', 'ls', ...word(target.service)], context);
  return { variables, release: null };
}

function ofStack(
  stack: string,
  values: Values,
  { replace, expect, redeploy, ...options }: ConfigSetOptions,
): readonly string[] {
  if (replace !== undefined || expect !== undefined) throw apart('`config` sets and unsets whatever was there');
  const { set, unset } = split(values);
  const flags = [`--app=${stack}`, ...(redeploy === false ? ['--no-redeploy'] : []), ...mutation(options), '--'];
  if (unset.length > 0) return ['config', 'unset', ...flags, ...unset];
  return ['config', 'set', ...flags, ...set];
}

function ofService(
  service: string,
  values: Values,
  { replace = false, expect, redeploy = true, ...options }: ConfigSetOptions,
): readonly string[] {
  const { set, unset } = split(values);
  const flags = [...flag('redeploy', redeploy), ...mutation(options)];
  if (unset.length > 0) {
    if (expect !== 'existing' || replace) throw apart('`service env rm` removes what is there');
    return ['service', 'env', 'rm', ...unset.map((key) => `--name=${key}`), ...flags, ...word(service)];
  }
  const name = replace ? 'set' : expect === 'new' ? 'add' : 'update';
  if (!replace && expect === undefined) throw apart('`service env` either adds or updates');
  return ['service', 'env', name, ...set.map((pair) => `--env=${pair}`), ...flags, ...word(service)];
}

interface SplitValues {
  /** `KEY=VALUE` */
  readonly set: readonly string[];
  readonly unset: readonly string[];
}

function split(values: Values): SplitValues {
  const set = Object.entries(values).flatMap(([key, value]) => (value === null ? [] : [`${key}=${value}`]));
  const unset = Object.entries(values).flatMap(([key, value]) => (value === null ? [key] : []));
  if (set.length > 0 && unset.length > 0) throw apart('what is set and what is unset are two commands');
  return { set, unset };
}

/** Limits through the commands. */
export function limits(cli: CliOptions): LimitsFacet {
  return {
    get: verb([], ({ stack }, _options, context) =>
      array(cli, 'serviceLimits', ['limits', 'ls', `--app=${stack}`], context),
    ),
    set: verb(mutationOptions, ({ stack, limits: changes }, options, context) => {
      const words = Object.entries(changes).map(([service, change]) => limitWord(service, change));
      const [first] = words;
      if (first === undefined || words.some(({ flags }) => flags.join() !== first.flags.join())) {
        throw apart('each command changes limits of one kind');
      }
      const args = ['limits', ...first.flags, `--app=${stack}`, ...mutation(options), '--'];
      return one(cli, 'limitsMutation', [...args, ...words.map(({ text }) => text)], context);
    }),
  };
}

interface LimitWord {
  /** The command's verb, and which resource is meant. */
  readonly flags: readonly string[];
  readonly text: string;
}

function limitWord(service: string, change: LimitChange): LimitWord {
  const { memoryBytes, cpus, cpuShares, ...more } = change;
  if (Object.keys(more).length > 0) throw apart('reservations have no command');
  if (memoryBytes === null) return { flags: ['unset', '--memory'], text: service };
  if (memoryBytes !== undefined) return { flags: ['set', '--memory'], text: `${service}=${memoryBytes}B` };
  if (cpus === null && cpuShares === null) return { flags: ['unset', '--cpu'], text: service };
  if (typeof cpus === 'number') return { flags: ['set', '--cpu'], text: `${service}=${cpus * 1000}m` };
  if (typeof cpuShares === 'number') return { flags: ['set', '--cpu'], text: `${service}=${cpuShares}` };
  throw apart('shares and cores are lifted together');
}

/** Placement through the commands. */
export function placement(cli: CliOptions): PlacementFacet {
  return {
    get: verb([], async ({ stack }, _options, context) => {
      const labels = await array(cli, 'placementLabel', ['tags', 'ls', `--app=${stack}`], context);
      return { labels: Object.fromEntries(labels.map(({ key, value }) => [key, value])) };
    }),
    set: verb(mutationOptions, ({ stack, labels }, options, context) => {
      const { set, unset } = split(labels);
      const flags = [...option('app', stack), ...mutation(options), '--'];
      const args = unset.length > 0 ? ['tags', 'unset', ...flags, ...unset] : ['tags', 'set', ...flags, ...set];
      return one(cli, 'placementMutation', args, context);
    }),
  };
}

function apart(why: string): UnsupportedError {
  return new UnsupportedError(`the commands cannot ask for this at once: ${why}`, {
    hint: 'Ask for it in two calls.',
  });
}
