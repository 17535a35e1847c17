import { afterAll, expect, test } from 'vitest';
import { outcome } from '../e2e/support/berth.js';
import { type Home, openHome } from './support/home.js';
import { openTimeline } from './support/timeline.js';

/*
 * SIGKILL at points of every verb that changes a stack, on a real Docker: `action retry`, or the verb again, ends as if
 * nothing had happened, and nothing is left over. A lane is a life of a stack on a Docker of its own, each verb of which is
 * killed once: some while after so many things have happened to containers. BERTH_ENGINE_KILL_LANES (default 4) lives
 * are led, with six points each.
 */
const lanes = Number(process.env.BERTH_ENGINE_KILL_LANES ?? '4');

/** All that a stack can leave behind: containers that others wait for, a config, volumes with and without a name. */
const shop = (version: 1 | 2): string => `
name: shop
services:
  db:
    image: example/slow:1
    volumes: [data:/data]
  web:
    image: local/web:${version}
    depends_on: { db: { condition: service_healthy } }
    configs: [{ source: motd, target: /motd }]
    volumes: [/anonymous]
    deploy: { replicas: 2, update_config: { order: start-first, parallelism: 2, monitor: 0s } }
  ${version === 1 ? 'old' : 'new'}: { image: "example/steady:1" }
configs: { motd: { content: "version ${version}" } }
volumes: { data: {} }
`;

interface Stage {
  readonly verb: readonly string[];
  /** The file that is there when it is called. */
  readonly file: 1 | 2;
  /** About how many things happen to containers on the way. */
  readonly happenings: number;
  /** What runs in the end: `SERVICE IMAGE`, and how often. */
  readonly running: Readonly<Record<string, number>>;
}

const first = { 'db example/slow:1': 1, 'old example/steady:1': 1 };
const second = { 'db example/slow:1': 1, 'new example/steady:1': 1 };
const up = ['stack', 'up', '--prune'];

const life: readonly Stage[] = [
  { verb: up, file: 1, happenings: 9, running: { ...first, 'web local/web:1': 2 } },
  { verb: up, file: 2, happenings: 15, running: { ...second, 'web local/web:2': 2 } },
  { verb: ['service', 'scale', 'web=3'], file: 2, happenings: 2, running: { ...second, 'web local/web:2': 3 } },
  { verb: ['stack', 'redeploy', 'shop'], file: 2, happenings: 26, running: { ...second, 'web local/web:2': 3 } },
  {
    verb: ['releases', 'rollback', 'v1', '--app', 'shop'],
    file: 2,
    happenings: 20,
    running: { ...first, 'web local/web:1': 3 },
  },
  { verb: ['stack', 'terminate', 'shop', '--yes'], file: 2, happenings: 15, running: {} },
];

const trials: { readonly died: boolean }[] = [];

test.concurrent.for(Array.from({ length: lanes }, (_, lane) => lane))(
  'life %i',
  { timeout: 240_000 },
  async (lane, context) => {
    const home = await openHome(context);
    for (const [index, stage] of life.entries()) {
      home.write('compose.yaml', shop(stage.file));
      const part = (((lane + index) % lanes) + 0.5) / lanes;
      const count = Math.floor(part * stage.happenings);
      const point = { count, afterMs: count === 0 ? 300 + 150 * lane : 70 * ((lane * 3 + index) % 4) };
      const died = await kill(home, stage.verb, point);
      trials.push({ died });
      const said = died ? await complete(home, stage, (lane + index) % 2 === 0) : 'it ended by itself';
      await look(home, stage, `${stage.verb.join(' ')} at ${JSON.stringify(point)}: ${said}`);
    }
  },
);

interface Point {
  /** So many things have happened to containers; 0 is the start of the verb. */
  readonly count: number;
  /** So long after that. */
  readonly afterMs: number;
}

