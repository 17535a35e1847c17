import type { PortBinding, Service, ServiceDetail } from '../../port/services.js';
import { detail, list, mutation, mutations } from '../result.js';
import { section } from '../view.js';

/** `8080->80/tcp`, `127.0.0.1:8080->80/tcp`, or `80/tcp` for a port that is only exposed. */
export function portText(port: PortBinding): string {
  const inner = `${port.target}/${port.protocol}`;
  if (port.published === null) return inner;
  const host = port.hostIp === null ? '' : `${port.hostIp}:`;
  return `${host}${port.published}->${inner}`;
}

function replicaText(service: Service): string {
  return `${service.replicas.running}/${service.replicas.desired}`;
}

/** `Running (*)`: what runs is not what the definition says. */
function statusText(service: Service): string {
  return service.synchronized || service.state === 'Redeploying' ? service.state : `${service.state} (*)`;
}

/** `vote.voting-app`: the name that finds it and no other. */
function fullName({ name, stack }: Service): string {
  return stack === null ? name : `${name}.${stack}`;
}

export const serviceList = list<Service>({
  columns: [
    { header: 'name', value: (service) => service.name, shrink: 'name' },
    { header: 'id', value: (service) => ({ id: service.id }) },
    { header: 'status', value: (service) => ({ state: statusText(service) }), shrink: 'state' },
    { header: 'replicas', value: replicaText, align: 'right' },
    { header: 'image', value: (service) => service.image, shrink: true },
    { header: 'ports', value: (service) => service.ports.map(portText), shrink: true },
    { header: 'deployed', value: (service) => ({ age: service.deployedAt }), wide: true },
    { header: 'stack', value: (service) => service.stack, shrink: true },
  ],
  id: (service) => service.id,
  name: fullName,
  empty: 'No services.',
});

export const serviceDetail = detail<ServiceDetail>({
  fields: [
    { header: 'name', value: (service) => service.name },
    { header: 'id', value: (service) => ({ id: service.id }) },
    { header: 'stack', value: (service) => service.stack },
    { header: 'status', value: (service) => ({ state: statusText(service) }) },
    { header: 'image', value: (service) => service.image },
    { header: 'command', value: (service) => service.definition.command ?? [] },
    { header: 'replicas', value: replicaText },
    { header: 'replicas in file', value: (service) => service.definedReplicas },
    { header: 'ports', value: (service) => service.ports.map(portText) },
    { header: 'networks', value: (service) => Object.keys(service.definition.networks ?? {}) },
    { header: 'depends on', value: (service) => Object.keys(service.definition.depends_on ?? {}) },
    { header: 'created', value: (service) => ({ age: service.createdAt }) },
    { header: 'deployed', value: (service) => ({ age: service.deployedAt }) },
  ],
  id: (service) => service.id,
  name: (service) => service.name,
  sections: [
    section({
      title: 'Environment',
      rows: (service: ServiceDetail) => Object.keys(service.definition.environment ?? {}),
      columns: [{ header: 'key', value: (key) => key, shrink: 'name' }],
    }),
    section({
      title: 'Volumes',
      rows: (service: ServiceDetail) => service.definition.volumes ?? [],
      columns: [
        { header: 'target', value: (mount) => mount.target, shrink: 'name' },
        { header: 'type', value: (mount) => mount.type },
        { header: 'source', value: (mount) => mount.source ?? null, shrink: true },
      ],
    }),
  ],
});

export const servicesMutation = mutation<readonly Service[]>({
  subjects: (services) => services.map(({ id, name }) => ({ id, name })),
});

export const serviceMutations = mutations<Service>({
  subjects: (service) => [{ id: service.id, name: fullName(service) }],
});
