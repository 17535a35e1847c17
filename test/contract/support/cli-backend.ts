import type { ActionsFacet } from '../../../src/lib/port/actions.js';
import type { Backend } from '../../../src/lib/port/backend.js';
import type { Container, ContainerRef, ContainersFacet } from '../../../src/lib/port/containers.js';
import type { EventsFacet } from '../../../src/lib/port/events.js';
import type { LogsFacet, LogSource } from '../../../src/lib/port/logs.js';
import type { Principal } from '../../../src/lib/port/principal.js';
import type { ReleasesFacet } from '../../../src/lib/port/releases.js';
import type { Stack, StackRef, StacksFacet } from '../../../src/lib/port/stacks.js';
import { verb } from '../../../src/lib/port/verb.js';
import { canonical } from '../projects.js';
import { file, flag, milliseconds, mutation, mutationOptions, option, type PlainVerb, word } from './cli-arguments.js';
import { config, limits, placement } from './cli-config.js';
import { array, items, one, only, stream } from './cli-documents.js';
import type { CliOptions } from './cli-process.js';
import { services } from './cli-services.js';

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
      config: config(options),
      limits: limits(options),
      placement: placement(options),
      releases: releases(options),
      actions: actions(options),
      events: events(options),
    },
    // Every command tells of what it finds.
    takeNotices: async () => [],
    instead: {},
    close: async () => {},
  };
}

const upOptions = [
  ...mutationOptions,
  'services',
  'prune',
  'monitorMs',
  'resetConfig',
  'resetScale',
  'rollbackOnFailure',
  'strict',
] as const;

function stacks(cli: CliOptions): StacksFacet {
  const plain = (name: 'start' | 'stop' | 'redeploy'): PlainVerb<StackRef, Stack> =>
    verb(mutationOptions, ({ stack }, options, context) =>
      only(cli, 'stackMutation', ['stack', name, ...mutation(options), ...word(stack)], context),
    );
  return {
    list: verb(['apps'], (_request, { apps = false }, context) =>
      items(cli, 'stack', [apps ? 'apps' : 'stack', 'ls'], context),
    ),
    get: verb([], ({ stack }, _options, context) =>
      one(cli, 'stackDetail', ['stack', 'inspect', ...word(stack)], context),
    ),
    create: verb(['dryRun', 'strict', 'generateName'], ({ project }, { dryRun, strict, generateName }, context) => {
      const isApp = Object.keys(project.services).length === 0 && project.networks === undefined;
      if (isApp && strict === undefined) {
        const name = generateName === true ? [] : word(project.name);
        return one(cli, 'stackMutation', ['apps', 'create', ...flag('dry-run', dryRun), ...name], context);
      }
      if (generateName !== undefined) throw new Error('only an empty app is given a name');
      const flags = [...file(cli.directory, project), ...flag('dry-run', dryRun), ...flag('strict', strict)];
      return one(cli, 'stackMutation', ['stack', 'create', ...flags], context);
    }),
    up: verb(upOptions, ({ project }, options, context) => {
      const { services: named = [] } = options;
      const flags = [
        ...file(cli.directory, project),
        ...flag('prune', options.prune),
        ...flag('reset-config', options.resetConfig),
        ...flag('reset-scale', options.resetScale),
        ...flag('rollback-on-failure', options.rollbackOnFailure),
        ...flag('strict', options.strict),
        ...option('monitor', milliseconds(options.monitorMs)),
        ...mutation(options),
      ];
      return one(cli, 'stackMutation', ['stack', 'up', ...flags, '--', ...named], context);
    }),
    update: verb([...mutationOptions, 'redeploy'], ({ stack, project }, options, context) => {
      const flags = [...file(cli.directory, project), ...flag('redeploy', options.redeploy), ...mutation(options)];
      return one(cli, 'stackMutation', ['stack', 'update', ...flags, ...word(stack)], context);
    }),
    start: plain('start'),
    stop: plain('stop'),
    redeploy: plain('redeploy'),
    terminate: verb([...mutationOptions, 'volumes'], ({ stack }, options, context) => {
      const flags = [...flag('volumes', options.volumes), ...mutation(options), '--yes'];
      return only(cli, 'stackMutation', ['stack', 'terminate', ...flags, ...word(stack)], context);
    }),
    // The command prints a file.
    export: verb([], async ({ stack }, _options, context) => {
      const exported = await one(cli, 'definition', ['stack', 'export', ...word(stack)], context);
      return canonical(JSON.stringify(exported));
    }),
  };
}

