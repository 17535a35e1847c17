import type { TestContext } from 'vitest';
import { openShell, type Shell } from '../../e2e/support/berth.js';
import { type BorrowedEngine, engineOf } from './engines.js';

export interface Home extends Shell {
  readonly engine: BorrowedEngine;
  /** Its containers, `NAME IMAGE STATE`, by name; those of one-offs and of others too. */
  containers(): Promise<readonly string[]>;
  /** What `docker inspect --format` gives, of one container. */
  inspect(name: string, format: string): Promise<string>;
}

/**
 * A HOME and a BERTH_HOME of its own, and the built program in it, for a test that runs beside others. On a Docker of its
 * own, or on one that is given. Skips the test where there is none.
 */
export async function openHome(context: TestContext, given?: BorrowedEngine): Promise<Home> {
  const engine = given ?? (await engineOf(context));
  const shell = openShell({ BERTH_ENGINE: 'docker', DOCKER_HOST: engine.host }, context);
  return {
    ...shell,
    engine,
    containers: async () => {
      const lines = await engine.docker('ps', '--all', '--format', '{{.Names}} {{.Image}} {{.State}}');
      return lines.split('\n').filter(Boolean).sort();
    },
    inspect: async (name, format) => (await engine.docker('inspect', '--format', format, name)).trim(),
  };
}
