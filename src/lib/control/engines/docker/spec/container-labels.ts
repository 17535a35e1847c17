import type { Service } from '../../../../compose/project.js';
import type { ServiceResource, StackScope } from '../../../../plan/resources.js';
import { imageOf } from '../../../../plan/image.js';
import { berthLabels, composeLabels, projectOf } from '../labels.js';

/** What docker compose reads as the version of the one that made a container: any of the second line will do. */
export const composeVersion = '2.0.0';

/** What a container is labelled with that is not known from the service. */
export interface ContainerFacts {
  readonly scope: StackScope;
  readonly slot: number;
  /** That of the lease under which it is made. */
  readonly epoch: number;
  /** Of the image on the daemon; null where it is not known. */
  readonly imageId: string | null;
  /** Tells a container for a command of its own from others. */
  readonly slug: string | null;
}

/** Labels of a container: those of the definition, then berth's and docker compose's, which no definition changes. */
export function containerLabels(service: ServiceResource, facts: ContainerFacts): Readonly<Record<string, string>> {
  const { scope, slot, epoch, imageId, slug } = facts;
  const { definition } = service;
  const dependencies = dependsOnText(definition);
  return {
    ...definition.labels,
    [berthLabels.namespace]: scope.namespace,
    [berthLabels.stack]: scope.stack,
    [berthLabels.service]: service.name,
    [berthLabels.slot]: String(slot),
    [berthLabels.hash]: service.hash,
    [berthLabels.generation]: String(service.generation),
    ...(service.release !== undefined && { [berthLabels.release]: String(service.release) }),
    [berthLabels.epoch]: String(epoch),
    [berthLabels.image]: imageOf(scope.stack, service.name, definition),
    ...(slug !== null && { [berthLabels.oneOff]: 'true', 'com.docker.compose.slug': slug }),
    [composeLabels.project]: projectOf(scope),
    [composeLabels.service]: service.name,
    [composeLabels.number]: String(slot),
    [composeLabels.oneOff]: slug === null ? 'False' : 'True',
    [composeLabels.configHash]: service.hash,
    [composeLabels.version]: composeVersion,
    ...(imageId !== null && { [composeLabels.image]: imageId }),
    ...(dependencies !== '' && { [composeLabels.dependsOn]: dependencies }),
  };
}

/** `db:service_healthy:false,cache:service_started:true`: service, condition, and whether it is restarted with it. */
function dependsOnText({ depends_on: dependencies = {} }: Service): string {
  return Object.entries(dependencies)
    .map(([name, { condition, restart = false }]) => `${name}:${condition}:${restart}`)
    .join(',');
}

/** The way back; undefined where the label says nothing. */
export function dependsOnOf(text: string | undefined): Service['depends_on'] {
  const entries = (text ?? '').split(',').flatMap((item) => {
    const [, name, condition, restart] = /^([^:]+):([^:]+)(?::(true|false))?$/.exec(item) ?? [];
    if (name === undefined || !isCondition(condition)) return [];
    return [[name, { condition, required: true, ...(restart === 'true' && { restart: true }) }] as const];
  });
  return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function isCondition(
  word: string | undefined,
): word is 'service_started' | 'service_healthy' | 'service_completed_successfully' {
  return word === 'service_started' || word === 'service_healthy' || word === 'service_completed_successfully';
}

/** Labels that tools put on by themselves. */
export function isToolLabel(name: string): boolean {
  return name.startsWith('berth.') || name.startsWith('com.docker.compose.');
}
