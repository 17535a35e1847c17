import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type Lease, leaseMs, type Ledger } from '../../../../../../src/lib/control/ledger.js';
import { isBerthError } from '../../../../../../src/lib/port/errors.js';
import { FakeProcesses, processNamed } from '../../../fake-processes.js';
import { holder, release, scope } from '../../../store/ledger-fixtures.js';
import { FakeVolumes } from './fake-volumes.js';
import { clientOf } from './lab.js';
import { draws, turns } from './turns.js';

/** How clients may be hindered. */
interface World {
  readonly clients: number;
  /** Turns of the event loop before a call of the slowest client; those of the others are a tenth. */
  readonly slowness: number;
  /** Leases run out under their holders. */
  readonly sleeps: boolean;
  /** One client stops in the middle of something. */
  readonly crashes: boolean;
}

/** What clients have done, as they were told. */
interface Diary {
  readonly epochs: number[];
  readonly committed: string[];
  /** Commits whose client never learned how they went. */
  readonly unknown: string[];
  /** Who holds the lock now, as far as claims and unlocks that have returned tell. */
  readonly holding: Set<string>;
  /** Most who did so at once. */
  mostHolding: number;
}

class Crash extends Error {}

const worlds: fc.Arbitrary<World> = fc.record({
  clients: fc.integer({ min: 2, max: 6 }),
  slowness: fc.integer({ min: 0, max: 40 }),
  sleeps: fc.boolean(),
  crashes: fc.boolean(),
});

describe('whatever many clients do at once', () => {
  test('one holds the lock at a time, epochs grow, and releases are those that were made', async () => {
    await fc.assert(
      fc.asyncProperty(fc.integer(), worlds, async (seed, world) => {
        const volumes = new FakeVolumes();
        const wait = turns(seed);
        volumes.whileListing = () => wait(1);
        const diary: Diary = {
          epochs: [],
          committed: [],
          unknown: [],
          holding: new Set(),
          mostHolding: 0,
        };
        const alive = new FakeProcesses(processNamed(0));
        const lives = Array.from({ length: world.clients }, (_, client) => ({ client, seed: seed + client }));
        await Promise.all(lives.map((life) => live(volumes, { ...life, alive, world, diary })));
        await judge(volumes, world, diary);
      }),
      { numRuns: 25 },
    );
  });
});

interface Life {
  /** As it sees them; a client that crashes is dead to all. */
  readonly alive: FakeProcesses;
  readonly seed: number;
  readonly client: number;
  readonly world: World;
  readonly diary: Diary;
}

/** A client that changes the stack a few times. */
async function live(volumes: FakeVolumes, { alive, seed, client, world, diary }: Life): Promise<void> {
  const draw = draws(seed);
  const wait = turns(seed);
  const dies = world.crashes && client === 1 ? Math.floor(draw() * 40) : Infinity;
  let calls = 0;
  const ledger = clientOf(volumes, {
    processes: alive,
    before: async () => {
      await wait(client === 0 ? world.slowness : world.slowness / 10);
      if (world.sleeps && draw() < 0.03) volumes.clock.nowMs += leaseMs / 2;
      if (++calls > dies) throw new Crash('dead');
    },
  });
  try {
    for (let index = 0; index < 4; index++) await change(ledger, `${client}.${index}`, diary, draw);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
    for (const name of diary.holding) if (name.startsWith(`${client}.`)) diary.holding.delete(name);
    alive.kill(processNamed(client + 1));
  }
}

async function change(ledger: Ledger, name: string, diary: Diary, draw: () => number): Promise<void> {
  const lease = await claim(ledger, name, diary);
  if (lease === null) return;
  try {
    for (let index = 0; index <= draw() * 2; index++) {
      await commit(ledger, lease, `${name}.${index}`, diary);
      await Promise.all([ledger.renew(lease), ledger.markApplied(lease, `network ${name}`, String(index))]);
      if (draw() < 0.3) await ledger.markFailed(lease);
    }
  } catch (error) {
    if (!isBerthError(error) || error.code !== 'conflict') throw error;
  }
  diary.holding.delete(name);
  await ledger.unlock(lease);
}

/** Null when others have held it for too long. */
async function claim(ledger: Ledger, name: string, diary: Diary): Promise<Lease | null> {
  const pid = Number(name.split('.')[0]) + 1;
  for (let attempt = 0; attempt < 400; attempt++) {
    const claimed = await ledger.claim(scope, holder(pid, name));
    if (!claimed.claimed) continue;
    diary.epochs.push(claimed.lease.epoch);
    diary.holding.add(name);
    diary.mostHolding = Math.max(diary.mostHolding, diary.holding.size);
    return claimed.lease;
  }
  return null;
}

async function commit(ledger: Ledger, lease: Lease, name: string, diary: Diary): Promise<void> {
  const summary = `${lease.epoch} ${name}`;
  // Told before, since it can be made when its client does not come to tell.
  diary.unknown.push(summary);
  try {
    await ledger.commit(lease, release({ id: 'one', summary }), name);
  } catch (error) {
    if (isBerthError(error) && error.code === 'conflict') diary.unknown.splice(diary.unknown.indexOf(summary), 1);
    throw error;
  }
  diary.unknown.splice(diary.unknown.indexOf(summary), 1);
  diary.committed.push(summary);
}

async function judge(volumes: FakeVolumes, world: World, diary: Diary): Promise<void> {
  const ledger = clientOf(volumes);
  const releases = (await ledger.releases(scope)).toReversed();
  const made = releases.map(({ summary }) => summary);
  expect(releases.map(({ version }) => version)).toEqual(made.map((_, index) => index + 1));
  expect(new Set(made).size).toBe(made.length);
  expect(made).toEqual(expect.arrayContaining(diary.committed));
  expect([...diary.committed, ...diary.unknown]).toEqual(expect.arrayContaining(made));
  const epochs = made.map((summary) => Number(summary.split(' ')[0]));
  expect(epochs).toEqual([...epochs].sort((one, other) => one - other));
  expect(new Set(diary.epochs).size).toBe(diary.epochs.length);
  if (!world.sleeps) expect(diary.mostHolding).toBeLessThanOrEqual(1);
  if (!world.crashes) expect(diary.unknown).toEqual([]);
  if (!world.crashes) expect(volumes.names('release')).toHaveLength(made.length);
  expect(volumes.names('stack').length).toBeLessThanOrEqual(world.crashes ? 5 : 4);
}
