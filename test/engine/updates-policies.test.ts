import { expect, test } from 'vitest';
import { errorOn } from '../e2e/support/berth.js';
import { type Home, openHome } from './support/home.js';
import { fewestUp, mostUp, openTimeline, startGaps, type Timeline } from './support/timeline.js';

interface Wish {
  readonly version: 1 | 2;
  readonly replicas: number;
  readonly deploy: string;
  /** More of the service. */
  readonly more?: string;
}

const file = ({ version, replicas, deploy, more = '' }: Wish): string => `
name: shop
services:
  web:
    image: local/web:${version}
    deploy: { replicas: ${replicas}, ${deploy} }
    ${more}
volumes: { notes: {} }
`;

/** Healthy in the first version, never in the second. */
const sick = `healthcheck: { test: [CMD-SHELL, '[ "$$VERSION" = 1 ]'], interval: 300ms, retries: 1 }`;

/** Of the second version one is not healthy: the first that is asked. */
const oneSick = `volumes: [notes:/notes]
    healthcheck:
      test:
        - CMD-SHELL
        - '[ "$$VERSION" = 1 ] || { (set -C; hostname >/notes/sick) 2>/dev/null; [ "$$(cat /notes/sick)" != "$$(hostname)" ]; }'
      interval: 300ms
      retries: 1`;

/** The second version ends after a second and a half. */
const shortLived = `command: [sh, -c, 'if [ "$$VERSION" = 2 ]; then sleep 1.5; exit 3; fi; exec web']`;

async function up(home: Home, wish: Wish): Promise<{ code: string; exitCode: number | null; stderr: string }> {
  home.write('compose.yaml', file(wish));
  const { stdout, stderr, exitCode } = await home.berth('stack', 'up', '--json');
  return { code: exitCode === 0 ? 'ok' : errorOn(stdout).code, exitCode, stderr };
}

/** The first version runs; the timeline is that of the update to the second. */
async function update(
  home: Home,
  wish: Omit<Wish, 'version'>,
): Promise<{ code: string; exitCode: number | null; timeline: Timeline; ids: readonly string[] }> {
  const first = await up(home, { ...wish, version: 1 });
  expect(first.exitCode, first.stderr).toBe(0);
  const ids = await idsOf(home);
  const timeline = await openTimeline(home.engine);
  const { code, exitCode } = await up(home, { ...wish, version: 2 });
  timeline.stop();
  return { code, exitCode, timeline, ids };
}

/** Ids of all containers, in the order of their names. */
async function idsOf({ engine }: Home): Promise<readonly string[]> {
  const lines = await engine.docker('ps', '--all', '--no-trunc', '--format', '{{.Names}} {{.ID}}');
  const sorted = lines.split('\n').filter(Boolean).sort();
  return sorted.map((line) => line.split(' ')[1] ?? '');
}

const all = (replicas: number, version: number): string[] =>
  Array.from({ length: replicas }, (_, index) => `shop-web-${index + 1} local/web:${version} running`);

test.concurrent('parallelism 2 and a delay: two at a time are away, and the next two wait', async (context) => {
  const home = await openHome(context);
  const deploy = 'update_config: { parallelism: 2, delay: 2s, monitor: 0s }';
  const { exitCode, timeline } = await update(home, { replicas: 4, deploy });
  expect(exitCode).toBe(0);
  expect([fewestUp(timeline, 4), mostUp(timeline, 4)]).toEqual([2, 4]);
  expect(startGaps(timeline, 'local/web:2')[1]).toBeGreaterThan(2_000);
  expect(await home.containers()).toEqual(all(4, 2));
});

test.concurrent('parallelism 0: all at once', async (context) => {
  const home = await openHome(context);
  const deploy = 'update_config: { parallelism: 0, order: start-first }';
  const { exitCode, timeline } = await update(home, { replicas: 3, deploy });
  expect(exitCode).toBe(0);
  expect([fewestUp(timeline, 3), mostUp(timeline, 3)]).toEqual([3, 6]);
  expect(await home.containers()).toEqual(all(3, 2));
});

