import fs from 'node:fs';
import path from 'node:path';
import type { Project } from '../../../src/lib/compose/project.js';
import type { ActionsFacet } from '../../../src/lib/port/actions.js';
import type { Backend } from '../../../src/lib/port/backend.js';
import type { ContainersFacet } from '../../../src/lib/port/containers.js';
import type { LogsFacet, LogSource } from '../../../src/lib/port/logs.js';
import type { Principal } from '../../../src/lib/port/principal.js';
import type { ServicesFacet } from '../../../src/lib/port/services.js';
import type { StacksFacet } from '../../../src/lib/port/stacks.js';
import { type CallContext, type MutationOptions, verb } from '../../../src/lib/port/verb.js';
import { noun, type NounName, type Nouns } from '../nouns.js';
import { type CliOptions, document, lines } from './cli-process.js';

export interface CliBackendOptions extends CliOptions {
  readonly principal: Principal;
}

/**
 * A backend whose verbs are runs of the built program with `--json`: what a suite says of it holds for the commands,
 * their flags, their documents and their exit codes.
 */
export function openCliBackend({ directory, env, principal }: CliBackendOptions): Backend {
  const options: CliOptions = {
    directory,
    env: {
      ...env,
      USER: principal.user,
      // The namespace variable is Docker Cloud's, and would select that platform.
      DOCKERCLOUD_NAMESPACE: principal.namespace,
      BERTH_BACKEND: 'engine',
    },
  };
  return {
    name: 'engine',
    description: 'the built program',
    principal,
    facets: {
      stacks: stacks(options),
      services: services(options),
      containers: containers(options),
      logs: logs(options),
      actions: actions(options),
    },
    instead: {},
    close: async () => {},
  };
}

function stacks(cli: CliOptions): StacksFacet {
  return {
    list: verb([], (_request, _options, context) => items(cli, 'stack', ['stack', 'ls'], context)),
    get: verb([], ({ stack }, _options, context) =>
      one(cli, 'stackDetail', ['stack', 'inspect', ...word(stack)], context),
    ),
    create: verb(['dryRun'], ({ project }, { dryRun }, context) =>
      one(cli, 'stackMutation', ['stack', 'create', ...file(cli, project), ...flag('dry-run', dryRun)], context),
    ),
    up: verb(['services', 'prune', 'wait', 'timeoutMs', 'dryRun'], ({ project }, options, context) => {
      const { services: named = [], prune } = options;
      const flags = [...file(cli, project), ...flag('prune', prune), ...mutation(options)];
      return one(cli, 'stackMutation', ['stack', 'up', ...flags, '--', ...named], context);
    }),
    terminate: verb(['volumes', 'wait', 'timeoutMs', 'dryRun'], ({ stack }, options, context) => {
      const flags = [...flag('volumes', options.volumes), ...mutation(options), '--yes'];
      return one(cli, 'stackMutation', ['stack', 'terminate', ...flags, ...word(stack)], context);
    }),
  };
}

function services(cli: CliOptions): ServicesFacet {
  return {
    list: verb(['stack', 'state'], (_request, { stack, state }, context) =>
      items(cli, 'service', ['service', 'ps', ...option('stack', stack), ...option('status', state)], context),
    ),
    get: verb([], ({ service }, _options, context) =>
      one(cli, 'serviceDetail', ['service', 'inspect', ...word(service)], context),
    ),
    scale: verb(['wait', 'timeoutMs', 'dryRun'], ({ replicas }, options, context) => {
      const targets = replicas.map((target) => `${target.service}=${target.replicas}`);
      return one(cli, 'servicesMutation', ['service', 'scale', ...mutation(options), '--', ...targets], context);
    }),
  };
}

function containers(cli: CliOptions): ContainersFacet {
  return {
    list: verb(['service', 'stack', 'state', 'all'], (_request, { service, stack, state, all }, context) => {
      const filters = [...option('service', service), ...option('stack', stack), ...option('status', state)];
      return items(cli, 'container', ['container', 'ps', ...filters, ...flag('all', all)], context);
    }),
    get: verb([], ({ container }, _options, context) =>
      one(cli, 'containerDetail', ['container', 'inspect', ...word(container)], context),
    ),
  };
}

