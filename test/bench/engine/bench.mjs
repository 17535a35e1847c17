// berth beside docker and docker-compose on the same Docker, in one run: every round runs each case once, the order
// rotating. Medians and ratios within the round; the table at the end is that of docs/architecture.md, "Budgets".
// NODE_EXTRA_CA_CERTS is unset: Node 20 parses that file at every start.
//
//   npm run bench:engine [-- --rounds 5 --services 10 --lines 1000000 --docker /usr/bin/docker]
//
// DOCKER_HOST names the Docker (unix:// or tcp://). What is made there has `berthbench` in its name, and is removed.
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { prepare, root } from '../../../scripts/prepare.mjs';
import { openDocker } from './docker.mjs';
import { readLines, timed } from './processes.mjs';
import { openSamples, printBudgets, printSamples } from './report.mjs';

const { values: flags } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    services: { type: 'string', default: '10' },
    lines: { type: 'string', default: '1000000' },
    docker: { type: 'string', default: 'docker' },
  },
});
const [rounds, services, lines] = [flags.rounds, flags.services, flags.lines].map(Number);

prepare();

const host = process.env.DOCKER_HOST ?? 'unix:///var/run/docker.sock';
const docker = openDocker(host);
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'berthbench-'));
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  DOCKER_HOST: host,
  BERTH_HOME: path.join(folder, 'berth'),
  BERTH_ENGINE: 'docker',
  LANG: 'C.UTF-8',
};
const image = 'berthbench/steady:1';
const options = { env, cwd: folder };
const samples = openSamples();
const failed = new Set();

const node = (...args) => timed(process.execPath, args, options);
const program = path.join(root, 'bin', 'run.js');
const berth = (...args) => node(program, ...args);

/** A Compose file of services that sleep. SIGKILL: nobody's time to stop is measured. */
function composeFile(name, count, command = ['sleep', '3600'], more = []) {
  const all = Array.from({ length: count }, (_, index) => [
    `  s${index + 1}:`,
    `    image: ${image}`,
    `    command: ${JSON.stringify(command)}`,
    '    stop_signal: SIGKILL',
    ...more.map((line) => `    ${line}`),
  ]);
  const file = path.join(folder, `${name}.yaml`);
  fs.writeFileSync(file, ['services:', ...all.flat(), ''].join('\n'));
  return file;
}

/** The two that deploy, as what they run. */
function deployers() {
  const file = composeFile('services', services);
  const compose = (...args) => timed('docker-compose', ['-p', 'berthbench-dc', '-f', file, ...args], options);
  return [
    { name: 'docker-compose', project: 'berthbench-dc', up: () => compose('up', '-d'), down: () => compose('down') },
    {
      name: 'berth',
      project: 'berthbench-b',
      up: () => berth('stack', 'up', '-n', 'berthbench-b', '-f', file),
      down: () => berth('stack', 'terminate', 'berthbench-b', '--yes'),
    },
  ];
}

/** Runs one case of a round; what fails is told once, and has no figure. */
async function attempt(name, work) {
  if (failed.has(name)) return false;
  try {
    await work();
    return true;
  } catch (error) {
    failed.add(name);
    console.error(`FAILED ${name}: ${error.message}`);
    return false;
  }
}

async function roundRobin(cases, count) {
  for (let round = 0; round < count; round++) {
    for (let index = 0; index < cases.length; index++) {
      const { name, work } = cases[(index + round) % cases.length];
      await attempt(name, () => work(round));
    }
  }
}

/** Up until everything runs and the command has returned; up again; down. */
async function measureDeployments() {
  const cases = deployers().map(({ name, project, up, down }) => ({
    name,
    work: async (round) => {
      await docker.removeProject(project);
      const started = performance.now();
      await up();
      await docker.until(project, services, 'running');
      samples.add(`up, ${services} services: ${name}`, round, (performance.now() - started) / 1000);
      samples.add(`up, nothing changed: ${name}`, round, await up());
      samples.add(`down: ${name}`, round, await down());
    },
  }));
  await roundRobin(cases, rounds);
}

/** Lists, with the services of both running. */
async function measureLists() {
  for (const { name, up } of deployers()) await attempt(name, up);
  const compose = ['-p', 'berthbench-dc', '-f', path.join(folder, 'services.yaml')];
  const commands = {
    'node -e 0': () => node('-e', '0'),
    'docker ps': () => timed(flags.docker, ['ps'], options),
    'docker-compose ps': () => timed('docker-compose', [...compose, 'ps'], options),
    'berth stack ls': () => berth('stack', 'ls'),
    'berth container ps': () => berth('container', 'ps'),
  };
  const cases = Object.entries(commands).map(([name, run]) => ({
    name,
    work: async (round) => samples.add(name, round, await run()),
  }));
  for (const { name, work } of cases) await attempt(name, () => work(0));
  await roundRobin(cases, rounds * 3);
  for (const { name, down } of deployers()) await attempt(name, down);
}

