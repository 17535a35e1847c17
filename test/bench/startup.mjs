// Start-up of the built CLI as ratios to `node -e 0`, measured in one run: every round runs each case once, the order
// rotating, and the ratio is taken within the round, so that a noisy machine moves both sides alike. CPU time of the
// whole process is the figure; wall time is printed beside it. NODE_EXTRA_CA_CERTS is unset: Node 20 parses that file at
// every start, which would flatter every ratio.
//
//   npm run bench:startup [-- --rounds 31]
import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { prepare, root } from '../../scripts/prepare.mjs';

prepare();

const rounds = Number(process.argv[process.argv.indexOf('--rounds') + 1]) || 31;
const home = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-bench-'));
const env = { PATH: process.env.PATH, HOME: home, BERTH_HOME: path.join(home, 'berth'), BERTH_ENGINE: 'sandbox' };
const berth = path.join(root, 'bin', 'run.js');

const cases = [
  { name: 'node -e 0', args: ['-e', '0'] },
  { name: '--version', args: [berth, '--version'], bar: 1.3 },
  { name: 'no store, no network (backend ls)', args: [berth, 'backend', 'ls'], bar: 2.6 },
  { name: '--help of a verb (stack up)', args: [berth, 'stack', 'up', '--help'], bar: 3.2 },
  { name: 'opens the store (stack ls)', args: [berth, 'stack', 'ls'], bar: 3.6 },
];

/** Milliseconds of CPU and wall time of one process. */
function measure({ name, args }) {
  const started = process.hrtime.bigint();
  const cpuMs = childCpu(args, name);
  return { cpuMs, wallMs: Number(process.hrtime.bigint() - started) / 1e6 };
}

/** User and system time of the child, as bash's `times` reports it for children that have ended (in ms). */
function childCpu(args, name) {
  const line = `"$@" >/dev/null || exit 9; times`;
  const { stdout, status } = spawnSync('bash', ['-c', line, 'bench', process.execPath, ...args], { env, cwd: home });
  if (status !== 0) throw new Error(`${name} failed with ${status}`);
  const [, children] = stdout.toString().trim().split('\n');
  return [...children.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, m, s]) => sum + Number(m) * 60e3 + Number(s) * 1e3,
    0,
  );
}

const samples = new Map(cases.map(({ name }) => [name, []]));
try {
  for (const test of cases) for (let warmUp = 0; warmUp < 2; warmUp++) measure(test);
  for (let round = 0; round < rounds; round++) {
    for (let index = 0; index < cases.length; index++) {
      const test = cases[(index + round) % cases.length];
      samples.get(test.name).push(measure(test));
    }
  }
} finally {
  fs.rmSync(home, { recursive: true, force: true });
}

const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];
const base = samples.get('node -e 0');
console.log(`Node ${process.version}, ${rounds} rounds, medians; ratios to \`node -e 0\` of the same round`);
console.log(
  `${'case'.padEnd(36)} ${'cpu ms'.padStart(7)} ${'wall ms'.padStart(8)} ${'cpu x'.padStart(6)} ${'wall x'.padStart(7)}   bar`,
);
for (const { name, bar } of cases) {
  const own = samples.get(name);
  const ratio = (key) => median(own.map((sample, round) => sample[key] / base[round][key]));
  const row = [
    name.padEnd(36),
    median(own.map(({ cpuMs }) => cpuMs))
      .toFixed(1)
      .padStart(7),
    median(own.map(({ wallMs }) => wallMs))
      .toFixed(1)
      .padStart(8),
    ratio('cpuMs').toFixed(2).padStart(6),
    ratio('wallMs').toFixed(2).padStart(7),
  ];
  console.log(`${row.join(' ')}   ${bar === undefined ? '' : `<= ${bar}`}`);
}
