#!/usr/bin/env node
'use strict';

// The launcher. It is CommonJS (3-5 ms less than ESM), answers `--version` before anything else is loaded, and compiles
// the built files through V8 code caches of its own: written after a run, so that they hold lazily compiled functions
// too, one file for each large file of the build. A cache is never needed: any failure means compiling as usual.

function main() {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  if (major < 20 || (major === 20 && minor < 18)) {
    process.stderr.write(`berth needs Node.js 20.18 or newer; this is ${process.version}.\n`);
    process.exitCode = 2;
    return;
  }
  const argv = process.argv.slice(2);
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
    const { version } = require('../package.json');
    process.stdout.on('error', ({ code }) => {
      process.exitCode = code === 'EPIPE' ? 0 : 1;
    });
    process.stdout.write(`berth/${version} ${process.platform}-${process.arch} node-${process.version}\n`);
    return;
  }
  const fs = require('node:fs');
  const path = require('node:path');
  const root = path.dirname(__dirname);
  const core = path.join(root, 'dist', 'core.cjs');
  if (!fs.existsSync(core)) {
    process.stderr.write('berth is not built yet. Run `npm start` (or `npm ci && npm run build`) in its folder.\n');
    process.exitCode = 2;
    return;
  }
  const saveCaches = cacheCompiledCode(fs, path, path.join(root, 'dist'));
  // oclif checks the Node version again when it is loaded, with a parser of version ranges that takes 3 ms to load.
  process.env.OCLIF_DISABLE_ENGINE_WARNING = '1';
  const { main: run } = require(core).modules['cli/main'];
  delete process.env.OCLIF_DISABLE_ENGINE_WARNING;
  run({ root, argv }).then((exitCode) => {
    process.exitCode = exitCode;
    saveCaches();
  });
}

/** Compiles large .cjs files below `dist` through the cache; gives the function that writes what was missing. */
function cacheCompiledCode(fs, path, dist) {
  const base = cacheHome(path);
  if (base === undefined || process.env.BERTH_CODE_CACHE === '0') return () => {};
  const vm = require('node:vm');
  const Module = require('node:module');
  const content = fs.readFileSync(path.join(dist, 'build-id'), 'utf8').trim();
  const build = `${content}-${process.version}-${process.arch}`;
  const directory = path.join(base, 'berth', 'v8', build);
  if (!isOurs(fs, directory)) return () => {};
  const missing = [];
  const worthCaching = 16 * 1024;

  Module._extensions['.cjs'] = (module, filename) => {
    const source = fs.readFileSync(filename, 'utf8');
    if (source.length < worthCaching || !filename.startsWith(dist + path.sep)) {
      module._compile(source, filename);
      return;
    }
    const file = path.join(directory, path.relative(dist, filename).replaceAll(path.sep, '-') + '.bin');
    const cachedData = readIfThere(fs, file);
    const script = new vm.Script(Module.wrap(source), {
      filename,
      ...(cachedData && { cachedData }),
      importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
    });
    if (!cachedData || script.cachedDataRejected) missing.push({ file, script });
    const compiled = script.runInThisContext();
    compiled.call(
      module.exports,
      module.exports,
      Module.createRequire(filename),
      module,
      filename,
      path.dirname(filename),
    );
  };

  return () => {
    if (missing.length === 0) return;
    try {
      fs.mkdirSync(directory, { recursive: true, mode: 0o700 });
      for (const { file, script } of missing) {
        writeWhole(fs, file, script.createCachedData());
      }
      removeOldBuilds(fs, path, path.dirname(directory), build);
    } catch {
      // A read-only or full home: the next run compiles again.
    }
  };
}

/** What is compiled there is run: a directory that somebody else may write to is not used. */
function isOurs(fs, directory) {
  try {
    const stat = fs.statSync(directory, { throwIfNoEntry: false });
    if (stat === undefined || process.getuid === undefined) return true;
    return stat.uid === process.getuid() && (stat.mode & 0o022) === 0;
  } catch {
    return false;
  }
}

/** Puts the file in place in one piece, or leaves nothing. */
function writeWhole(fs, file, data) {
  const partial = `${file}.${process.pid}`;
  try {
    fs.writeFileSync(partial, data);
    fs.renameSync(partial, file);
  } catch (error) {
    fs.rmSync(partial, { force: true });
    throw error;
  }
}

/** Keeps the caches of the four newest builds. */
function removeOldBuilds(fs, path, directory, current) {
  const kept = 4;
  const builds = fs
    .readdirSync(directory)
    .filter((name) => name !== current)
    .map((name) => ({ name, at: fs.statSync(path.join(directory, name)).mtimeMs }))
    .sort((a, b) => b.at - a.at);
  for (const { name } of builds.slice(kept - 1))
    fs.rmSync(path.join(directory, name), { recursive: true, force: true });
}

function cacheHome(path) {
  const { XDG_CACHE_HOME, HOME, LOCALAPPDATA } = process.env;
  if (XDG_CACHE_HOME) return XDG_CACHE_HOME;
  if (process.platform === 'win32') return LOCALAPPDATA || undefined;
  return HOME ? path.join(HOME, '.cache') : undefined;
}

function readIfThere(fs, file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

main();
