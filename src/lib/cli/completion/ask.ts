import type { Backend } from '../../port/backend.js';
import { gate } from '../../port/gate.js';
import type { CallContext } from '../../port/verb.js';
import { stripControl } from '../../ui/terminal.js';
import type { NameKind } from './name-kinds.js';
import type { Name } from './names.js';

/** Names kept of a kind at most. */
const most = 2_000;

/** Actions and releases offered at most, the newest first. */
const newest = 50;

/**
 * Asks a backend for the names of a kind.
 *
 * @param stack of releases and variables: whose.
 * @throws UnsupportedError where the backend has no such thing, and what its verb throws.
 */
export async function askForNames(
  backend: Backend,
  kind: NameKind,
  stack: string,
  context: CallContext,
): Promise<readonly Name[]> {
  const names: Name[] = [];
  for await (const { name, description, ...of } of namesOf(backend, kind, stack, context)) {
    // What would not come back from the command line as it is, is not offered.
    if (name === '' || stripControl(name) !== name) continue;
    names.push({ name, stack: of.stack, description: stripControl(description) });
    if (names.length === most) break;
  }
  return names;
}

async function* namesOf(
  backend: Backend,
  kind: NameKind,
  stack: string,
  context: CallContext,
): AsyncGenerator<Name, void, undefined> {
  switch (kind) {
    case 'stack':
      for await (const { name, state } of gate(backend, 'stacks', 'list')({}, {}, context)) {
        yield { name, stack: null, description: state };
      }
      return;
    case 'service':
      for await (const { name, stack: of, state, image } of gate(backend, 'services', 'list')({}, {}, context)) {
        yield { name, stack: of, description: `${state}, ${image}` };
      }
      return;
    case 'container':
      for await (const { name, stack: of, state, image } of gate(backend, 'containers', 'list')({}, {}, context)) {
        yield { name, stack: of, description: `${state}, ${image}` };
      }
      return;
    case 'node':
      for await (const { name, state } of gate(backend, 'nodes', 'list')({}, {}, context)) {
        yield { name, stack: null, description: state };
      }
      return;
    case 'action':
      for await (const { id, name, object, state } of gate(backend, 'actions', 'list')(
        {},
        { limit: newest },
        context,
      )) {
        yield { name: id.slice(0, 8), stack: null, description: `${name} ${object.name}: ${state}` };
      }
      return;
    case 'image':
      for await (const { tags, id } of gate(backend, 'images', 'list')({}, {}, context)) {
        for (const name of tags) yield { name, stack: null, description: id.replace(/^sha256:/, '').slice(0, 12) };
      }
      return;
    case 'registry':
      for await (const { host, username } of gate(backend, 'registries', 'list')({}, {}, context)) {
        yield { name: host, stack: null, description: username ?? '' };
      }
      return;
    case 'release':
      for await (const { version, summary } of gate(backend, 'releases', 'list')(
        { stack },
        { limit: newest },
        context,
      )) {
        yield { name: `v${version}`, stack, description: summary };
      }
      return;
    case 'variable': {
      const { variables } = await gate(backend, 'config', 'get')({ target: { stack } }, {}, context);
      // Values may be secrets, and names are kept.
      for (const { key, origin } of variables) yield { name: key, stack, description: origin };
    }
  }
}
