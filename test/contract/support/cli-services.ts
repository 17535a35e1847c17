import type { Service as ServiceDefinition } from '../../../src/lib/compose/project.js';
import type { Service, ServiceChanges, ServiceRef, ServicesFacet } from '../../../src/lib/port/services.js';
import { verb } from '../../../src/lib/port/verb.js';
import { flag, mutation, mutationOptions, option, type PlainVerb, word } from './cli-arguments.js';
import { items, one, only } from './cli-documents.js';
import type { CliOptions } from './cli-process.js';

/** Services through the commands. */
export function services(cli: CliOptions): ServicesFacet {
  const plain = (name: 'start' | 'stop' | 'redeploy'): PlainVerb<ServiceRef, Service> =>
    verb(mutationOptions, ({ service }, options, context) =>
      only(cli, 'serviceMutation', ['service', name, ...mutation(options), ...word(service)], context),
    );
  return {
    list: verb(['stack', 'state'], (_request, { stack, state }, context) =>
      items(cli, 'service', ['service', 'ps', ...option('stack', stack), ...option('status', state)], context),
    ),
    get: verb([], ({ service }, _options, context) =>
      one(cli, 'serviceDetail', ['service', 'inspect', ...word(service)], context),
    ),
    create: verb(['dryRun', 'strict'], ({ name, definition }, { dryRun, strict }, context) => {
      const flags = [...flag('dry-run', dryRun), ...flag('strict', strict)];
      return one(cli, 'serviceMutation', ['service', 'create', ...flags, ...creation(name, definition)], context);
    }),
    run: verb([...mutationOptions, 'strict'], ({ name, definition }, options, context) => {
      const flags = [...mutation(options), ...flag('strict', options.strict)];
      return one(cli, 'serviceMutation', ['service', 'run', ...flags, ...creation(name, definition)], context);
    }),
    update: verb([...mutationOptions, 'redeploy'], ({ service, changes }, options, context) => {
      const flags = [...attributes(changes), ...mutation(options), ...flag('redeploy', options.redeploy)];
      return only(cli, 'serviceMutation', ['service', 'set', ...flags, ...word(service)], context);
    }),
    scale: verb(mutationOptions, ({ replicas }, options, context) => {
      const targets = replicas.map((target) => `${target.service}=${target.replicas}`);
      return one(cli, 'servicesMutation', ['service', 'scale', ...mutation(options), '--', ...targets], context);
    }),
    start: plain('start'),
    stop: plain('stop'),
    redeploy: plain('redeploy'),
    terminate: verb(mutationOptions, ({ service }, options, context) =>
      only(cli, 'serviceMutation', ['service', 'terminate', '--yes', ...mutation(options), ...word(service)], context),
    ),
  };
}

function creation(name: string, { image = '', ...definition }: ServiceDefinition): readonly string[] {
  return [`--name=${name}`, ...attributes(definition), ...word(image)];
}

/** Flags for what suites ask of a definition; an attribute that has none here is an error, and not left out. */
function attributes(changes: ServiceChanges): readonly string[] {
  return Object.entries(changes).flatMap(([attribute, value]): readonly string[] => {
    switch (attribute) {
      case 'image':
        return [`--image=${String(value)}`];
      case 'environment':
        return Object.entries(changes.environment ?? {}).map(([key, text]) => `--env=${key}=${text ?? ''}`);
      case 'command':
        return [`--run-command=${(changes.command ?? []).join(' ')}`];
      case 'x-berth':
        return changes['x-berth']?.autodestroy === 'always' ? ['--autodestroy=ALWAYS'] : noFlag(attribute);
      case 'deploy':
        return option('target-num-containers', changes.deploy?.replicas);
      default:
        return noFlag(attribute);
    }
  });
}

function noFlag(attribute: string): never {
  throw new Error(`there is no flag for the ${attribute} of a service`);
}
