import type { Project, Service } from '../compose/project.js';
import { digest, serviceHash } from './hash.js';
import { member } from './member.js';
import type { ObservedService } from './steps.js';
import type { EngineResource, ServiceResource, StackScope, UsedResource } from './resources.js';

/** Replicas that the file asks for: `deploy.replicas`, else `scale`, else 1. A global service says nothing: 1. */
export function definedReplicas(definition: Service): number {
  return definition.deploy?.replicas ?? definition.scale ?? 1;
}

/** True for a service with a replica on every node that takes it, so that it has no number of replicas. */
export function isGlobal(definition: Service): boolean {
  return definition.deploy?.mode === 'global' || definition.deploy?.mode === 'global-job';
}

/** True for a service whose replicas do their work once. */
export function isJob(definition: Service): boolean {
  return definition.deploy?.mode === 'replicated-job' || definition.deploy?.mode === 'global-job';
}

/** Replicas with the scale overlay applied. */
export function desiredReplicas(name: string, definition: Service, scale: Readonly<Record<string, number>>): number {
  return member(scale, name) ?? definedReplicas(definition);
}

/** A service of the project as it should be, overlay applied, of the generation that runs already. */
export function desiredService(
  scope: StackScope,
  project: Project,
  name: string,
  definition: Service,
  scale: Readonly<Record<string, number>>,
  observed: ObservedService | undefined,
): ServiceResource {
  const completes = Object.values(project.services).some(
    (other) => other.depends_on?.[name]?.condition === 'service_completed_successfully',
  );
  return {
    ...scope,
    kind: 'service',
    name,
    replicas: desiredReplicas(name, definition, scale),
    definition,
    ...usesAndHash(project, definition),
    generation: observed?.generation ?? 1,
    ...(completes ? { completes } : {}),
  };
}

/** What a service of the project uses, and what identifies its replicas. */
export function usesAndHash(project: Project, definition: Service): Pick<ServiceResource, 'uses' | 'hash'> {
  const uses = usesOf(project, definition);
  const hash = serviceHash(definition, uses);
  return Object.keys(uses).length === 0 ? { hash } : { uses, hash };
}

const projectKeys = { network: 'networks', volume: 'volumes', secret: 'secrets', config: 'configs' } as const;

function usesOf(project: Project, definition: Service): Record<string, UsedResource> {
  const uses: Record<string, UsedResource> = {};
  for (const kind of ['network', 'volume', 'secret', 'config'] as const) {
    const prefix = `${kind} `;
    for (const key of resourcesOf(definition)) {
      const found = key.startsWith(prefix)
        ? member(project[projectKeys[kind]] ?? {}, key.slice(prefix.length))
        : undefined;
      if (found === undefined) continue;
      const hasContent = found.external !== true && (kind === 'secret' || kind === 'config');
      uses[key] = {
        name: found.name,
        ...(found.external === true && { external: true }),
        ...(hasContent && { digest: digest(found) }),
      };
    }
  }
  return uses;
}

/** A service as it is, to be given to the engine again; what else the engine tells of it is left out. */
export function asObserved(scope: StackScope, observed: ObservedService): ServiceResource {
  const { name, replicas, definition, uses, hash, generation, completes, stopped } = observed;
  return {
    namespace: scope.namespace,
    stack: scope.stack,
    kind: 'service',
    name,
    replicas,
    definition,
    ...(uses === undefined ? {} : { uses }),
    hash,
    generation,
    ...(completes === undefined ? {} : { completes }),
    ...(stopped === true ? { stopped } : {}),
  };
}

/** What services use and do not own. */
export type SharedResource = Exclude<EngineResource, ServiceResource>;

/**
 * Networks, volumes, secrets and configs that the services named use, external ones left out: what is made before any
 * of them starts.
 */
export function usedResources(scope: StackScope, project: Project, services: ReadonlySet<string>): SharedResource[] {
  const used = new Set<string>();
  for (const [name, definition] of Object.entries(project.services)) {
    if (services.has(name)) for (const key of resourcesOf(definition)) used.add(key);
  }
  const pick = <T extends { readonly external?: boolean }>(
    kind: string,
    all: Readonly<Record<string, T>> | undefined,
  ): [string, T][] =>
    Object.entries(all ?? {})
      .filter(([name, definition]) => definition.external !== true && used.has(`${kind} ${name}`))
      .sort(([one], [other]) => (one < other ? -1 : 1));

  const resource = { namespace: scope.namespace, stack: scope.stack };
  return [
    ...pick('network', project.networks).map(([name, definition]) => ({
      ...resource,
      kind: 'network' as const,
      name,
      definition,
    })),
    ...pick('volume', project.volumes).map(([name, definition]) => ({
      ...resource,
      kind: 'volume' as const,
      name,
      definition,
    })),
    ...pick('secret', project.secrets).map(([name, definition]) => ({
      ...resource,
      kind: 'secret' as const,
      name,
      definition,
    })),
    ...pick('config', project.configs).map(([name, definition]) => ({
      ...resource,
      kind: 'config' as const,
      name,
      definition,
    })),
  ];
}

/**
 * Names of the networks, volumes, secrets and configs that replicas use, as `<kind> <name>`. A service that says nothing
 * of networks is on `default`.
 */
export function resourcesOf(definition: Service): string[] {
  const networks =
    definition.networks === undefined && definition.network_mode === undefined
      ? ['default']
      : Object.keys(definition.networks ?? {});
  const volumes = (definition.volumes ?? []).flatMap((mount) =>
    mount.type === 'volume' && mount.source !== undefined ? [mount.source] : [],
  );
  return [
    ...networks.map((name) => `network ${name}`),
    ...volumes.map((name) => `volume ${name}`),
    ...(definition.secrets ?? []).map((reference) => `secret ${reference.source}`),
    ...(definition.configs ?? []).map((reference) => `config ${reference.source}`),
  ];
}
