import { describe, expect, it } from 'vitest';
import type { Service, UpdateConfig } from '../../../../../src/lib/compose/project.js';
import { lab, type Lab, shop } from './lab.js';

const one = { image: 'app:1' };

function two(update_config: UpdateConfig = {}, more: Service = {}): Service {
  return { image: 'app:2', deploy: { update_config }, ...more };
}

/** Runs v1 until it is calm, then asks for v2, and gives what is written down from then on. */
async function update(it: Lab, next: Service, replicas = 3, seconds = 300): Promise<string[]> {
  await it.up('web', { ...one, ...(next.deploy === undefined ? {} : { deploy: next.deploy }) }, { replicas });
  it.pass(60);
  const before = (await it.events()).length;
  await it.up('web', next, { replicas });
  it.pass(seconds);
  return (await it.events()).slice(before);
}

async function rolloutOf({ engine, context }: Lab): Promise<unknown> {
  const { services } = await engine.observe(shop, context);
  return services[0]?.rollout;
}

async function images({ tasks }: Lab): Promise<string[]> {
  return (await tasks()).map(({ name, image, state }) => `${name} ${image} ${state}`);
}

/** The order of the words, each container once a word. */
function order(events: readonly string[], ...verbs: string[]): string[] {
  return events
    .filter((event) => verbs.some((verb) => event.includes(` ${verb}`)))
    .map((event) => event.replace('container ', '').replace(/ \(.*/, ''));
}

describe('an update', () => {
  it('replaces one replica after the other, the old one first stopped', async () => {
    const it = lab();
    const events = await update(it, two());
    expect(order(events, 'destroy', 'start')).toEqual([
      ...['web-1 destroy', 'web-1 start', 'web-2 destroy', 'web-2 start', 'web-3 destroy', 'web-3 start'],
    ]);
    expect(events.slice(0, 2)).toEqual(['service web update (new definition)', 'container web-1 kill (SIGTERM)']);
    expect(events.at(-1)).toBe('service web update (completed)');
    expect(await images(it)).toEqual(['web-1 app:2 Running', 'web-2 app:2 Running', 'web-3 app:2 Running']);
    expect(await rolloutOf(it)).toEqual({ state: 'completed', message: null });
  });

  it('starts the new one first where that is asked for', async () => {
    const it = lab();
    const events = await update(it, two({ order: 'start-first' }), 2);
    expect(order(events, 'destroy', 'start')).toEqual(['web-1 start', 'web-1 destroy', 'web-2 start', 'web-2 destroy']);
  });

  it('waits for the health check of a new replica before the old one goes', async () => {
    const it = lab();
    const healthcheck = { test: ['CMD', 'true'], interval: '5s' };
    const events = await update(it, two({ order: 'start-first' }, { healthcheck }), 1);
    expect(order(events, 'destroy', 'start', 'health')).toEqual([
      ...['web-1 start', 'web-1 health_status: healthy', 'web-1 destroy'],
    ]);
  });

  it.each([
    [2, ['web-1 kill', 'web-2 kill', 'web-1 start', 'web-2 start', 'web-3 kill']],
    [0, ['web-1 kill', 'web-2 kill', 'web-3 kill']],
  ])('replaces as many at once as the parallelism %i says', async (parallelism, first) => {
    const it = lab({ BERTH_SANDBOX_NODES: '1' });
    const events = await update(it, two({ parallelism, delay: '30s' }));
    expect(new Set(order(events, 'kill', 'start').slice(0, first.length))).toEqual(new Set(first));
  });

  it('waits between batches, and is updating until the last one has been watched', async () => {
    const it = lab();
    await update(it, two({ delay: '60s', monitor: '20s' }), 2, 30);
    expect(await images(it)).toEqual(['web-1 app:2 Running', 'web-2 app:1 Running']);
    expect(await it.engine.observe(shop, it.context)).toMatchObject({ services: [{ updating: true }] });
    it.pass(50);
    expect(await images(it)).toEqual(['web-1 app:2 Running', 'web-2 app:2 Running']);
    expect(await rolloutOf(it)).toMatchObject({ state: 'updating' });
    it.pass(60);
    expect(await rolloutOf(it)).toMatchObject({ state: 'completed' });
  });

  it('happens for a new generation alone, and not for other replicas', async () => {
    const it = lab();
    await it.up('web', one, { replicas: 1 });
    it.pass(60);
    const [before] = await it.tasks();
    await it.up('web', one, { replicas: 2 });
    it.pass(60);
    expect((await it.tasks())[0]?.id).toBe(before?.id);
    expect(await rolloutOf(it)).toBeNull();
    await it.up('web', one, { replicas: 2, generation: 2 });
    it.pass(60);
    const after = await it.tasks();
    expect(after).toMatchObject([{ generation: 2, state: 'Running' }, { generation: 2 }]);
    expect(after[0]?.id).not.toBe(before?.id);
  });

  it('changes nothing when the same is asked for again', async () => {
    const it = lab();
    await it.up('web', one);
    it.pass(60);
    const before = await it.events();
    await it.up('web', one);
    it.pass(60);
    expect(await it.events()).toEqual(before);
  });

  it('pauses when a new replica fails, and goes on when asked again', async () => {
    const it = lab({ BERTH_SANDBOX_FAULTS: 'web:crash,image=app:2,after=2s' });
    const events = await update(it, two({ delay: '10s' }));
    expect(events.at(-1)).toBe('service web update (paused: web-1: exit code 1)');
    expect(await images(it)).toEqual(['web-1 app:2 Stopped', 'web-2 app:1 Running', 'web-3 app:1 Running']);
    expect(await it.engine.observe(shop, it.context)).toMatchObject({
      services: [{ updating: false, rollout: { state: 'paused', message: 'web-1: exit code 1' } }],
    });
    await it.again({}).up('web', two({ delay: '10s' }), { replicas: 3 });
    it.pass(300);
    expect(await images(it)).toEqual(['web-1 app:2 Running', 'web-2 app:2 Running', 'web-3 app:2 Running']);
    expect(await rolloutOf(it)).toMatchObject({ state: 'completed' });
  });

  it('goes on over failures with failure_action continue', async () => {
    const it = lab({ BERTH_SANDBOX_FAULTS: 'web:crash,image=app:2' });
    await update(it, two({ failure_action: 'continue' }));
    expect(await images(it)).toEqual(['web-1 app:2 Stopped', 'web-2 app:2 Stopped', 'web-3 app:2 Stopped']);
    expect(await rolloutOf(it)).toMatchObject({ state: 'completed' });
  });

  it('bears as many failures as max_failure_ratio allows', async () => {
    const it = lab({ BERTH_SANDBOX_FAULTS: 'web#1:crash,image=app:2' });
    await update(it, two({ max_failure_ratio: 0.4 }));
    expect(await images(it)).toEqual(['web-1 app:2 Stopped', 'web-2 app:2 Running', 'web-3 app:2 Running']);
  });

  it.each([
    ['a crash', 'web:crash,image=app:2', 'web-1: exit code 1'],
    ['an image that is not there', 'web:pull-error,image=app:2', 'web-1: no such image: app:2'],
  ])('rolls back after %s, and says why', async (_, faults, why) => {
    const it = lab({ BERTH_SANDBOX_FAULTS: faults });
    const events = await update(it, two({ failure_action: 'rollback' }));
    expect(await images(it)).toEqual(['web-1 app:1 Running', 'web-2 app:1 Running', 'web-3 app:1 Running']);
    expect(events).toContain(`service web update (rolling back: ${why})`);
    expect(events.at(-1)).toBe('service web update (rolled back)');
    const { services } = await it.engine.observe(shop, it.context);
    expect(services).toMatchObject([
      { definition: { image: 'app:1' }, updating: false, rollout: { state: 'rolled_back', message: why } },
    ]);
    expect((await it.tasks()).every(({ hash }) => hash === services[0]?.hash)).toBe(true);
  });

  it('that an unhealthy replica failed leaves the old one where it was started first', async () => {
    const it = lab({ BERTH_SANDBOX_FAULTS: 'web:unhealthy,image=app:2' });
    const healthcheck = { test: ['CMD', 'true'], interval: '5s', retries: 2 };
    const events = await update(it, two({ order: 'start-first', failure_action: 'rollback' }, { healthcheck }), 1);
    expect(events).toContain('service web update (rolling back: web-1: health check failed 2 times in a row)');
    expect(order(events, 'start', 'destroy')).toEqual(['web-1 start', 'web-1 destroy']);
    expect(await images(it)).toEqual(['web-1 app:1 Running']);
  });

  it('can be tried again after it was rolled back', async () => {
    const it = lab({ BERTH_SANDBOX_FAULTS: 'web:crash,image=app:2' });
    await update(it, two({ failure_action: 'rollback' }), 1);
    await it.again({ BERTH_SANDBOX_FAULTS: '' }).up('web', two({ failure_action: 'rollback' }));
    it.pass(60);
    expect(await images(it)).toEqual(['web-1 app:2 Running']);
  });

  it('that is overtaken by another goes on to the newest', async () => {
    const it = lab();
    await update(it, two({ delay: '60s' }), 3, 30);
    await it.up('web', { image: 'app:3' }, { replicas: 3 });
    it.pass(120);
    expect(await images(it)).toEqual(['web-1 app:3 Running', 'web-2 app:3 Running', 'web-3 app:3 Running']);
  });
});

describe('scaling', () => {
  it('makes the next slots, and takes the highest first', async () => {
    const it = lab();
    await it.up('web', one, { replicas: 2 });
    it.pass(10);
    const kept = (await it.tasks()).map(({ id }) => id);
    await it.up('web', one, { replicas: 4 });
    it.pass(10);
    expect(await it.states()).toEqual(['web-1 Running', 'web-2 Running', 'web-3 Running', 'web-4 Running']);
    await it.up('web', one, { replicas: 2 });
    expect(order((await it.events()).slice(-3), 'kill')).toEqual(['web-4 kill', 'web-3 kill']);
    it.pass(10);
    expect((await it.tasks()).map(({ id }) => id)).toEqual(kept);
    await it.up('web', one, { replicas: 0 });
    it.pass(10);
    expect(await it.states()).toEqual([]);
    expect((await it.engine.observe(shop, it.context)).services).toMatchObject([{ name: 'web', replicas: 0 }]);
  });

  it('a job runs its replicas to their end', async () => {
    const it = lab();
    await it.up('job', { image: 'job', deploy: { mode: 'replicated-job' } }, { replicas: 2 });
    it.pass(30);
    expect(await it.states()).toEqual(['job-1 Stopped 0', 'job-2 Stopped 0']);
  });
});