function containers(cli: CliOptions): ContainersFacet {
  const plain = (...args: readonly string[]): PlainVerb<ContainerRef, Container> =>
    verb(mutationOptions, ({ container }, options, context) =>
      only(cli, 'containerMutation', ['container', ...args, ...mutation(options), ...word(container)], context),
    );
  return {
    list: verb(['service', 'stack', 'state', 'all'], (_request, { service, stack, state, all }, context) => {
      const filters = [...option('service', service), ...option('stack', stack), ...option('status', state)];
      return items(cli, 'container', ['container', 'ps', ...filters, ...flag('all', all)], context);
    }),
    get: verb([], ({ container }, _options, context) =>
      one(cli, 'containerDetail', ['container', 'inspect', ...word(container)], context),
    ),
    start: plain('start'),
    stop: plain('stop'),
    restart: plain('restart'),
    pause: plain('pause'),
    unpause: plain('unpause'),
    redeploy: plain('redeploy'),
    terminate: plain('terminate', '--yes'),
    kill: verb([...mutationOptions, 'signal'], ({ container }, { signal, ...options }, context) => {
      const flags = [...option('signal', signal), ...mutation(options)];
      return only(cli, 'containerMutation', ['container', 'kill', ...flags, ...word(container)], context);
    }),
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

function releases(cli: CliOptions): ReleasesFacet {
  const app = (stack: string): string => `--app=${stack}`;
  return {
    list: verb(['limit'], ({ stack }, { limit }, context) =>
      items(cli, 'release', ['releases', 'ls', app(stack), ...option('limit', limit)], context),
    ),
    get: verb([], ({ stack, version }, _options, context) =>
      one(cli, 'releaseDetail', ['releases', 'info', app(stack), ...word(`v${version}`)], context),
    ),
    diff: verb(['reveal'], ({ stack, from, to }, { reveal }, context) => {
      const flags = [app(stack), ...flag('reveal', reveal)];
      return array(cli, 'releaseChange', ['releases', 'diff', ...flags, '--', `v${from}`, `v${to}`], context);
    }),
    rollback: verb(mutationOptions, ({ stack, version }, options, context) => {
      const target = version === undefined ? [] : word(`v${version}`);
      const args = ['releases', 'rollback', app(stack), ...mutation(options), ...target];
      return one(cli, 'releaseMutation', args, context);
    }),
  };
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
    logs: verb(['follow', 'tail'], ({ action }, { follow, tail }, context) => {
      const flags = [...flag('follow', follow), ...option('tail', tail)];
      return stream(cli, 'actionLogLine', ['action', 'logs', ...flags, ...word(action)], context);
    }),
    cancel: verb([], ({ action }, _options, context) =>
      only(cli, 'action', ['action', 'cancel', ...word(action)], context),
    ),
    retry: verb(['wait', 'timeoutMs', 'lockTimeoutMs'], ({ action }, options, context) =>
      only(cli, 'action', ['action', 'retry', ...mutation(options), ...word(action)], context),
    ),
    run: verb([], ({ action }, _options, context) => one(cli, 'action', ['action', 'run', ...word(action)], context)),
  };
}

function events(cli: CliOptions): EventsFacet {
  return {
    // Without a number the verb gives all, the command the last 50.
    list: verb(['follow', 'since', 'until', 'tail', 'kind', 'severity'], (_request, options, context) => {
      const { follow, since, until, tail = 100_000, kind, severity } = options;
      const flags = [
        ...flag('follow', follow),
        ...option('since', since),
        ...option('until', until),
        ...option('tail', tail),
        ...option('kind', kind),
        ...option('severity', severity),
      ];
      return stream(cli, 'event', ['event', 'ls', ...flags], context);
    }),
  };
}