/** False for a verb that ended before it came to that point. */
async function kill(home: Home, verb: readonly string[], { count, afterMs }: Point): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  let happened = 0;
  const arm = (): void => {
    if (happened++ === count) timer = setTimeout(() => child.kill('SIGKILL'), afterMs);
  };
  const timeline = await openTimeline(home.engine, arm);
  const child = home.start(...verb, '--lock-timeout', '0');
  arm();
  const { signal, exitCode, stderr } = await outcome(child);
  clearTimeout(timer);
  timeline.stop();
  if (signal !== 'SIGKILL') expect(exitCode, stderr).toBe(0);
  return signal === 'SIGKILL';
}

/** By `action retry` where there is an action to retry, else by the verb again. Gives what was said. */
async function complete(home: Home, { verb }: Stage, byRetry: boolean): Promise<string> {
  const format = '{{.id}} {{.state}} {{.reason}} {{.name}}';
  const [newest = ''] = (await home.berth('action', 'ls', '--format', format)).stdout.split('\n');
  const [id = '', state, reason] = newest.split(' ');
  const interrupted = state === 'Failed' && reason === 'interrupted';
  const args = byRetry && interrupted ? ['action', 'retry', id] : verb;
  const { exitCode, stderr } = await home.berth(...args, '--lock-timeout', '0');
  const said = `${newest}\n${args.join(' ')} ended with ${exitCode}: ${stderr}`;
  // What was terminated all the same is not there any more.
  expect(exitCode === 0 || (verb[1] === 'terminate' && exitCode === 4), said).toBe(true);
  return said;
}

/** Everything is there that should be, and nothing else. */
async function look(home: Home, { verb, running }: Stage, said: string): Promise<void> {
  const { docker } = home.engine;
  const lines = async (...args: string[]): Promise<string[]> =>
    (await docker(...args)).split('\n').filter(Boolean).sort();
  const names = await lines('volume', 'ls', '--format', '{{.Name}}');
  const registers = Object.values(countOf(names.filter(isRegister), (name) => name.replace(/_\d+$/, '')));
  const [webs = 0] = Object.entries(running).flatMap(([what, count]) => (what.startsWith('web ') ? [count] : []));
  const gone = verb[1] === 'terminate';
  const seen = {
    containers: await home.containers(),
    networks: await lines('network', 'ls', '--format', '{{.Name}}', '--filter', 'type=custom'),
    volumes: names
      .filter((name) => !isRegister(name))
      .map((name) => (/^[0-9a-f]{64}$/.test(name) ? 'anonymous' : name)),
    // A mark and the two newest; and one that who was killed after a write has left for the next to take away.
    fewRevisions: registers.every((count) => count <= 4),
  };
  expect(seen, said).toEqual({
    containers: Object.entries(running)
      .flatMap(([what, count]) => Array.from({ length: count }, (_, index) => what.replace(' ', `-${index + 1} `)))
      .map((line) => `shop-${line} running`)
      .sort(),
    networks: gone ? [] : ['shop_default'],
    volumes: [...Array.from({ length: webs }, () => 'anonymous'), 'shop_data'],
    fewRevisions: true,
  });
  const [stacks, releases, actions] = await Promise.all([
    home.berth('stack', 'ls', '--format', '{{.state}} {{.synchronized}}'),
    home.berth('releases', 'ls', '--app', 'shop', '--format', '{{.version}}'),
    home.berth('action', 'ls', '--format', '{{.state}}'),
  ]);
  expect(stacks.stdout, said).toBe(gone ? '' : 'Running true\n');
  expect(actions.stdout, said).not.toContain('progress');
  // None is missing.
  const versions = releases.stdout.split('\n').filter(Boolean).map(Number);
  expect(versions, said).toEqual(versions.map((_, index) => versions.length - index));
}

function isRegister(name: string): boolean {
  return name.startsWith('berth_');
}

function countOf(items: readonly string[], key: (item: string) => string): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const item of items) counts[key(item)] = (counts[key(item)] ?? 0) + 1;
  return counts;
}

afterAll(() => {
  const died = trials.filter((trial) => trial.died).length;
  process.stdout.write(`kill on Docker: ${trials.length} points, ${died} of them before the verb had ended\n`);
});
