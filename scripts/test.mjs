// `npm test`: its own set-up, then the whole suite; arguments go to vitest.
import { prepare, root, run } from './prepare.mjs';
import path from 'node:path';

prepare();
run(process.execPath, [path.join(root, 'node_modules', 'vitest', 'vitest.mjs'), 'run', ...process.argv.slice(2)]);
