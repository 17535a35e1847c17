// `npm run check`: everything that can be said about a change in about a minute: format, lint, types, dead code, unit and
// contract tests. All of them run; the first failure decides the exit status.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();

const bin = (name) => path.join(root, 'node_modules', '.bin', name);
const checks = [
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['types', bin('tsc'), ['-p', '.']],
  ['dead code', bin('knip'), []],
  ['lint', bin('eslint'), ['--max-warnings', '0', '.']],
  ['tests', bin('vitest'), ['run', '--project', 'unit', '--project', 'contract', '--reporter', 'dot']],
];

let failed = false;
// Two at a time: most machines that build have at least two cores, and more would only slow each other down.
const queue = [...checks];
async function worker() {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    const [name, command, args] = next;
    const started = Date.now();
    const { status, output } = await capture(command, args);
    console.log(`${status === 0 ? 'ok  ' : 'FAIL'} ${name} (${((Date.now() - started) / 1000).toFixed(1)} s)`);
    if (status !== 0) {
      failed = true;
      console.log(output);
    }
  }
}

function capture(command, args) {
  return new Promise((resolve) => {
    const child = spawn(command, args, { cwd: root });
    let output = '';
    child.stdout.on('data', (chunk) => (output += chunk));
    child.stderr.on('data', (chunk) => (output += chunk));
    child.on('error', (error) => resolve({ status: 1, output: error.message }));
    child.on('close', (status) => resolve({ status, output }));
  });
}

await Promise.all([worker(), worker()]);
process.exitCode = failed ? 1 : 0;
