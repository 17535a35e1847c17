// Builds dist/: core.cjs (oclif, the cli and ui rooms: what every run needs), commands/**.cjs (one small file a command,
// which oclif loads by the manifest), chunks/*.cjs (what a verb loads when it needs it: every target of a dynamic
// import). Commands and chunks take whatever is in the core from the core, so no module of ours exists twice in a run
// unless two chunks share it. docs/decisions/0003-build.md says why.
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { existsSync } from 'node:fs';
import fs from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const lib = path.join(root, 'src', 'lib');
const finished = path.join(root, 'dist');
/** Built aside and put in place at the end, so that a build that fails leaves the old one. */
const dist = path.join(root, 'build', `dist-${process.pid}`);
const oclif = '@oclif/core';
/** Native packages stay in node_modules; typescript is oclif's optional dependency and must not be bundled. */
const external = ['libsql', 'typescript'];

const settings = {
  absWorkingDir: root,
  bundle: true,
  format: 'cjs',
  platform: 'node',
  target: 'node20',
  minify: true,
  keepNames: true,
  sourcemap: 'external',
  legalComments: 'none',
  supported: { 'dynamic-import': false },
  logLevel: 'warning',
  external,
};

/** The key of a module of src/lib in the core's registry: `cli/base-command`. */
const keyOf = (file) => path.relative(lib, file).replace(/\.ts$/, '').replaceAll(path.sep, '/');

const isOurs = (file) => file.startsWith(lib + path.sep) && file.endsWith('.ts');

/**
 * Takes modules of `core` from the core's registry and sends dynamic imports to chunks, but for those of `inside`, which
 * the file being built holds itself.
 */
function rooms({ core, inside, chunks, depth }) {
  const up = depth === 0 ? './' : '../'.repeat(depth);
  return {
    name: 'rooms',
    setup(api) {
      api.onResolve({ filter: /.*/ }, async (args) => {
        if (args.pluginData === 'resolved' || args.kind === 'entry-point' || args.namespace !== 'file')
          return undefined;
        if (args.path.startsWith('node:') || external.includes(args.path)) return undefined;
        if (!args.importer.startsWith(path.join(root, 'src') + path.sep)) return undefined;
        if (args.path === oclif && core !== undefined) return { path: oclif, namespace: 'core' };
        const { path: file } = await api.resolve(args.path, {
          kind: args.kind,
          importer: args.importer,
          resolveDir: args.resolveDir,
          pluginData: 'resolved',
        });
        if (core?.has(file)) return { path: keyOf(file), namespace: 'core' };
        if (args.kind === 'dynamic-import' && !inside?.has(file)) {
          const name = isOurs(file) ? keyOf(file).replaceAll('/', '-') : `npm-${args.path.replaceAll(/\W+/g, '-')}`;
          chunks.set(name, file);
          return { path: `${up}chunks/${name}.cjs`, external: true };
        }
        return undefined;
      });
      api.onLoad({ filter: /.*/, namespace: 'core' }, ({ path: key }) => ({
        contents: `module.exports = require(${JSON.stringify(`${up}core.cjs`)}).modules[${JSON.stringify(key)}]`,
        resolveDir: root,
      }));
      api.onResolve({ filter: /core\.cjs$/, namespace: 'core' }, (args) => ({ path: args.path, external: true }));
    },
  };
}

/**
 * oclif requires all of itself when it is loaded: 150 files and their packages, of which a run uses a third. Its compiled
 * files name every require in one way, so each can wait until the name is used.
 */
const lazyOclif = {
  name: 'lazy-oclif',
  setup(api) {
    api.onLoad({ filter: /[\\/]@oclif[\\/]core[\\/]lib[\\/].*\.js$/ }, async ({ path: file }) => {
      let source = await fs.readFile(file, 'utf8');
      const requires = [...source.matchAll(/^const (\w+_\d+) = (.*\brequire\(".+"\)\)?);$/gm)];
      for (const [statement, name, value] of requires) {
        const rest = source.replace(statement, '\0').replaceAll(new RegExp(`\\b${name}\\b`, 'g'), `(${name}())`);
        source = rest.replace('\0', () => `let ${name}$; const ${name} = () => (${name}$ ??= ${value});`);
      }
      // Its log, which is off unless DEBUG is set, would look for a terminal at once (2 ms).
      source = source.replaceAll('require("debug")', '(process.env.DEBUG ? require("debug") : () => () => undefined)');
      // What it calls Windows' Linux is of no use to us, and finding out loads node:child_process (2 ms).
      source = source.replace("(await import('wsl-utils')).isWsl ? 'wsl' : ", '');
      // The first localeCompare starts ICU's collator (4-8 ms); command ids are ASCII.
      source = source.replaceAll(/\b(\w+\.id)\.localeCompare\((\w+\.id)\)/g, '($1 < $2 ? -1 : $1 > $2 ? 1 : 0)');
      return { contents: source, loader: 'js' };
    });
  },
};