test.concurrent('start-first: an old replica is told to stop when the new one is healthy', async (context) => {
  const home = await openHome(context);
  const more = `healthcheck: { test: [CMD-SHELL, 'sleep 1.5'], interval: 300ms, timeout: 20s }`;
  const deploy = 'update_config: { order: start-first, monitor: 0s }';
  const { exitCode, timeline } = await update(home, { replicas: 2, deploy, more });
  expect(exitCode).toBe(0);
  const order = timeline.happenings
    .filter(({ what, image }) => (what === 'healthy' && image === 'local/web:2') || what === 'kill')
    .map(({ what }) => what);
  expect(order).toEqual(['healthy', 'kill', 'healthy', 'kill']);
});

test.concurrent('start-first: one that gets unhealthy never takes over, the update pauses (12)', async (context) => {
  const home = await openHome(context);
  const deploy = 'update_config: { order: start-first }';
  const { code, exitCode, timeline, ids } = await update(home, { replicas: 2, deploy, more: sick });
  expect([code, exitCode]).toEqual(['paused', 12]);
  expect(fewestUp(timeline, 2)).toBe(2);
  const running = (await home.engine.docker('ps', '--quiet', '--no-trunc')).split('\n');
  expect(running).toEqual(expect.arrayContaining([...ids]));
  // What was asked for first is asked for again: the one that failed is taken away.
  expect(await up(home, { version: 1, replicas: 2, deploy, more: sick })).toMatchObject({ exitCode: 0 });
  expect(await idsOf(home)).toEqual(ids);
  expect(await home.containers()).toEqual(all(2, 1));
});

test.concurrent.for(['stop-first', 'start-first'])(
  'failure_action rollback, %s: exit 11, the old ones run',
  async (order, context) => {
    const home = await openHome(context);
    const deploy = `update_config: { order: ${order}, failure_action: rollback }`;
    const { code, exitCode, ids } = await update(home, { replicas: 2, deploy, more: sick });
    expect([code, exitCode]).toEqual(['rolled_back', 11]);
    expect(await idsOf(home)).toEqual(ids);
    expect(await home.containers()).toEqual(all(2, 1));
    const { stdout } = await home.berth('service', 'ps', '--json');
    expect(JSON.parse(stdout)).toMatchObject([{ name: 'web', image: 'local/web:1', state: 'Running' }]);
  },
);

test.concurrent(
  'failure_action continue: every replica is replaced, and it fails all the same (10)',
  async (context) => {
    const home = await openHome(context);
    const deploy = 'update_config: { failure_action: continue, monitor: 0s }';
    const { exitCode } = await update(home, { replicas: 2, deploy, more: sick });
    expect(exitCode).toBe(10);
    expect(await home.containers()).toEqual(expect.arrayContaining(all(2, 2)));
  },
);

test.concurrent('max_failure_ratio: one of four may fail', async (context) => {
  const home = await openHome(context);
  const deploy = 'update_config: { max_failure_ratio: 0.3, monitor: 0s }';
  const { exitCode } = await update(home, { replicas: 4, deploy, more: oneSick });
  // The update went on to its end; the service is not as it was asked for.
  expect(exitCode).toBe(10);
  expect(await home.containers()).toEqual(expect.arrayContaining(all(4, 2)));
});

test.concurrent('monitor: what ends within it has failed, and nobody else is touched', async (context) => {
  const home = await openHome(context);
  const deploy = 'update_config: { monitor: 4s }';
  const { exitCode, ids } = await update(home, { replicas: 2, deploy, more: shortLived });
  expect(exitCode).toBe(12);
  expect(await idsOf(home)).toContain(ids[1]);
  expect(await home.inspect(ids[1] ?? '', '{{.State.Running}}')).toBe('true');
});

test.concurrent('rollback_config: the way back goes at its own pace', async (context) => {
  const home = await openHome(context);
  const deploy = `update_config: { parallelism: 0, failure_action: rollback },
      rollback_config: { parallelism: 1, delay: 2s, monitor: 0s }`;
  const { exitCode, timeline } = await update(home, { replicas: 3, deploy, more: sick });
  expect(exitCode).toBe(11);
  expect(fewestUp(timeline, 3)).toBe(0);
  expect(await home.containers()).toEqual(all(3, 1));
  for (const gap of startGaps(timeline, 'local/web:1')) expect(gap).toBeGreaterThan(1_900);
});
