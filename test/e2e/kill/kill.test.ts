import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { eventually } from '../../contract/harness.js';
import { type Scenario, scenarios } from './scenarios.js';
import { type FinalState, finalState, type Trial, tryAt, World } from './trial.js';

/*
 * SIGKILL at points of every verb that changes a stack: nothing that was committed is lost, the next command says that an
 * action was interrupted, and `action retry`, or the verb again, completes it. A point is a moment before or after a
 * write to the store. BERTH_KILL_POINTS (default 40) of them are tried, spread evenly over the verbs and over each way.
 */
const points = Number(process.env.BERTH_KILL_POINTS ?? '40');
const trials: Trial[] = [];

describe.concurrent.each(scenarios)('$name', (scenario) => {
  let prepared: Prepared | undefined;

  beforeAll(async () => {
    prepared = await prepare(scenario);
  }, 120_000);
  afterAll(() => {
    prepared?.before.remove();
  });

  const own = scenarios.indexOf(scenario);
  const count = Math.floor(points / scenarios.length) + (own < points % scenarios.length ? 1 : 0);
  test.each(Array.from({ length: count }, (_, index) => index))(
    'loses nothing at point %i',
    { timeout: 120_000 },
    async (index) => {
      if (prepared === undefined) throw new Error('nothing was prepared');
      const { before, expected, total } = prepared;
      const point = 1 + Math.floor((index * total) / count);
      const trial = await tryAt(before, scenario, point, expected, index % 2 === 0);
      trials.push(trial);
      expect(trial.lost).toEqual([]);
    },
  );
});

afterAll(() => {
  const lost = trials.filter((trial) => trial.lost.length > 0).length;
  const outcomes = new Map<string, number>();
  for (const { outcome, completedBy } of trials) {
    const key = `${outcome}, completed by ${completedBy}`;
    outcomes.set(key, (outcomes.get(key) ?? 0) + 1);
  }
  const told = [...outcomes].map(([outcome, number]) => `  ${number} x ${outcome}\n`).join('');
  process.stdout.write(`kill: ${trials.length} points, ${lost} lost states\n${told}`);
});

interface Prepared {
  readonly before: World;
  readonly expected: FinalState;
  /** Points of the whole way. */
  readonly total: number;
}

/** The state before the verb, how the whole way ends, and how many points it has. */
async function prepare(scenario: Scenario): Promise<Prepared> {
  const before = new World();
  for (const line of scenario.before) {
    const { exitCode, stderr } = await before.run(line);
    if (exitCode !== 0) throw new Error(`berth ${line.join(' ')}: ${stderr}`);
  }
  const whole = new World(before);
  try {
    const { exitCode, stderr } = await whole.killed(scenario.verb, 0, scenario.runner);
    if (exitCode !== 0) throw new Error(`berth ${scenario.verb.join(' ')}: ${stderr}`);
    if (scenario.runner) await settled(whole);
    await eventually('the count of points', async () => whole.counted || undefined);
    return { before, expected: await finalState(whole), total: whole.points };
  } finally {
    whole.remove();
  }
}

async function settled(world: World): Promise<void> {
  await eventually('the end of every action', async () => {
    const actions = JSON.stringify(await world.json('action', 'ls'));
    return actions.includes('"endedAt":null') ? undefined : true;
  });
}