async function commandFiles() {
  const directory = path.join(root, 'src', 'commands');
  const entries = await fs.readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile() && entry.name.endsWith('.ts'))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}

/** Modules of src/lib that the files import statically, directly or not. */
async function staticModules(entryPoints) {
  const chunks = new Map();
  const { metafile } = await build({
    ...settings,
    entryPoints,
    outdir: dist,
    write: false,
    metafile: true,
    plugins: [rooms({ chunks, depth: 0 })],
  });
  return new Set(
    Object.keys(metafile.inputs)
      .map((file) => path.resolve(root, file))
      .filter(isOurs),
  );
}

async function buildCore(modules, chunks) {
  const names = [...modules].sort();
  const contents = [
    `import * as oclif from '${oclif}';`,
    ...names.map((file, index) => `import * as m${index} from ${JSON.stringify(file)};`),
    `export const modules = { '${oclif}': oclif,`,
    ...names.map((file, index) => `  ${JSON.stringify(keyOf(file))}: m${index},`),
    '};',
  ].join('\n');
  await build({
    ...settings,
    stdin: { contents, resolveDir: root, loader: 'js', sourcefile: 'core.js' },
    outfile: path.join(dist, 'core.cjs'),
    plugins: [rooms({ inside: modules, chunks, depth: 0 }), lazyOclif],
  });
}

async function buildFile(entry, outfile, core, chunks) {
  const depth = path.relative(dist, outfile).split(path.sep).length - 1;
  await build({ ...settings, entryPoints: [entry], outfile, plugins: [rooms({ core, chunks, depth })] });
}

async function writeManifest() {
  const require = createRequire(import.meta.url);
  const { Plugin } = require(oclif);
  const plugin = new Plugin({
    root,
    ignoreManifest: true,
    errorOnManifestCreate: true,
    respectNoCacheDefault: true,
    isRoot: true,
  });
  await plugin.load();
  const commands = Object.fromEntries(Object.entries(plugin.manifest.commands).sort(([a], [b]) => (a < b ? -1 : 1)));
  if (Object.keys(commands).length === 0) throw new Error('the build has no commands');
  const manifest = { ...plugin.manifest, commands };
  const partial = path.join(root, 'build', 'oclif.manifest.json');
  await fs.writeFile(partial, JSON.stringify(manifest) + '\n');
  await fs.rename(partial, path.join(root, 'oclif.manifest.json'));
}

/** Names the build by its content: compiled code is cached under this name. */
async function writeBuildId() {
  const hash = createHash('sha256');
  const entries = await fs.readdir(dist, { recursive: true, withFileTypes: true });
  const files = entries
    .filter(({ name }) => name.endsWith('.cjs'))
    .map(({ parentPath, name }) => path.join(parentPath, name));
  for (const file of files.sort()) hash.update(path.relative(dist, file)).update(await fs.readFile(file));
  await fs.writeFile(path.join(dist, 'build-id'), `${hash.digest('hex').slice(0, 16)}\n`);
}

async function putInPlace() {
  const old = `${dist}-old`;
  await fs.rm(old, { recursive: true, force: true });
  if (existsSync(finished)) await fs.rename(finished, old);
  await fs.rename(dist, finished);
  await fs.rm(old, { recursive: true, force: true });
}

await fs.rm(dist, { recursive: true, force: true });
const commands = await commandFiles();
const core = await staticModules([path.join(lib, 'cli', 'main.ts'), ...commands]);
const chunks = new Map();
await buildCore(core, chunks);
await Promise.all(
  commands.map(async (file) => {
    const name = path.relative(path.join(root, 'src', 'commands'), file).replace(/\.ts$/, '.cjs');
    await buildFile(file, path.join(dist, 'commands', name), core, chunks);
  }),
);
const built = new Set();
for (let pending = [...chunks]; pending.length > 0; pending = [...chunks].filter(([name]) => !built.has(name))) {
  for (const [name, file] of pending) {
    built.add(name);
    await buildFile(file, path.join(dist, 'chunks', `${name}.cjs`), core, chunks);
  }
}
await writeBuildId();
await putInPlace();
await writeManifest();
