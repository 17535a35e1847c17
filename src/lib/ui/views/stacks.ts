import type { Stack, StackDetail } from '../../port/stacks.js';
import { detail, list, mutation } from '../result.js';
import { section } from '../view.js';

export const stackList = list<Stack>({
  columns: [
    { header: 'name', value: (stack) => stack.name, shrink: true },
    { header: 'id', value: (stack) => ({ id: stack.id }) },
    { header: 'status', value: (stack) => ({ state: stack.state }) },
    { header: 'services', value: (stack) => stack.services.length, align: 'right' },
    { header: 'engine', value: (stack) => stack.engine, wide: true },
    { header: 'synchronized', value: (stack) => stack.synchronized, wide: true },
    { header: 'created', value: (stack) => ({ age: stack.createdAt }), wide: true },
    { header: 'deployed', value: (stack) => ({ age: stack.deployedAt }) },
  ],
  id: (stack) => stack.id,
  name: (stack) => stack.name,
  empty: 'No stacks. Deploy one with `berth stack up -f compose.yaml`.',
});

export const stackDetail = detail<StackDetail>({
  fields: [
    { header: 'name', value: (stack) => stack.name },
    { header: 'id', value: (stack) => ({ id: stack.id }) },
    { header: 'status', value: (stack) => ({ state: stack.state }) },
    { header: 'synchronized', value: (stack) => stack.synchronized },
    { header: 'engine', value: (stack) => stack.engine },
    { header: 'namespace', value: (stack) => stack.namespace },
    { header: 'created', value: (stack) => ({ age: stack.createdAt }) },
    { header: 'deployed', value: (stack) => ({ age: stack.deployedAt }) },
  ],
  id: (stack) => stack.id,
  name: (stack) => stack.name,
  sections: [
    section({
      title: 'Services',
      rows: (stack: StackDetail) => Object.entries(stack.definition.services),
      columns: [
        { header: 'name', value: ([name]) => name },
        { header: 'image', value: ([, service]) => service.image ?? null },
        { header: 'replicas', value: ([, service]) => service.deploy?.replicas ?? service.scale ?? 1, align: 'right' },
        { header: 'depends on', value: ([, service]) => Object.keys(service.depends_on ?? {}) },
      ],
    }),
    section({
      title: 'Volumes',
      rows: (stack: StackDetail) => Object.entries(stack.definition.volumes ?? {}),
      columns: [
        { header: 'name', value: ([name]) => name },
        { header: 'volume', value: ([, volume]) => volume.name },
      ],
    }),
  ],
});

export const stackMutation = mutation<Stack>({
  subjects: (stack) => [{ id: stack.id, name: stack.name }],
});
