import { describe, expect, it } from 'vitest';
import type { Service } from '../../../../../src/lib/compose/project.js';
import type { ContainerCommand } from '../../../../../src/lib/plan/resources.js';
import { collect, fence, lab, type Lab, shop } from './lab.js';

const one: Service = { image: 'app:1' };
const check = { test: ['CMD', 'true'], interval: '10s', retries: 2 };

async function running(definition: Service = one, replicas = 2, env: Record<string, string> = {}): Promise<Lab> {
  const it = lab(env);
  await it.up('web', definition, { replicas });
  it.pass(60);
  return it;
}

/** What is written down from then on. */
async function eventsOf(it: Lab, work: () => Promise<void>, seconds = 5): Promise<string[]> {
  const before = (await it.events()).length;
  await work();
  it.pass(seconds);
  return (await it.events()).slice(before);
}

const kill = (signal: string): ContainerCommand => ({ do: 'kill', signal });

describe('one container', () => {
  it('can be stopped, and stays so, with no other in its place, until it is started', async () => {
    const it = await running({ image: 'app:1', restart: 'always' });
    const ids = (await it.tasks()).map(({ id }) => id);
    await it.act('web-1', 'stop');
    it.pass(600);
    expect(await it.states()).toEqual(['web-1 Stopped 0', 'web-2 Running']);
    expect((await it.engine.observe(shop, it.context)).services[0]).not.toHaveProperty('stopped');
    expect(await it.tasks()).toMatchObject([{ held: true, desired: true }, { held: false }]);
    await it.act('web-1', 'start');
    it.pass(5);
    expect(await it.states()).toEqual(['web-1 Running', 'web-2 Running']);
    expect(await it.tasks()).toMatchObject([{ held: false }, { held: false }]);
    expect((await it.tasks()).map(({ id }) => id)).toEqual(ids);
    expect((await it.tasks())[0]).toMatchObject({ restarts: 0, message: null });
  });

  it.each<[ContainerCommand, string[]]>([
    [{ do: 'stop' }, ['web-1 Stopped 137']],
    [{ do: 'remove' }, []],
  ])('has ended when it is told that it was done: %j', async (command, states) => {
    const it = await running(one, 1, { BERTH_SANDBOX_FAULTS: 'web:hang' });
    const beforeMs = it.clock.nowMs;
    await it.act('web-1', command);
    expect(await it.states()).toEqual(states);
    expect(it.clock.nowMs - beforeMs).toBe(10_000);
  });

  it('goes on ending when whoever waits for it goes away', async () => {
    const it = await running(one, 1);
    const controller = new AbortController();
    const [task] = await it.tasks();
    const ref = { ...shop, service: 'web', id: task?.id ?? '' };
    const asked = it.engine.command?.(ref, { do: 'stop' }, fence, { signal: controller.signal });
    const told = expect(asked).rejects.toMatchObject({ name: 'AbortError' });
    while (!(await it.states()).includes('web-1 Stopping')) await Promise.resolve();
    controller.abort();
    await told;
    it.pass(5);
    expect(await it.states()).toEqual(['web-1 Stopped 0']);
  });

  it('that was stopped is started by asking for its service again', async () => {
    const it = await running();
    const [before] = await it.tasks();
    await it.act('web-1', 'stop');
    it.pass(5);
    await it.up('web', one, { replicas: 2 });
    it.pass(5);
    expect(await it.states()).toEqual(['web-1 Running', 'web-2 Running']);
    expect((await it.tasks())[0]?.id).toBe(before?.id);
  });

  it('that had ended by itself can be started', async () => {
    const it = await running(one, 1, { BERTH_SANDBOX_FAULTS: 'web:crash,times=1' });
    expect(await it.states()).toEqual(['web-1 Stopped 1']);
    await it.act('web-1', 'start');
    it.pass(60);
    expect(await it.tasks()).toMatchObject([{ state: 'Running', restarts: 0, exitCode: null }]);
  });

  it('that keeps crashing stays down when it is stopped between two starts', async () => {
    const it = await running({ image: 'app:1', restart: 'always' }, 1, { BERTH_SANDBOX_FAULTS: 'web:crash,after=1ms' });
    await it.act('web-1', 'stop');
    it.pass(86_400);
    expect(await it.tasks()).toMatchObject([{ state: 'Stopped', exitCode: 1, message: 'stopped' }]);
  });

  it('can be restarted: the same container, another run', async () => {
    const it = await running(one, 1);
    const [before] = await it.tasks();
    const events = await eventsOf(it, () => it.act('web-1', 'restart'));
    expect(events).toEqual([
      'container web-1 kill (SIGTERM)',
      'container web-1 die (exit code 0)',
      'container web-1 stop',
      'container web-1 start (on sandbox-1)',
    ]);
    const [after] = await it.tasks();
    expect(after).toMatchObject({ id: before?.id, state: 'Running', restarts: 0 });
    expect(after?.startedAt).not.toBe(before?.startedAt);
    await it.act('web-1', 'stop');
    it.pass(5);
    await it.act('web-1', 'restart');
    it.pass(5);
    expect(await it.states()).toEqual(['web-1 Running']);
  });

  it.each([
    ['SIGKILL', 'no', 'web-1 Stopped 137', 0],
    ['SIGTERM', 'no', 'web-1 Stopped 143', 0],
    ['SIGINT', 'no', 'web-1 Stopped 130', 0],
    ['SIGQUIT', 'on-failure', 'web-1 Running', 1],
    ['SIGKILL', 'always', 'web-1 Running', 1],
  ])('killed by %s ends as by a crash, with the policy %s', async (signal, restart, state, restarts) => {
    const it = await running({ image: 'app:1', restart }, 1);
    await it.act('web-1', kill(signal));
    it.pass(10);
    expect(await it.states()).toEqual([state]);
    expect(await it.tasks()).toMatchObject([{ restarts }]);
  });

  it('killed by SIGKILL ends at once, also while it is ignoring its stop', async () => {
    const it = await running(one, 1, { BERTH_SANDBOX_FAULTS: 'web:hang' });
    await it.up('web', one, { stopped: true });
    it.pass(1);
    expect(await it.states()).toEqual(['web-1 Stopping']);
    await it.act('web-1', kill('SIGKILL'));
    expect(await it.states()).toEqual(['web-1 Stopped 137']);
    const texts = (await collect(it.engine.logs(shop, {}, it.context))).map(({ text }) => text);
    expect(texts.at(-1)).toBe('[sandbox] killed');
    it.pass(60);
    expect(await it.states()).toEqual(['web-1 Stopped 137']);
  });

  it.each(['SIGHUP', 'SIGUSR1', 'SIGWINCH', 'SIGCONT'])('does nothing for %s but tell of it', async (signal) => {
    const it = await running(one, 1);
    expect(await eventsOf(it, () => it.act('web-1', kill(signal)), 60)).toEqual([`container web-1 kill (${signal})`]);
    expect(await it.states()).toEqual(['web-1 Running']);
  });

  it('that hangs heeds no SIGTERM', async () => {
    const it = await running(one, 1, { BERTH_SANDBOX_FAULTS: 'web:hang' });
    await it.act('web-1', kill('SIGTERM'));
    it.pass(60);
    expect(await it.states()).toEqual(['web-1 Running']);
  });

  it('that is paused writes nothing, and goes on where it was', async () => {
    const it = await running({ image: 'nginx', healthcheck: { ...check, interval: '90s' } }, 1);
    const read = () => collect(it.engine.logs(shop, {}, it.context));
    await it.act('web-1', 'pause');
    const before = await read();
    expect(await it.states()).toEqual(['web-1 Paused starting']);
    it.pass(3600);
    expect(await it.states()).toEqual(['web-1 Paused starting']);
    expect(await read()).toEqual(before);
    await it.act('web-1', 'unpause');
    it.pass(120);
    expect(await it.states()).toEqual(['web-1 Running healthy']);
    const after = await read();
    expect(after.slice(0, before.length)).toEqual(before);
    expect(after.length).toBeGreaterThan(before.length + 10);
    const times = after.map(({ at }) => at ?? '');
    expect(times).toEqual([...times].sort());
    const resumed = it.clock.nowMs - 120_000;
    expect(after.slice(before.length).every(({ at }) => Date.parse(at ?? '') >= resumed)).toBe(true);
    expect((await it.events()).slice(-3)).toEqual([
      'container web-1 pause',
      'container web-1 unpause',
      'container web-1 health_status: healthy',
    ]);
  });

  it('that is paused has written what came in the very moment before', async () => {
    const sample = await running({ image: 'nginx' }, 1);
    const at = (await collect(sample.engine.logs(shop, {}, sample.context))).at(-1)?.at ?? '';
    const it = lab();
    await it.up('web', { image: 'nginx' });
    it.clock.nowMs = Date.parse(at);
    await it.act('web-1', 'pause');
    it.pass(60);
    expect((await collect(it.engine.logs(shop, {}, it.context))).at(-1)?.at).toBe(at);
  });

  it('that was stopped keeps its place on its node', async () => {
    const single: Service = { image: 'app:1', deploy: { placement: { max_replicas_per_node: 1 } } };
    const it = await running(single, 2, { BERTH_SANDBOX_NODES: '2' });
    await it.act('web-1', 'stop');
    it.pass(5);
    await it.up('other');
    const third = { replicas: 3, hash: JSON.stringify(single) };
    await it.act('web-1', 'stop');
    await it.up('web', single, { ...third, stopped: true });
    await it.up('web', single, third);
    it.pass(10);
    expect(await it.tasks({ service: 'web' })).toMatchObject([
      { state: 'Running', node: 'sandbox-1' },
      { state: 'Running', node: 'sandbox-2' },
      { state: 'Init', unplaceable: true },
    ]);
  });

  it.each<[ContainerCommand['do'], string]>([
    ['stop', 'web-1 Stopped 0'],
    ['restart', 'web-1 Running'],
    ['kill', 'web-1 Stopped 137'],
  ])('that is paused can be told to %s', async (command, state) => {
    const it = await running(one, 1);
    await it.act('web-1', 'pause');
    it.pass(60);
    await it.act('web-1', command);
    it.pass(5);
    expect(await it.states()).toEqual([state]);
  });

  it('can be replaced by a new one', async () => {
    const it = await running();
    const before = await it.tasks();
    await it.act('web-1', 'replace');
    it.pass(10);
    const after = await it.tasks();
    expect(after).toMatchObject([
      { name: 'web-1', state: 'Running' },
      { name: 'web-2', id: before[1]?.id },
    ]);
    expect(after[0]?.id).not.toBe(before[0]?.id);
    const ended = (await it.tasks({ all: true })).find(({ id }) => id === before[0]?.id);
    expect(ended).toMatchObject({ state: 'Terminated', exitCode: 0, message: 'replaced' });
  });

  it('can be removed, and its place stays empty whatever comes after', async () => {
    const it = await running(one, 3);
    await it.act('web-2', 'remove');
    it.pass(60);
    expect(await it.states()).toEqual(['web-1 Running', 'web-3 Running']);
    expect((await it.engine.observe(shop, it.context)).services).toMatchObject([{ replicas: 2 }]);
    await it.up('web', one, { replicas: 2 });
    await it.act('web-3', 'replace');
    await it.up('web', one, { replicas: 2, generation: 2 });
    it.pass(120);
    expect(await it.states()).toEqual(['web-1 Running', 'web-3 Running']);
    await it.up('web', one, { replicas: 4, generation: 2 });
    it.pass(60);
    expect(await it.states()).toEqual(['web-1 Running', 'web-2 Running', 'web-3 Running', 'web-4 Running']);
    await it.up('web', one, { replicas: 2, generation: 2 });
    it.pass(60);
    expect(await it.states()).toEqual(['web-1 Running', 'web-2 Running']);
  });

  it('of a global service cannot be removed by itself', async () => {
    const it = await running({ image: 'app:1', deploy: { mode: 'global' } });
    await expect(it.act('web-1', 'remove')).rejects.toMatchObject({
      code: 'refused',
      message: 'web-1 cannot be removed by itself: its service has one on every node',
    });
  });

  it.each<[ContainerCommand['do'], string]>([
    ['kill', 'web-1 is not running: Stopped'],
    ['pause', 'web-1 is not running: Stopped'],
    ['unpause', 'web-1 is not paused: Stopped'],
  ])('refuses to %s when it does not run, and writes nothing down', async (command, message) => {
    const it = await running(one, 1);
    await it.act('web-1', 'stop');
    it.pass(5);
    const inputs = it.journal.inputs.length;
    await expect(it.act('web-1', command)).rejects.toMatchObject({ code: 'refused', message });
    expect(it.journal.inputs).toHaveLength(inputs);
  });

  it.each<[ContainerCommand['do'], ContainerCommand['do'] | null]>([
    ['start', null],
    ['unpause', null],
    ['stop', 'stop'],
    ['pause', 'pause'],
  ])('that is as it should be is left alone: %s', async (command, before) => {
    const it = await running(one, 1);
    if (before !== null) await it.act('web-1', before);
    it.pass(5);
    expect(await eventsOf(it, () => it.act('web-1', command))).toEqual([]);
  });

  it('cannot be started on a node that is down', async () => {
    const it = await running(one, 1);
    await it.act('web-1', 'stop');
    it.pass(5);
    await it.again({ BERTH_SANDBOX_FAULTS: 'node sandbox-1:down' }).up('other', one);
    it.pass(5);
    await expect(it.act('web-1', 'start')).rejects.toMatchObject({
      code: 'refused',
      message: 'web-1 cannot be started: node sandbox-1 is down',
    });
  });

  it('that is gone is not found', async () => {
    const it = await running(one, 1);
    const [task] = await it.tasks();
    await it.act('web-1', 'replace');
    it.pass(5);
    const { engine, context } = it;
    const command = (id: string) =>
      engine.command?.({ ...shop, service: 'web', id }, { do: 'stop' }, fence, context) ?? Promise.resolve();
    await expect(command(task?.id ?? '')).rejects.toMatchObject({
      code: 'not_found',
      message: 'web-1 is gone: replaced',
    });
    await expect(command('none')).rejects.toMatchObject({ code: 'not_found' });
  });
});
