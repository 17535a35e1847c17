import fs from 'node:fs';
import path from 'node:path';
import ts from 'typescript';
import { describe, expect, test } from 'vitest';

/** The house: docs/architecture.md. */
const root = path.resolve(import.meta.dirname, '../..');
const lib = path.join(root, 'src/lib');
const commands = path.join(root, 'src/commands');

/** Which rooms a room may import, besides itself and `text`. `types` may only be imported as types. */
const allowed: Readonly<Record<string, { readonly values: readonly string[]; readonly types?: readonly string[] }>> = {
  commands: { values: ['cli', 'ui', 'port'] },
  cli: { values: ['ui', 'port', 'compose', 'plan', 'platforms', 'control', 'net', 'serve'] },
  ui: { values: ['port'] },
  serve: { values: ['platforms/gateway', 'control', 'port', 'net'] },
  platforms: { values: ['port', 'compose', 'plan', 'net'] },
  control: { values: ['port', 'compose', 'plan'] },
  plan: { values: ['port', 'compose'] },
  port: { values: [], types: ['compose'] },
  compose: { values: [] },
  net: { values: ['port'] },
  text: { values: [] },
};

interface Import {
  readonly from: string;
  readonly to: string;
  readonly typeOnly: boolean;
  readonly dynamic: boolean;
}

const files = [...sources(lib), ...sources(commands)];
const imports = files.flatMap(importsOf);

describe('the house', () => {
  test('every folder of src/lib is a room of the architecture', () => {
    const rooms = fs.readdirSync(lib, { withFileTypes: true }).map((entry) => entry.name);
    expect(rooms.filter((room) => allowed[room] === undefined)).toEqual([]);
  });

  test('rooms import only what the architecture allows', () => {
    const wrong = imports.filter(({ from, to, typeOnly }) => {
      const source = roomOf(from);
      const target = roomOf(to);
      if (source === target || target === 'text') return false;
      const rule = allowed[source];
      return !(rule?.values.includes(target) || (typeOnly && rule?.types?.includes(target)));
    });
    expect(wrong.map(({ from, to }) => `${relative(from)} -> ${relative(to)}`)).toEqual([]);
  });

  test('no platform imports another', () => {
    const wrong = imports.filter(({ from, to }) => {
      const [source, target] = [platformOf(from), platformOf(to)];
      return source !== undefined && target !== undefined && source !== target;
    });
    expect(wrong).toEqual([]);
  });

  test('nobody imports a command', () => {
    expect(imports.filter(({ to }) => to.startsWith(commands)).map(({ from }) => relative(from))).toEqual([]);
  });

  test('there are no import cycles', () => {
    expect(findCycle(imports.filter(({ typeOnly, dynamic }) => !typeOnly && !dynamic))).toBeUndefined();
  });

  test('there are no barrel files and no catch-all names', () => {
    const names = files.map((file) => path.basename(file, '.ts'));
    expect(names.filter((name) => /^(index|utils?|helpers?|common|misc|manager)$/.test(name))).toEqual([]);
  });

  test('src/lib uses neither import.meta nor top-level await nor module state', () => {
    expect(
      sources(lib)
        .filter((file) => /import\.meta|^(let|var) |^await /m.test(read(file)))
        .map(relative),
    ).toEqual([]);
  });

  test('only ui and the launcher write to the terminal, only net opens sockets to a platform', () => {
    const outside = (pattern: RegExp, room: string): readonly string[] =>
      files.filter((file) => roomOf(file) !== room && pattern.test(read(file))).map(relative);
    expect(outside(/\bconsole\.|process\.std(out|err)\.write/, 'ui')).toEqual([]);
    expect(outside(/\bfetch\(|from '(undici|ws)'/, 'net')).toEqual([]);
  });

  test('wire names stay in their rooms', () => {
    const wire = /container_envvars|target_num_containers|desired_state|X-Deis-Release/;
    const strays = files.filter((file) => !['platforms', 'compose'].includes(roomOf(file)) && wire.test(read(file)));
    expect(strays.map(relative)).toEqual([]);
  });
});

function sources(directory: string): readonly string[] {
  return fs
    .readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts') && !entry.name.endsWith('.d.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name));
}

function read(file: string): string {
  return fs.readFileSync(file, 'utf8');
}

/** Imports of our own files, as the TypeScript parser sees them: comments and strings are not taken for imports. */
function importsOf(file: string): readonly Import[] {
  const found: Import[] = [];
  const add = (specifier: string, typeOnly: boolean, dynamic: boolean): void => {
    if (!specifier.startsWith('.')) return;
    const to = path.resolve(path.dirname(file), specifier).replace(/\.js$/, '.ts');
    found.push({ from: file, to, typeOnly, dynamic });
  };
  const visit = (node: ts.Node): void => {
    if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
      const bindings = node.importClause?.namedBindings;
      const named = bindings !== undefined && ts.isNamedImports(bindings) ? bindings.elements : [];
      const typeOnly =
        node.importClause?.phaseModifier === ts.SyntaxKind.TypeKeyword ||
        (named.length > 0 && node.importClause?.name === undefined && named.every((element) => element.isTypeOnly));
      add(node.moduleSpecifier.text, typeOnly, false);
    } else if (ts.isExportDeclaration(node) && node.moduleSpecifier && ts.isStringLiteral(node.moduleSpecifier)) {
      add(node.moduleSpecifier.text, node.isTypeOnly, false);
    } else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
      const [target] = node.arguments;
      if (target !== undefined && ts.isStringLiteral(target)) add(target.text, false, true);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, read(file), ts.ScriptTarget.Latest, true));
  return found;
}

function roomOf(file: string): string {
  if (file.startsWith(commands)) return 'commands';
  return path.relative(lib, file).split(path.sep)[0] ?? '';
}

function platformOf(file: string): string | undefined {
  const [room, platform] = path.relative(lib, file).split(path.sep);
  return room === 'platforms' ? platform : undefined;
}

function relative(file: string): string {
  return path.relative(root, file);
}

/** A cycle as a list of files, or undefined. */
function findCycle(edges: readonly Import[]): readonly string[] | undefined {
  const next = new Map<string, Import[]>();
  for (const edge of edges) next.set(edge.from, [...(next.get(edge.from) ?? []), edge]);
  const state = new Map<string, 'open' | 'done'>();
  const visit = (file: string, trail: readonly string[]): readonly string[] | undefined => {
    if (state.get(file) === 'done') return undefined;
    if (state.get(file) === 'open') return [...trail.slice(trail.indexOf(file)), file].map(relative);
    state.set(file, 'open');
    for (const { to } of next.get(file) ?? []) {
      const cycle = visit(to, [...trail, file]);
      if (cycle !== undefined) return cycle;
    }
    state.set(file, 'done');
    return undefined;
  };
  for (const file of next.keys()) {
    const cycle = visit(file, []);
    if (cycle !== undefined) return cycle;
  }
  return undefined;
}
