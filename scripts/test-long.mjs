// `npm run test:long`: what takes too long for every change: SIGKILL at 400 points of the verbs that change a stack.
import { prepare, root, run } from './prepare.mjs';
import path from 'node:path';

prepare();
process.env.BERTH_KILL_POINTS ??= '400';
const vitest = path.join(root, 'node_modules', 'vitest', 'vitest.mjs');
run(process.execPath, [vitest, 'run', '--project', 'e2e', 'test/e2e/kill', ...process.argv.slice(2)]);
