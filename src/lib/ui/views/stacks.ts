import type { Stack, StackDetail } from '../../port/stacks.js';
import { detail, list, mutation, mutations, type View } from '../result.js';
import { stripControl, stripControlLines } from '../terminal.js';
import { section } from '../view.js';

export const stackList = list<Stack>({
  columns: [
    { header: 'name', value: (stack) => stack.name, shrink: 'name' },
    { header: 'id', value: (stack) => ({ id: stack.id }) },
    { header: 'status', value: (stack) => ({ state: stack.state }), shrink: 'state' },
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
        { header: 'name', value: ([name]) => name, shrink: 'name' },
        { header: 'image', value: ([, service]) => service.image ?? null, shrink: true },
        { header: 'replicas', value: ([, service]) => service.deploy?.replicas ?? service.scale ?? 1, align: 'right' },
        { header: 'depends on', value: ([, service]) => Object.keys(service.depends_on ?? {}), shrink: true },
      ],
    }),
    section({
      title: 'Volumes',
      rows: (stack: StackDetail) => Object.entries(stack.definition.volumes ?? {}),
      columns: [
        { header: 'name', value: ([name]) => name, shrink: 'name' },
        { header: 'volume', value: ([, volume]) => volume.name, shrink: true },
      ],
    }),
  ],
});

export const stackMutation = mutation<Stack>({
  subjects: (stack) => [{ id: stack.id, name: stack.name }],
});

export const stackMutations = mutations<Stack>({ subjects: (stack) => [{ id: stack.id, name: stack.name }] });

/** The definition of a stack, written down. */
export interface StackExport {
  /** For standard output; blank where it went to a file. */
  readonly text: string;
  /** Absolute; null for standard output. */
  readonly file: string | null;
}

export const stackExport: View<StackExport> = {
  // The command has a --format of its own, whose values the parser checks.
  check: () => undefined,
  async show({ text, file }, { stdout, stderr, terminal }) {
    // A definition is not trusted with a terminal; a pipe gets what it says.
    await stdout.write(terminal.isTTY ? stripControlLines(text) : text);
    if (text === '' && file !== null) await stderr.write(`Written to ${stripControl(file)}.\n`);
  },
};
