import { execFile } from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { launcher } from '../support/berth.js';
import { files, type Scenario } from './scenarios.js';

const preload = path.join(import.meta.dirname, 'preload.cjs');

interface Ran {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
  readonly signal: string | null;
}

/** A home of its own, and berth in it. */
export class World {
  readonly folder: string;
  readonly #env: Readonly<Record<string, string>>;

  constructor(from?: World) {
    this.folder = fs.mkdtempSync(path.join(os.tmpdir(), 'berth-kill-'));
    if (from !== undefined) fs.cpSync(from.folder, this.folder, { recursive: true });
    for (const [name, text] of Object.entries(files)) fs.writeFileSync(path.join(this.folder, name), text);
    this.#env = {
      PATH: process.env.PATH ?? '',
      HOME: this.folder,
      XDG_CACHE_HOME: path.join(os.tmpdir(), 'berth-e2e-cache'),
      BERTH_HOME: path.join(this.folder, 'berth'),
      BERTH_ENGINE: 'sandbox',
      BERTH_SANDBOX_SPEED: '200',
      BERTH_SANDBOX_NODES: '3',
      USER: 'tester',
    };
  }

  run(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Ran> {
    return new Promise((resolve) => {
      const options = { cwd: this.folder, env: { ...this.#env, ...env }, maxBuffer: 1 << 24 };
      execFile(process.execPath, [launcher, ...args], options, (error, stdout, stderr) => {
        const exitCode = error === null ? 0 : typeof error.code === 'number' ? error.code : null;
        resolve({ stdout, stderr, exitCode, signal: error?.signal ?? null });
      });
    });
  }

  /** Runs the verb with a process that counts its points and dies at one of them; 0 is none. */
  killed(verb: readonly string[], point: number, runner: boolean): Promise<Ran> {
    return this.run(verb, {
      NODE_OPTIONS: `--require ${preload}`,
      BERTH_KILL_AT: String(point),
      BERTH_KILL_COUNT: this.#countFile,
      BERTH_KILL_RUNNER: runner ? '1' : '0',
    });
  }

  /** True once the process that counts points has ended by itself. */
  get counted(): boolean {
    return fs.existsSync(this.#countFile);
  }

  /** How many points the process that counted them has reached. */
  get points(): number {
    return Number(fs.readFileSync(this.#countFile, 'utf8'));
  }

  async json(...args: string[]): Promise<unknown> {
    const { stdout, stderr, exitCode } = await this.run([...args, '--json']);
    if (exitCode !== 0) throw new Error(`berth ${args.join(' ')} ended with ${String(exitCode)}: ${stderr}`);
    return JSON.parse(stdout);
  }

  remove(): void {
    fs.rmSync(this.folder, { recursive: true, force: true, maxRetries: 10 });
  }

  get #countFile(): string {
    return path.join(this.folder, 'points');
  }
}

interface Action {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly reason: string | null;
  readonly endedAt: string | null;
}

interface Release {
  readonly version: number;
  readonly summary: string;
  readonly user: string;
}

/** What must be the same however often a verb was killed on the way. */
export interface FinalState {
  readonly stacks: readonly unknown[];
  readonly services: readonly unknown[];
  readonly releases: readonly unknown[];
}

export interface Trial {
  readonly scenario: string;
  readonly point: number;
  /** What the verb did: `killed before its action`, `killed`, `ended`. */
  readonly outcome: string;
  /** How it was completed. */
  readonly completedBy: string;
  /** What went wrong; empty when nothing was lost. */
  readonly lost: readonly string[];
}

/** Kills the verb at that point, looks at what is left, completes it, and looks again. */
export async function tryAt(
  before: World,
  scenario: Scenario,
  point: number,
  expected: FinalState,
  byRetry: boolean,
): Promise<Trial> {
  const world = new World(before);
  const lost: string[] = [];
  try {
    const earlier = await facts(before);
    const ran = await world.killed(scenario.verb, point, scenario.runner);
    const { died, stderr } = scenario.runner ? await runnerEnd(world) : await nextCommand(world, ran);
    const after = await facts(world);
    lost.push(...missing(earlier, after));
    const action = after.actions.find(({ id }) => !earlier.actions.some((other) => other.id === id));
    const interrupted = action?.reason === 'interrupted';
    if (died && action !== undefined && !interrupted && action.state !== 'Success') {
      lost.push(`the action is ${action.state} (${action.reason ?? 'no reason'})`);
    }
    if (interrupted && !stderr.includes(action.id.slice(0, 8))) lost.push(`the next command said nothing: ${stderr}`);
    // Done again, a verb that had succeeded may rightly do more: a rollback goes one further back.
    const completedBy =
      action?.state === 'Success'
        ? 'nothing: it had succeeded'
        : await complete(world, scenario, byRetry && interrupted ? action.id : null, lost);
    lost.push(...(await differences(world, expected)));
    const outcome = !died ? 'ended' : action === undefined ? 'killed before its action' : 'killed';
    return { scenario: scenario.name, point, outcome, completedBy, lost };
  } finally {
    world.remove();
  }
}

interface Facts {
  readonly actions: readonly Action[];
  readonly releases: readonly Release[];
}

async function facts(world: World): Promise<Facts> {
  const actions: readonly Action[] = JSON.parse((await world.run(['action', 'ls', '--json'])).stdout);
  return { actions, releases: await releasesOf(world) };
}

async function releasesOf(world: World): Promise<readonly Release[]> {
  const { stdout, exitCode } = await world.run(['releases', 'ls', '-a', 'shop', '--json']);
  const releases: readonly Release[] = exitCode === 0 ? JSON.parse(stdout) : [];
  return releases;
}

/** Everything that was there before, and every release made since, without a gap. */
function missing(earlier: Facts, after: Facts): string[] {
  const lost: string[] = [];
  for (const { id } of earlier.actions) {
    if (!after.actions.some((action) => action.id === id)) lost.push(`action ${id} is gone`);
  }
  for (const { version, summary } of earlier.releases) {
    const same = after.releases.find((release) => release.version === version);
    if (same?.summary !== summary) lost.push(`release v${version} is gone or another`);
  }
  const versions = after.releases.map(({ version }) => version);
  const whole = versions.map((_version, index) => versions.length - index);
  if (versions.join() !== whole.join()) lost.push(`releases are ${versions.join()}`);
  return lost;
}

interface End {
  readonly died: boolean;
  /** What the next command said. */
  readonly stderr: string;
}

async function nextCommand(world: World, { signal }: Ran): Promise<End> {
  return { died: signal === 'SIGKILL', stderr: (await world.run(['action', 'ls'])).stderr };
}

/** A runner is detached: its end is seen by the end of its action. */
async function runnerEnd(world: World): Promise<End> {
  for (let look = 0; look < 600; look++) {
    const { stdout, stderr } = await world.run(['action', 'ls', '--json']);
    const [newest]: readonly Action[] = JSON.parse(stdout);
    if (newest === undefined || newest.endedAt !== null) {
      // It may have died within that command, after what it had to tell was read: then the next one tells it.
      const next = stderr === '' ? (await world.run(['action', 'ls'])).stderr : stderr;
      return { died: newest?.reason === 'interrupted', stderr: next };
    }
    await setTimeout(50);
  }
  throw new Error('the runner neither ended nor died');
}

async function complete(world: World, { verb }: Scenario, retry: string | null, lost: string[]): Promise<string> {
  const waiting = verb.filter((word) => word !== '--no-wait');
  const args = retry === null ? waiting : ['action', 'retry', retry];
  const { exitCode, stderr } = await world.run([...args, '--lock-timeout', '0']);
  // What was terminated all the same is not there any more.
  const gone = verb[1] === 'terminate' && exitCode === 4;
  if (exitCode !== 0 && !gone) lost.push(`berth ${args.join(' ')} ended with ${String(exitCode)}: ${stderr}`);
  return retry === null ? 'the verb again' : 'action retry';
}

async function differences(world: World, expected: FinalState): Promise<string[]> {
  const found = await finalState(world);
  const lost: string[] = [];
  for (const part of ['stacks', 'services', 'releases'] as const) {
    const [is, should] = [JSON.stringify(found[part]), JSON.stringify(expected[part])];
    if (is !== should) lost.push(`${part} are ${is} and should be ${should}`);
  }
  const { actions } = await facts(world);
  const open = actions.filter(({ endedAt }) => endedAt === null);
  if (open.length > 0) lost.push(`${open.length} actions have not ended`);
  return lost;
}

/** Without ids and times. */
export async function finalState(world: World): Promise<FinalState> {
  const stacks: readonly Record<string, unknown>[] = JSON.parse((await world.run(['stack', 'ls', '--json'])).stdout);
  const services: readonly Record<string, unknown>[] = JSON.parse(
    (await world.run(['service', 'ps', '--json'])).stdout,
  );
  const pick = (value: Record<string, unknown>, keys: readonly string[]): unknown[] => keys.map((key) => value[key]);
  return {
    stacks: stacks.map((stack) => pick(stack, ['name', 'state', 'synchronized', 'services'])),
    services: services.map((service) => pick(service, ['name', 'state', 'image', 'replicas', 'synchronized'])),
    releases: (await releasesOf(world)).map(({ version, summary, user }) => [version, summary, user]),
  };
}
