// Vitest runs this once for a run that has tests of the engine, in its main process (`globalSetup` of a project).
import type { TestProject } from 'vitest/node';
import { type Daemon, engineAvailable, startDaemon } from './daemon.js';
import { buildImages, engineImages } from './images.js';
import { openPool } from './pool.js';

/** More would only wait for each other on most machines. One that nobody needs is not started. */
const most = 6;

/**
 * Starts a first Docker, to know that there are any; more are started as tests ask for them. Where there can be none,
 * tests are skipped and say why, unless BERTH_TEST_ENGINE=required, or this is root's CI on Linux: then they fail.
 * BERTH_TEST_ENGINE=off skips them anywhere.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const started: Daemon[] = [];
  const make = async (): Promise<Daemon> => {
    const daemon = await startDaemon({ name: 'test' });
    started.push(daemon);
    await buildImages(daemon.host);
    return daemon;
  };
  const stop = async (): Promise<void> => {
    await Promise.all(started.map((daemon) => daemon.stop()));
  };
  const first = await attempt(make);
  if (typeof first === 'string') {
    await stop();
    const failure = `the tests of the engine have to run here: ${first}`;
    project.provide(
      'engines',
      required() ? { skip: null, failure, pool: '' } : { skip: first, failure: first, pool: '' },
    );
    return stop;
  }
  const pool = await openPool([first], {
    size: most,
    make,
    tidy,
    describe: ({ host, address, hostAddress }) => ({ host, address, hostAddress }),
  });
  project.provide('engines', { skip: null, failure: null, pool: pool.path });
  return async () => {
    await pool.close();
    await stop();
  };
}

/** The daemon, or why there is none. */
async function attempt(make: () => Promise<Daemon>): Promise<Daemon | string> {
  if (process.env.BERTH_TEST_ENGINE === 'off') return 'BERTH_TEST_ENGINE is off';
  const reason = engineAvailable();
  if (reason !== null) return reason;
  try {
    return await make();
  } catch (error) {
    return String(error);
  }
}

function required(): boolean {
  const { BERTH_TEST_ENGINE: wanted = '', CI: ci } = process.env;
  if (wanted !== '') return wanted === 'required';
  return ci === 'true' && process.platform === 'linux' && process.getuid?.() === 0;
}

/** Leaves nothing but the images. */
async function tidy({ docker, host }: Daemon): Promise<void> {
  await remove(docker, ['ps', '--all', '--quiet'], ['rm', '--force', '--volumes']);
  await Promise.all([
    remove(docker, ['network', 'ls', '--quiet', '--filter', 'type=custom'], ['network', 'rm']),
    remove(docker, ['volume', 'ls', '--quiet'], ['volume', 'rm', '--force']),
    tidyImages(docker, host),
  ]);
}

async function remove(docker: Daemon['docker'], list: readonly string[], command: readonly string[]): Promise<void> {
  const names = (await docker(...list)).split('\n').filter((name) => name !== '');
  if (names.length > 0) await docker(...command, ...names);
}

async function tidyImages(docker: Daemon['docker'], host: string): Promise<void> {
  const kept: readonly string[] = Object.values(engineImages);
  const lines = (await docker('images', '--format', '{{.Repository}}:{{.Tag}} {{.ID}}')).trim().split('\n');
  const images = lines.map((line) => line.split(' ')).map(([name = '', id = '']) => ({ name, id }));
  const extra = images.filter(({ name }) => name !== '' && !kept.includes(name));
  if (extra.length > 0) {
    await docker('rmi', '--force', ...extra.map(({ name, id }) => (name.endsWith(':<none>') ? id : name)));
  }
  if (images.length - extra.length < kept.length) await buildImages(host);
}