/** Following the log of a container that has written its lines: how fast they are read, not how fast Docker takes them. */
async function measureLogs() {
  const file = composeFile('log', 1, ['seq', '1', String(lines)], ['restart: "no"']);
  const project = 'berthbench-log';
  const made = await attempt('berth container logs -f', () => berth('stack', 'up', '-n', project, '-f', file));
  if (!made) {
    await docker.removeProject(project);
    await timed('docker-compose', ['-p', project, '-f', file, 'up', '-d'], options);
  }
  await docker.until(project, 1, 'exited');
  const [{ Id: id }] = await docker.containers(project);
  const bytes = Array.from({ length: String(lines).length }, (_, digits) => digits + 1).reduce(
    (sum, digits) => sum + (digits + 1) * Math.max(0, Math.min(lines, 10 ** digits - 1) - 10 ** (digits - 1) + 1),
    0,
  );
  const commands = {
    'docker logs -f': [flags.docker, ['logs', '-f', id]],
    'berth container logs -f': [process.execPath, [program, 'container', 'logs', id, '--follow']],
  };
  const cases = Object.entries(commands).map(([name, [command, args]]) => ({
    name,
    work: async (round) => {
      const { seconds, rss, quarterRss } = await readLines(command, args, { ...options, last: lines, bytes });
      samples.add(`${name}, lines/s`, round, lines / seconds);
      samples.add(`${name}, peak memory`, round, rss);
      samples.add(`${name}, peak memory of a quarter`, round, quarterRss);
    },
  }));
  await roundRobin(cases, rounds);
  await attempt('berth stack terminate', () => (made ? berth('stack', 'terminate', project, '--yes') : undefined));
}

function budgets() {
  const up = `up, ${services} services`;
  const ratio = (one, other) => samples.combined([one, other], (a, b) => a / b);
  const list = (command) =>
    samples.combined([command, 'docker ps', 'node -e 0'], (own, peer, start) => own / (peer + 2.6 * start));
  return [
    {
      what: 'following logs',
      bar: '>= 1.2 x docker logs -f',
      least: 1.2,
      measured: ratio('berth container logs -f, lines/s', 'docker logs -f, lines/s'),
    },
    {
      what: 'memory while following',
      bar: '<= 1.25 x that after a quarter',
      most: 1.25,
      measured: ratio('berth container logs -f, peak memory', 'berth container logs -f, peak memory of a quarter'),
    },
    {
      what: `up of ${services} services, all running`,
      bar: '<= 1.10 x docker-compose up -d',
      most: 1.1,
      measured: ratio(`${up}: berth`, `${up}: docker-compose`),
    },
    {
      what: 'up, nothing changed',
      bar: '>= 2 x faster than docker-compose',
      least: 2,
      measured: ratio('up, nothing changed: docker-compose', 'up, nothing changed: berth'),
    },
    { what: 'stack ls', bar: '<= docker ps + 2.6 x node -e 0', most: 1, measured: list('berth stack ls') },
    {
      what: 'container ps',
      bar: '<= docker ps + 2.6 x node -e 0',
      most: 1,
      measured: list('berth container ps'),
    },
  ];
}

function unit(name) {
  if (name.endsWith('lines/s')) return (value) => `${Math.round(value / 1000)} k/s`;
  if (name.includes('memory')) return (value) => `${(value / 2 ** 20).toFixed(1)} MiB`;
  return (value) => `${(value * 1000).toFixed(0)} ms`;
}

function buildImage() {
  const script = path.join(root, 'scripts', 'engine-image.mjs');
  const { status } = spawnSync(process.execPath, [script, `steady=${image}`], { env, stdio: 'inherit' });
  if (status !== 0) throw new Error('the image cannot be built');
}

function firstLine(command, ...args) {
  return spawnSync(command, args, { env }).stdout?.toString().split('\n')[0] ?? `no ${command}`;
}

async function clear() {
  for (const project of ['berthbench-dc', 'berthbench-b', 'berthbench-log']) await docker.removeProject(project);
}

try {
  await clear();
  buildImage();
  const versions = [firstLine(flags.docker, '--version'), firstLine('docker-compose', '--version')];
  console.log(`Docker ${await docker.version()}; ${versions.join('; ')}; Node ${process.version}; ${rounds} rounds`);
  await measureDeployments();
  await measureLists();
  await measureLogs();
  printSamples(samples, unit);
  const held = printBudgets(budgets());
  // A budget that is missed is a figure to look at, not a failure; a command that failed is one.
  process.exitCode = failed.size > 0 ? 1 : 0;
  if (!held) console.log('\nNot every budget holds.');
} finally {
  await clear();
  await docker.removeImage(image);
  docker.close();
  fs.rmSync(folder, { recursive: true, force: true });
}