function logs(cli: CliOptions): LogsFacet {
  return {
    read: verb(['follow', 'tail', 'since', 'until'], (source, { follow, tail, since, until }, context) => {
      const flags = [
        ...flag('follow', follow),
        ...option('tail', tail),
        ...option('since', since),
        ...option('until', until),
      ];
      return stream(cli, 'logLine', [...logCommand(source, flags)], context);
    }),
  };
}

function logCommand(source: LogSource, flags: readonly string[]): readonly string[] {
  if ('container' in source) return ['container', 'logs', ...flags, ...word(source.container)];
  if ('service' in source) return ['service', 'logs', ...flags, ...word(source.service)];
  return ['stack', 'logs', ...flags, ...word(source.stack), ...(source.services ?? [])];
}

function actions(cli: CliOptions): ActionsFacet {
  return {
    // Without a limit the verb gives all, the command the last 25.
    list: verb(['limit', 'state', 'stack'], (_request, { limit = 10_000, state, stack }, context) => {
      const filters = [...option('last', limit), ...option('status', state), ...option('stack', stack)];
      return items(cli, 'action', ['action', 'ls', ...filters], context);
    }),
    get: verb([], ({ action }, _options, context) =>
      one(cli, 'actionDetail', ['action', 'inspect', ...word(action)], context),
    ),
    logs: verb(['follow', 'tail'], ({ action }, { follow, tail }, context) =>
      stream(
        cli,
        'actionLogLine',
        ['action', 'logs', ...flag('follow', follow), ...option('tail', tail), ...word(action)],
        context,
      ),
    ),
    run: verb([], ({ action }, _options, context) => one(cli, 'action', ['action', 'run', ...word(action)], context)),
  };
}

async function one<N extends NounName>(
  cli: CliOptions,
  name: N,
  args: readonly string[],
  context: CallContext,
): Promise<Nouns[N]> {
  return noun(name, await document(cli, args, context));
}

async function* items<N extends NounName>(
  cli: CliOptions,
  name: N,
  args: readonly string[],
  context: CallContext,
): AsyncGenerator<Nouns[N]> {
  const list = await document(cli, args, context);
  if (!Array.isArray(list)) throw new Error(`berth ${args.join(' ')} --json printed no array`);
  for (const item of list) yield noun(name, item);
}

async function* stream<N extends NounName>(
  cli: CliOptions,
  name: N,
  args: readonly string[],
  context: CallContext,
): AsyncGenerator<Nouns[N]> {
  for await (const item of lines(cli, args, context)) yield noun(name, item);
}

/** Writes the definition down: a Compose file that loads to the same project, every `$` in it being doubled. */
function file({ directory }: CliOptions, project: Project): readonly string[] {
  const full = path.join(fs.mkdtempSync(path.join(directory, 'file-')), 'compose.yaml');
  const escaped = (_key: string, value: unknown): unknown =>
    typeof value === 'string' ? value.replaceAll('$', '$$$$') : value;
  fs.writeFileSync(full, JSON.stringify(project, escaped));
  return ['--file', full];
}

function mutation({ wait, timeoutMs, dryRun }: MutationOptions): readonly string[] {
  const timeout = timeoutMs === undefined ? undefined : `${timeoutMs}ms`;
  return [...(wait === false ? ['--no-wait'] : []), ...option('timeout', timeout), ...flag('dry-run', dryRun)];
}

function flag(name: string, given: boolean | undefined): readonly string[] {
  return given === true ? [`--${name}`] : [];
}

/** Joined by `=`, so that a value that begins with a dash stays a value. */
function option(name: string, value: string | number | undefined): readonly string[] {
  return value === undefined ? [] : [`--${name}=${value}`];
}

/** An argument, whatever it begins with. */
function word(text: string): readonly string[] {
  return ['--', text];
}
